import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './paths.mjs';

/**
 * Runs a program to its end and collects what it says.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutSeconds?: number, show?: boolean, into?: number }} [options]
 *   `show` lets the program write to the terminal itself, `into` to an open file; when the time is up, all that it has started is ended
 * @returns {Promise<{ code: number, output: string }>} code 127 when it could not be started,
 *   124 when the time was up
 */
export function run(command, args, options = {}) {
  const { cwd = projectRoot, env = process.env, timeoutSeconds = 0, show = false, into } = options;
  const limited = timeoutSeconds > 0;
  const out = into ?? (show ? 'inherit' : 'pipe');
  return new Promise((done) => {
    // Before it is there: it may be up and at work before this process goes on.
    if (limited) hearSignals();
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', out, out],
      // Windows can start a .cmd file only through its shell.
      shell: process.platform === 'win32' && /\.(cmd|bat)$/.test(command),
      // The head of a group of its own, so that what it starts can be ended with it.
      detached: limited && process.platform !== 'win32',
    });
    let output = '';
    let late = false;
    const timers = limited ? [setTimeout(expire, timeoutSeconds * 1000)] : [];
    if (limited) groups.add(child);
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => finish({ code: 127, output: error.message }));
    // What it has started may hold its output open for as long as it likes.
    if (limited) child.on('exit', (code) => soon(code));
    child.on('close', (code) => end(code));

    function expire() {
      late = true;
      endTree(child);
      // Not even SIGKILL ends what hangs in a dead disk.
      soon(null);
    }

    function soon(code) {
      timers.push(setTimeout(() => end(code), GRACE_MS));
    }

    function end(code) {
      finish({ code: late ? 124 : (code ?? 1), output });
    }

    function finish(result) {
      for (const timer of timers) clearTimeout(timer);
      leave(child);
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      done(result);
    }
  });
}

const GRACE_MS = 3000;

/** Running programs that have a group of their own, which a Ctrl+C of the terminal doesn't reach. */
const groups = new Set();

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function hearSignals() {
  if (groups.size === 0) for (const signal of SIGNALS) process.on(signal, endAll);
}

function leave(child) {
  if (!groups.delete(child) || groups.size > 0) return;
  for (const signal of SIGNALS) process.off(signal, endAll);
}

function endAll(signal) {
  for (const child of [...groups]) {
    endTree(child, signal);
    leave(child);
  }
  // Nobody listens to it any more, so it ends us as it would have without.
  process.kill(process.pid, signal);
}

function endTree(child, signal = 'SIGKILL') {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    // By its bare name one in the working folder would be run first.
    const taskkill = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
    spawnSync(taskkill, ['/pid', String(child.pid), '/T', '/F'], { windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // All of it has ended by itself.
  }
}

/**
 * Runs the npm that runs us, or the one on the PATH.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npm(args, options) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args], options);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}
