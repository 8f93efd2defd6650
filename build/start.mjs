// `npm start`: opens the window, or renders on the command line where there is no display.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { electronPath } from './electron-path.mjs';
import { projectRoot } from './setup/paths.mjs';

const folders = process.argv.slice(2).map(fromWhereTheyStand);
process.exitCode = await (hasDisplay() ? openWindow() : renderWithoutWindow());

function openWindow() {
  // Chromium refuses its sandbox to root.
  const flags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return finish(electronPath(), [...flags, projectRoot, ...folders]);
}

function renderWithoutWindow() {
  const cli = join(projectRoot, 'out/cli/main.cjs');
  if (folders.length > 0) {
    console.log('There is no display here, so the folder is rendered on the command line instead.');
    return finish(process.execPath, [cli, 'render', ...folders]);
  }
  const output = join(projectRoot, 'sample-renders');
  console.log(
    `There is no display here, so the sample shots are rendered on the command line instead, into ${output}`,
  );
  const samples = join(projectRoot, 'assets/sample-shots');
  return finish(process.execPath, [cli, 'render', samples, '-o', output]);
}

/** Runs a program on our terminal, hands on the signals that we get and returns its exit code. */
function finish(command, args) {
  // Terminals inside of Electron editors hand this on, and it would turn our window into plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit', env });
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    // The terminal sends Ctrl-C to both; we only wait for the child's own end.
    process.on('SIGINT', () => {});
    child.on('error', (error) => {
      console.error(`Nightshift could not be started: ${error.message}`);
      done(1);
    });
    child.on('close', (code, signal) => done(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** npm changes to the project's folder; a relative path means the folder where the person stands. */
function fromWhereTheyStand(argument) {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), argument);
  return !argument.startsWith('-') && existsSync(path) ? path : argument;
}

function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}
