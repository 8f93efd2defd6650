import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type CliRig, events, makeCli, ofType } from './rig.ts';

const WAIT = { timeout: 30_000, interval: 50 };

/** A batch that comes to a stand at its third frame until `go` is there, and its process. */
async function batchAtFrame3() {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-4');
  const go = join(cli.folder, 'go');
  await cli.steer({ render: { frame: 3, until: go } });
  const night = cli.start('render', cli.shots, '-o', cli.out, '--workers', '1');
  await atFrame(cli, 3);
  return { cli, night, goOn: () => cli.file('go', '') };
}

/** @param times so many Blenders have begun it by now */
async function atFrame(cli: CliRig, frame: number, times = 1): Promise<void> {
  await vi.waitFor(async () => {
    const log = (await cli.blenderLog()) as readonly { do: string; frame?: number }[];
    const begun = log.filter((noted) => noted.do === 'render' && noted.frame === frame);
    expect(begun.length).toBeGreaterThanOrEqual(times);
  }, WAIT);
}

/** A command that runs, and what it has said until now. */
function started(cli: CliRig, ...args: string[]) {
  const child = cli.start(...args) as ReturnType<CliRig['start']> & {
    readonly stdout: NodeJS.ReadableStream;
  };
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  return { child, says: (text: string) => vi.waitFor(() => expect(said).toContain(text), WAIT) };
}

test('follow shows what render shows, from where it is, and ends as it does', async () => {
  const { cli, night, goOn } = await batchAtFrame3();
  const follow = started(cli, 'follow', cli.shots);
  const json = started(cli, 'follow', cli.shots, '--json');
  await follow.says('hero: started, 2 of 4');
  await json.says('"job-started"');
  await goOn();
  expect((await night).exitCode).toBe(0);
  const { exitCode, stdout } = await follow.child;
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n').map((line) => line.replace(/ in .*s( \(|\.)/, '$1'));
  expect(lines.slice(1)).toEqual([
    'hero: started, 2 of 4 frames are done.',
    'hero: frame 3 done (3 of 4).',
    'hero: frame 4 done (4 of 4).',
    'hero: complete, 4 frames.',
    '',
    'The shot is complete: 4 frames.',
    `The frames are in ${cli.out}.`,
  ]);
  expect(lines[0]).toMatch(/^Rendering .* with Blender 4\.3\.2 on 1 worker into /);
  const told = events((await json.child).stdout);
  expect(ofType(told, 'frame-done').map(({ frame }) => frame)).toEqual([3, 4]);
  expect(told.at(-1)).toMatchObject({ type: 'batch-finished', outcome: 'completed' });
  const later = await cli.run('follow', cli.shots, '-o', cli.out);
  expect(later).toMatchObject({
    code: 0,
    out: expect.stringContaining('The shot is complete'),
  });
});

test('Ctrl+C ends the following only', async () => {
  const { cli, night, goOn } = await batchAtFrame3();
  const follow = started(cli, 'follow', cli.shots);
  await follow.says('hero: started, 2 of 4');
  follow.child.kill('SIGINT');
  const { exitCode, stdout } = await follow.child;
  expect(exitCode).toBe(130);
  expect(stdout).toContain('No longer following. The batch goes on;');
  await goOn();
  expect((await night).exitCode).toBe(0);
});

test('follow --cancel cancels a batch that another process renders, and leaves nothing behind', async () => {
  const { cli, night } = await batchAtFrame3();
  const { code, out } = await cli.run('follow', cli.shots, '--cancel');
  expect(code).toBe(130);
  expect(out).toContain('Cancelling. What is done stays done.');
  expect(out).toContain('hero: cancelled with 2 of 4 frames done.');
  expect((await night).exitCode).toBe(130);
  const [batch] = await readdir(join(cli.folder, 'data', 'batches'));
  const left = await readdir(join(cli.folder, 'data', 'batches', batch ?? ''));
  expect(left).not.toContain('requests.json');
  expect(left).not.toContain('lock.json');
  // A later run does not obey what was asked of the one before.
  await cli.steer({});
  const again = await cli.run('render', cli.shots, '-o', cli.out);
  expect(again.code, again.err).toBe(0);
});

test('follow --cancel cancels one shot, and the others go on', async () => {
  const { cli, night } = await batchAtFrame3();
  await cli.shot('wide', 'frames: 1-2');
  const unknown = await cli.run('follow', cli.shots, '--cancel', 'wide');
  expect(unknown).toMatchObject({ code: 2, err: 'There is no shot wide in this batch.' });
  night.kill('SIGINT');
  await night;
  const both = cli.start('render', cli.shots, '-o', cli.out, '--workers', '2');
  await atFrame(cli, 3, 2);
  const { code, out } = await cli.run('follow', cli.shots, '--cancel', 'hero');
  expect(code).toBe(130);
  expect(out).toContain('hero: cancelled with 2 of 4 frames done.');
  const { exitCode, stdout } = await both;
  expect(exitCode).toBe(130);
  expect(stdout).toContain('wide: complete, 2 frames.');
});

test('follow tells that whoever rendered is gone, and how to resume', async () => {
  const { cli, night } = await batchAtFrame3();
  const follow = started(cli, 'follow', cli.shots);
  await follow.says('hero: started, 2 of 4');
  night.kill('SIGKILL');
  const { exitCode, stderr } = await follow.child;
  expect(exitCode).toBe(130);
  expect(stderr).toContain(
    'Whoever rendered this batch is gone, and it has not come to its end.\n' +
      `What is done stays done. To resume: npx nightshift render ${cli.shots} -o ${cli.out} --workers 1`,
  );
});

test('follow says so where there is nothing to be followed', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1');
  expect(await cli.run('follow', cli.shots)).toMatchObject({
    code: 2,
    err: 'There is no batch yet. Render a folder first.',
  });
  await cli.run('render', cli.shots, '-o', cli.out);
  const other = await cli.run('follow', cli.shots, '-o', join(cli.folder, 'other'));
  expect(other.code).toBe(2);
  expect(other.err).toContain('No batch is called');
});

test('--detach needs a cluster, and nothing that it would not do', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1');
  expect(await cli.run('render', cli.shots, '--detach')).toMatchObject({
    code: 2,
    err: '--detach needs --on slurm.',
  });
  for (const other of [['--watch'], ['--json'], ['--when-done', 'sleep'], ['--until', '08:00']]) {
    const { code, err } = await cli.run(
      ...['render', cli.shots, '--on', 'slurm', '--detach'],
      ...other,
    );
    expect(code).toBe(2);
    expect(err).toContain("Option '--detach' cannot be used with option");
  }
});
