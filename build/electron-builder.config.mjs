import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { electronInfo } from './electron-path.mjs';

const electron = electronInfo();
/** Playwright drives a build through the inspector, so only a build for tests leaves it on. */
const forTests = process.env.NIGHTSHIFT_TEST_BUILD === '1';

export default {
  appId: 'io.nightshift.app',
  productName: 'Nightshift',
  directories: { output: 'release', buildResources: 'assets' },
  // `dependencies` come by themselves. What is only for programs that import the library: its types, and zod for them.
  files: ['out/**', '!out/types/**', 'package.json', '!node_modules/zod/**'],
  extraResources: [
    { from: 'assets/sample-shots', to: 'sample-shots', filter: ['!**/renders/**'] },
    { from: 'assets/shot.schema.json', to: 'shot.schema.json' },
    { from: 'assets/tray', to: 'tray' },
  ],
  asar: true,
  // Libraries are loaded by the system, which can't look into an archive.
  asarUnpack: ['sharp', '@img', 'koffi', '@koromix'].map((name) => `**/node_modules/${name}/**`),
  npmRebuild: false,
  ...(electron.source === 'npm-fallback'
    ? { electronDist: dirname(electron.path), electronVersion: electron.version }
    : {}),
  afterPack: removeLoader,
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
    target: ['AppImage'],
    executableName: 'nightshift',
    category: 'Graphics',
    icon: 'assets/icons',
  },
  mac: {
    target: ['dmg'],
    category: 'public.app-category.graphics-design',
    icon: 'assets/icons/icon.icns',
  },
  win: { target: ['nsis'], icon: 'assets/icons/icon.ico' },
};

/** The fallback distribution starts app folders by a loader that a packaged app has no use for. */
async function removeLoader(context) {
  await rm(join(context.appOutDir, 'resources', 'app'), { recursive: true, force: true });
}
