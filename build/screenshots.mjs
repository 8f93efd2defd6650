// `npm run screenshots`: every screen and state in docs/screenshots, dark and light, photographed in the
// real app while it renders the sample shots. Needs what `npm run setup -- --for-tests` provides, and a build.
import { join } from 'node:path';
import { projectRoot } from './setup/paths.mjs';
import { run } from './setup/run.mjs';

const playwright = [
  join(projectRoot, 'node_modules/@playwright/test/cli.js'),
  ...['test', '-c', 'build/screenshots.config.ts', ...process.argv.slice(2)],
];
const headless = process.platform === 'linux' && !process.env.DISPLAY;
const screen = ['-a', '-s', '-screen 0 1600x1040x24', process.execPath];
const { code } = headless
  ? await run('xvfb-run', [...screen, ...playwright], { show: true })
  : await run(process.execPath, playwright, { show: true });
process.exitCode = code;
