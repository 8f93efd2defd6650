import { readFileSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { electronInfo } from './electron-path.mjs';
import { packagesBeside, writeLicences } from './packages/licences.mjs';
import { projectRoot } from './setup/paths.mjs';

const electron = electronInfo();
/** Playwright drives a build through the inspector, so only a build for tests leaves it on. */
const forTests = process.env.NIGHTSHIFT_TEST_BUILD === '1';
/** What a Nightshift without an address of its own says: a name that can never be anybody's (RFC 2606). */
const NOWHERE = 'nightshift.invalid';
/** Where this build comes from, `NIGHTSHIFT_HOMEPAGE`; the release workflow gives its repository. */
const homepage = process.env.NIGHTSHIFT_HOMEPAGE || `https://${NOWHERE}`;
/**
 * The folder of the web where the newest release lies, `NIGHTSHIFT_UPDATES`: packages ask there, where an artist wants it.
 * Without it they are made to ask nobody. What is not encrypted is for this computer only, to try.
 */
const updates = process.env.NIGHTSHIFT_UPDATES || null;
if (updates !== null && !/^(https:\/\/|http:\/\/127\.0\.0\.1[:/])/u.test(updates)) {
  throw new Error('NIGHTSHIFT_UPDATES must be an address that begins with https://.');
}
const packages = join(import.meta.dirname, 'packages');
/** What the packages of a system hold beside the app's folder, and what is said before they are unpacked. */
const systemWide = [
  ...['--before-install', join(packages, 'before-install.sh')],
  `${join(packages, 'usr-bin-nightshift')}=/usr/bin/nightshift`,
  `${join(packages, 'nightshift-render.desktop')}=/usr/share/applications/nightshift-render.desktop`,
  `${join(projectRoot, 'LICENSE')}=/usr/share/doc/nightshift/copyright`,
];
const scripts = {
  afterInstall: 'build/packages/after-install.sh',
  afterRemove: 'build/packages/after-remove.sh',
};

export default {
  appId: 'io.nightshift.app',
  productName: 'Nightshift',
  // `desktopName` ties a window to its entry in the menus.
  extraMetadata: {
    homepage,
    author: { name: 'The Nightshift founders', email: `founders@${NOWHERE}` },
    desktopName: 'nightshift.desktop',
  },
  directories: { output: 'release', buildResources: 'assets' },
  // All packages are in the bundle, but those that load libraries of the system.
  files: [
    'out/**',
    '!out/types/**',
    // The command line of plain Node: the app has its own.
    '!out/cli/**',
    '!out/*/licences.md',
    'package.json',
    '!node_modules/**',
    ...[...packagesBeside().keys()].map((name) => `node_modules/${name}/**`),
  ],
  extraResources: [
    { from: 'assets/sample-shots', to: 'sample-shots', filter: ['!**/renders/**'] },
    { from: 'assets/shot.schema.json', to: 'shot.schema.json' },
    { from: 'assets/tray', to: 'tray' },
  ],
  asar: true,
  // Libraries are loaded by the system, which can't look into an archive.
  asarUnpack: ['sharp', '@img', 'koffi', '@koromix'].map((name) => `**/node_modules/${name}/**`),
  npmRebuild: false,
  // It also has the lists of what is newest written beside the packages: latest.yml and its like, with SHA-512.
  publish: updates === null ? null : { provider: 'generic', url: updates },
  releaseInfo: { releaseNotes: whatIsNew() },
  ...(electron.source === 'npm-fallback'
    ? { electronDist: dirname(electron.path), electronVersion: electron.version }
    : {}),
  afterPack,
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: forTests,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
    resetAdHocDarwinSignature: process.platform === 'darwin',
  },
  linux: {
    target: ['deb', 'rpm', 'tar.gz', 'AppImage'],
    executableName: 'nightshift',
    syncDesktopName: true,
    category: 'Graphics;3DGraphics',
    icon: 'assets/icons',
    synopsis: 'Renders a folder of Blender shots overnight',
    extraResources: [{ from: 'build/packages/command/nightshift', to: 'bin/nightshift' }],
    desktop: {
      entry: { GenericName: 'Render manager', Keywords: 'blender;render;animation;shots;' },
    },
  },
  deb: {
    ...scripts,
    packageCategory: 'graphics',
    // electron-builder's own list lacks sound, which Chromium is linked with, and what a tray is shown by today.
    depends: [
      ...[
        'libgtk-3-0',
        'libnotify4',
        'libnss3',
        'libxss1',
        'libxtst6',
        'libatspi2.0-0',
        'libuuid1',
      ],
      ...['libgbm1', 'libasound2t64 | libasound2', 'xdg-utils', 'util-linux'],
    ],
    recommends: ['libayatana-appindicator3-1 | libappindicator3-1'],
    fpm: systemWide,
  },
  rpm: { ...scripts, fpm: systemWide },
  mac: {
    // What updates itself takes the archive.
    target: ['dmg', 'zip'],
    category: 'public.app-category.graphics-design',
    icon: 'assets/icons/icon.icns',
    extraResources: [{ from: 'build/packages/command/nightshift', to: 'bin/nightshift' }],
    // They are for one of both kinds of Macs each, and lie beside each other in the app for both.
    x64ArchFiles: '**/@{img,koromix}/**',
    // Offered by "Open With" and where a folder is dropped on the icon; never what a double click opens.
    extendInfo: {
      CFBundleDocumentTypes: [
        {
          CFBundleTypeName: 'Blender scene',
          CFBundleTypeExtensions: ['blend'],
          CFBundleTypeRole: 'Viewer',
          LSHandlerRank: 'Alternate',
        },
        {
          CFBundleTypeName: 'Shot folder',
          LSItemContentTypes: ['public.folder'],
          CFBundleTypeRole: 'Viewer',
          LSHandlerRank: 'Alternate',
        },
      ],
    },
  },
  win: {
    target: ['nsis', 'zip'],
    icon: 'assets/icons/icon.ico',
    extraResources: [{ from: 'build/packages/command/nightshift.cmd', to: 'bin/nightshift.cmd' }],
  },
  nsis: {
    oneClick: false,
    include: 'build/packages/installer.nsh',
    // Services that hold releases put other signs in the place of spaces, and then what is asked for is not there.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills it in
    artifactName: 'Nightshift-Setup-${version}.${ext}',
    // Updates are fetched whole.
    differentialPackage: false,
  },
};

/** What the changelog says of this version, as plain text: a line for each point. */
function whatIsNew() {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  const changelog = readFileSync(join(projectRoot, 'CHANGELOG.md'), 'utf8');
  const [, section = ''] = changelog.split(`\n## ${version}\n`);
  const [own] = section.split('\n## ');
  return own.replaceAll('**', '').replaceAll('\n  ', ' ').trim();
}

async function afterPack({ appOutDir, packager, electronPlatformName }) {
  // The fallback distribution starts app folders by a loader that a packaged app has no use for.
  await rm(join(appOutDir, 'resources', 'app'), { recursive: true, force: true });
  if (electronPlatformName !== 'darwin') return writeLicences(appOutDir);
  const resources = packager.getResourcesDir(appOutDir);
  await writeLicences(resources);
  // On macOS they lie beside the app, where no image takes them from.
  const electronDist = join(projectRoot, 'node_modules', 'electron', 'dist');
  await copyFile(join(electronDist, 'LICENSE'), join(resources, 'LICENSE.electron.txt'));
  await copyFile(
    join(electronDist, 'LICENSES.chromium.html'),
    join(resources, 'LICENSES.chromium.html'),
  );
}
