import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test, vi } from 'vitest';
import { electronPath } from '../../build/electron-path.mjs';
import { type Child, type CliRig, events, makeCli, runs } from './rig.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The `nightshift` command as packages hold it, with the Electron of this clone as the app's own program, and no display. */
async function installed(cli: CliRig) {
  const app = join(cli.folder, 'app');
  const launcher = join(app, 'resources/bin/nightshift');
  const program = join(app, 'nightshift');
  const onThePath = join(cli.folder, 'bin/nightshift');
  for (const file of [launcher, onThePath]) await mkdir(dirname(file), { recursive: true });
  await copyFile(join(ROOT, 'build/packages/command/nightshift'), launcher);
  await writeFile(program, `#!/bin/sh\nexec '${electronPath()}' '${ROOT}' "$@"\n`);
  for (const file of [launcher, program]) await chmod(file, 0o755);
  await symlink('../app/resources/bin/nightshift', onThePath);
  const env = { ...cli.env, DISPLAY: undefined, WAYLAND_DISPLAY: undefined, HOME: cli.folder };
  const options = { cwd: cli.folder, env, reject: false } as const;
  return (...args: string[]) => execa(onThePath, args, options);
}

function told({ exitCode, stdout, stderr }: Awaited<Child>) {
  return { code: exitCode, out: stdout, err: stderr };
}

// The launcher is a shell script; that of Windows is another.
describe.runIf(process.platform === 'linux')('the command of an installed Nightshift', () => {
  test('says what the one of the clone says, word for word, and ends with the same exit code', async () => {
    const cli = await makeCli();
    await cli.shot('hero', 'frames: 1-2');
    const nightshift = await installed(cli);
    for (const args of [
      ['--version'],
      ['rendr'],
      ['render', '--help'],
      ['list'],
      ['report', 'no such'],
    ]) {
      expect(told(await nightshift(...args)), args.join(' ')).toEqual(await cli.run(...args));
    }
  });

  test('renders without a display', async () => {
    const cli = await makeCli();
    await cli.shot('hero', 'frames: 1-2');
    const nightshift = await installed(cli);
    const { exitCode, stdout, stderr } = await nightshift('render', 'shots', '-o', 'out', '--json');
    // Neither Electron nor a library has anything to say in between.
    expect(stderr.trim()).toMatch(/^The shot is complete: .*\nThe frames are in .*$/u);
    expect(exitCode).toBe(0);
    expect(events(stdout).at(-1)).toMatchObject({ type: 'batch-finished', outcome: 'completed' });
  });

  test('Ctrl+C stops cleanly, leaves no Blender, and the same command goes on', async () => {
    const cli = await makeCli();
    await cli.shot('hero', 'frames: 1-3');
    await cli.steer({ render: { frame: [2], hang: true } });
    const nightshift = await installed(cli);
    const running = nightshift('render', 'shots', '-o', 'out');
    await heard(cli, 'render', 2);
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    for (const { pid } of await cli.blenderLog()) expect(await runs(pid)).toBe(false);
    await cli.steer({});
    expect((await nightshift('render', 'shots', '-o', 'out')).exitCode).toBe(0);
  });
});

/** The stand-in was asked for it. */
async function heard(cli: CliRig, what: string, frame?: number): Promise<void> {
  const asked = { do: what, ...(frame !== undefined && { frame }) };
  await vi.waitFor(
    async () => expect(await cli.blenderLog()).toContainEqual(expect.objectContaining(asked)),
    { timeout: 60_000, interval: 50 },
  );
}
