// `npm run test:packages`: makes the deb, and tries it as a person would on a system of its own: see `test/packages/`.
// That is a root folder that begins as this computer is and of which nothing stays, which takes Linux, root and overlayfs.
import { join } from 'node:path';
import { secondBlender } from '../blenders/second.mjs';
import { projectRoot } from '../setup/paths.mjs';
import { run } from '../setup/run.mjs';

process.exitCode = await tryPackages();

async function tryPackages() {
  if (process.platform !== 'linux' || process.getuid() !== 0) {
    console.error(
      'The deb is tried in a root folder of its own, which only root can make, on Linux.',
    );
    return 2;
  }
  const made = await run(process.execPath, [join(import.meta.dirname, 'make.mjs'), 'deb'], {
    show: true,
  });
  if (made.code !== 0) return made.code;
  const second = await secondBlender({ fetch: true, again: false, say: console.log });
  if (!second.executable) console.log('There is no second Blender here: one version renders all.');
  const playwright = join(projectRoot, 'node_modules/@playwright/test/cli.js');
  const config = join(import.meta.dirname, 'playwright.config.ts');
  const args = [process.execPath, playwright, 'test', '-c', config, ...process.argv.slice(2)];
  // Mounts end with what was started in this namespace.
  const { code } = await run(
    'unshare',
    ['--mount', 'xvfb-run', '-a', '-s', '-screen 0 1600x1000x24', ...args],
    { show: true, env: { ...process.env, NIGHTSHIFT_OTHER_BLENDER: second.executable ?? '' } },
  );
  return code;
}
