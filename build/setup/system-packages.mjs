/**
 * Debian's package for each library that an Electron may miss. Two names: since Debian 13 and
 * Ubuntu 24.04 some carry `t64`, the 64-bit time transition.
 * @type {ReadonlyArray<readonly [RegExp, readonly string[]]>}
 */
export const libraryPackages = [
  [/^lib(gtk-3|gdk-3)\.so/, ['libgtk-3-0t64', 'libgtk-3-0']],
  [/^lib(nss3|nssutil3|smime3)\.so/, ['libnss3']],
  [/^lib(nspr4|plc4|plds4)\.so/, ['libnspr4']],
  [/^libasound\.so/, ['libasound2t64', 'libasound2']],
  [/^libgbm\.so/, ['libgbm1']],
  [/^libdrm\.so/, ['libdrm2']],
  [/^libatk-1\.0\.so/, ['libatk1.0-0t64', 'libatk1.0-0']],
  [/^libatk-bridge-2\.0\.so/, ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0']],
  [/^libatspi\.so/, ['libatspi2.0-0t64', 'libatspi2.0-0']],
  [/^libcups\.so/, ['libcups2t64', 'libcups2']],
  [/^lib(glib|gobject|gio|gmodule|gthread)-2\.0\.so/, ['libglib2.0-0t64', 'libglib2.0-0']],
  [/^libdbus-1\.so/, ['libdbus-1-3']],
  [/^libexpat\.so/, ['libexpat1']],
  [/^libcairo\.so/, ['libcairo2']],
  [/^libpango-1\.0\.so/, ['libpango-1.0-0']],
  [/^libudev\.so/, ['libudev1']],
  [/^libX11\.so/, ['libx11-6']],
  [/^libX11-xcb\.so/, ['libx11-xcb1']],
  [/^libxcb\.so/, ['libxcb1']],
  [/^libXcomposite\.so/, ['libxcomposite1']],
  [/^libXdamage\.so/, ['libxdamage1']],
  [/^libXext\.so/, ['libxext6']],
  [/^libXfixes\.so/, ['libxfixes3']],
  [/^libXrandr\.so/, ['libxrandr2']],
  [/^libxkbcommon\.so/, ['libxkbcommon0']],
  [/^libXss\.so/, ['libxss1']],
];

/**
 * The one command that installs what is missing where we can't, for a person to copy.
 * @param {{ blender: boolean, display: boolean, libraries: boolean }} missing
 * @param {{ platform: NodeJS.Platform, has: (command: string) => boolean, debianNames: readonly string[] }} machine
 *   `has` tells whether a command is on the PATH, `debianNames` what apt would have to install
 * @returns {string | undefined} undefined where we don't know the package manager
 */
export function installCommand(missing, { platform, has, debianNames }) {
  const pick = (blender, display, libraries) =>
    [missing.blender && blender, missing.display && display, missing.libraries && libraries]
      .filter(Boolean)
      .join(' ');
  if (platform === 'darwin') return 'brew install --cask blender';
  if (platform === 'win32') return 'winget install --exact --id BlenderFoundation.Blender';
  if (has('apt-get'))
    return `sudo apt-get install --no-install-recommends ${debianNames.join(' ')}`;
  if (has('dnf')) {
    const libraries = 'gtk3 nss alsa-lib mesa-libgbm';
    return `sudo dnf install ${pick('blender', 'xorg-x11-server-Xvfb xorg-x11-xauth', libraries)}`;
  }
  if (has('pacman')) {
    const libraries = 'gtk3 nss alsa-lib mesa';
    return `sudo pacman -S ${pick('blender', 'xorg-server-xvfb xorg-xauth', libraries)}`;
  }
  if (has('zypper')) {
    const libraries = 'libgtk-3-0 mozilla-nss libasound2 libgbm1';
    return `sudo zypper install ${pick('blender', 'xorg-x11-server-Xvfb xauth', libraries)}`;
  }
  return undefined;
}
