/** What is known to differ, by the id of the Blender: found by hand, so each sentence names how. */
export const notes = {
  machine:
    'The Blender that this machine has; on Debian 13 the distribution’s own build, without OpenImageDenoise.',
  'debian-unstable':
    'The whole program, in a root folder of its own. It has no OpenImageDenoise, and as Debian has no `cattrs` its Python prints tracebacks at each start, which are harmless.',
  'debian-bookworm':
    'The oldest that can be had here. Scenes of newer versions, as the samples are, it can’t read, and they are refused before it is started.',
  'bpy-3.6': 'No package of it is left for Python 3.10. It was not run.',
  'bpy-4.2': asPackage(
    'Its module crashes when it is asked to read the user’s preferences, so the launcher leaves them. It was built without sound (“Blender compiled without Audaspace support”), so the three tests of movies can’t make their scene with it.',
  ),
  'bpy-4.5': asPackage(),
  'bpy-5.2': asPackage(),
  'bpy-5.3': asPackage('EEVEE and Workbench render without libEGL too: it draws with Vulkan.'),
};

function asPackage(more = '') {
  return `As a module it writes no crash file, and SIGINT ends it at once. ${more}`.trim();
}
