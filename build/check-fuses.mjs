// Reads the fuses of a packaged app and fails when one is not as a release must have it:
// `node build/check-fuses.mjs [EXECUTABLE]`.
import { join } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { projectRoot } from './setup/paths.mjs';

const released = {
  RunAsNode: false,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: process.env.NIGHTSHIFT_TEST_BUILD === '1',
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
};
const executable = process.argv[2] ?? join(projectRoot, 'release', ownExecutable());
const wire = await getCurrentFuseWire(executable);
// The wire holds the ASCII digits 0 and 1.
const wrong = Object.entries(released).filter(
  ([name, on]) => wire[FuseV1Options[name]] !== (on ? 0x31 : 0x30),
);
for (const [name, on] of wrong) {
  console.error(`The fuse ${name} of ${executable} must be ${on ? 'on' : 'off'}.`);
}
if (wrong.length === 0) {
  console.log(`All ${Object.keys(released).length} fuses are as a release must have them.`);
}
process.exitCode = wrong.length === 0 ? 0 : 1;

function ownExecutable() {
  if (process.platform === 'darwin') return 'mac/Nightshift.app/Contents/MacOS/Nightshift';
  return process.platform === 'win32' ? 'win-unpacked/Nightshift.exe' : 'linux-unpacked/nightshift';
}
