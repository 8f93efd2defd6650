import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * A first look for Blender with nothing but Node; the engine looks closer and asks its version.
 * @returns {string | undefined} absolute path of an executable
 */
export function findBlender() {
  return [process.env.NIGHTSHIFT_BLENDER, ...onPath(), ...usualPlaces()].find(
    (path) => path !== undefined && path !== '' && existsSync(path),
  );
}

function onPath() {
  const name = process.platform === 'win32' ? 'blender.exe' : 'blender';
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
}

function usualPlaces() {
  if (process.platform === 'darwin') {
    return ['/Applications', join(homedir(), 'Applications')].map((folder) =>
      join(folder, 'Blender.app/Contents/MacOS/Blender'),
    );
  }
  if (process.platform === 'win32') {
    const vendor = join(process.env.ProgramFiles ?? 'C:\\Program Files', 'Blender Foundation');
    return folders(vendor).map((folder) => join(vendor, folder, 'blender.exe'));
  }
  const unpacked = ['/opt', homedir()].flatMap((parent) =>
    folders(parent)
      .filter((name) => /^blender/i.test(name))
      .map((name) => join(parent, name, 'blender')),
  );
  return ['/usr/bin/blender', '/usr/local/bin/blender', '/snap/bin/blender', ...unpacked];
}

function folders(parent) {
  try {
    return readdirSync(parent);
  } catch {
    return [];
  }
}
