import { spawn } from 'node:child_process';
import {
  appendFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commandLineOf } from '../../electron/blender/this-computer.ts';
import { stagedPath } from '../../electron/engine/proof/staging.ts';
import type { FramePlan } from '../../shared/job.ts';
import { events, makeCli, ofType, runs } from '../cli/rig.ts';
import { type EngineRig, event, makeEngine } from './rig.ts';

async function rendered(): Promise<
  EngineRig & { readonly journal: string; readonly id: string; readonly plan: FramePlan }
> {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4');
  const { processor, job } = await rig.processor();
  await processor.processBatch();
  const journal = join(processor.checkpointPath, 'journal.jsonl');
  const { id, plan } = job('hero');
  return { ...rig, journal, id, plan: plan as FramePlan };
}

test('resumes after the power went while a line of the journal was being written', async () => {
  const rig = await rendered();
  const lines = (await readFile(rig.journal, 'utf8')).split('\n');
  const last = lines.findLastIndex((line) => line.includes('"frame-done"'));
  const torn = `${lines.slice(0, last).join('\n')}\n${lines[last]?.slice(0, 40)}`;
  await writeFile(rig.journal, torn);
  const { processor, told } = await rig.processor();
  expect((await processor.load()).outcome).toBe('interrupted');
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([4]);
});

test('who looks at a batch that another one renders is told so, and of no interruption by itself', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  await rig.steer({ render: { frame: 2, hang: true } });
  const night = await rig.processor();
  const doneOne = night.until(event('frame-done', 'hero', 1));
  const running = night.processor.processBatch();
  await doneOne;
  const other = await rig.processor();
  expect((await other.processor.load()).drivenBy).toContain(`process ${process.pid}`);
  await night.processor.cancel();
  await running;
  expect((await other.processor.load()).drivenBy).toBeNull();
});

test('after a stop what is left is told, and how many shots nobody has opened yet', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3\npriority: 1');
  await rig.shot('lamp', 'frames: 1-4');
  await rig.shot('scene', '');
  await rig.steer({ render: { frame: 2, hang: true } });
  const night = await rig.processor();
  const doneOne = night.until(event('frame-done', 'hero', 1));
  const running = night.processor.processBatch();
  await doneOne;
  await night.processor.cancel();
  await running;
  const left = { framesWhole: 1, framesLeft: 2 + 4, shotsUnopened: 1 };
  expect(await (await rig.processor()).processor.load()).toMatchObject(left);
});

test('a bad line in the middle costs what it said, and is told', async () => {
  const rig = await rendered();
  const lines = (await readFile(rig.journal, 'utf8')).split('\n');
  const at = lines.findIndex((line) => line.includes('"frame-done"'));
  lines[at] = '\u0000\u0000\u0000garbage';
  await writeFile(rig.journal, lines.join('\n'));
  const { processor, told } = await rig.processor();
  expect((await processor.load()).linesSetAside).toBe(1);
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([1]);
});

test('a frame that was recorded but not yet named when the power went is only renamed', async () => {
  const rig = await rendered();
  const final = join(rig.out, 'hero', 'hero_0004.png');
  const staged = stagedPath(rig.plan, rig.id, 4);
  const lines = (await readFile(rig.journal, 'utf8')).split('\n');
  const done = lines.findLastIndex((line) => line.includes('"frame-done"'));
  await writeFile(rig.journal, `${lines.slice(0, done + 1).join('\n')}\n`);
  await mkdir(join(staged, '..'), { recursive: true });
  await rename(final, staged);
  const renders = (await rig.noted('render')).length;
  const { processor, told } = await rig.processor();
  expect((await processor.load()).framesWhole).toBe(4);
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([]);
  expect(await rig.noted('render')).toHaveLength(renders);
  expect((await stat(final)).isFile()).toBe(true);
});

test('a staged frame that is not the recorded one is rendered again', async () => {
  const rig = await rendered();
  const final = join(rig.out, 'hero', 'hero_0004.png');
  const staged = stagedPath(rig.plan, rig.id, 4);
  await mkdir(join(staged, '..'), { recursive: true });
  await rename(final, staged);
  await truncate(staged, 20);
  const { processor, told } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([4]);
});

test.skipIf(process.platform === 'win32')(
  'a Blender that a dead Nightshift left is killed at the next start, another process is not',
  async () => {
    const rig = await rendered();
    const wait = ['-e', 'setTimeout(() => {}, 100000)', '--', 'nightshift'];
    const start = (token: string) =>
      spawn(process.execPath, [...wait, token], { detached: true, stdio: 'ignore' });
    const orphan = start('our-token');
    const other = start('other-token');
    onTestFinished(() => {
      orphan.kill('SIGKILL');
      other.kill('SIGKILL');
    });
    const pids = [orphan.pid as number, other.pid as number];
    // The child carries its own command line only once it has been started.
    await vi.waitFor(async () => {
      for (const pid of pids) expect(await commandLineOf(pid)).toContain('-token');
    }, 20_000);
    const record = [
      { pid: pids[0], token: 'our-token' },
      { pid: pids[1], token: 'a-token-of-before' },
    ];
    await writeFile(join(rig.journal, '..', 'workers.json'), JSON.stringify(record));
    const { processor } = await rig.processor();
    expect((await processor.load()).orphansStopped).toBe(1);
    expect(await runs(pids[0] as number)).toBe(false);
    expect(await runs(pids[1] as number)).toBe(true);
  },
);

test('two processes on one batch: the second one says who renders it, and harms nothing', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-6');
  await cli.steer({ render: { frame: 3, hang: true } });
  const first = cli.start('render', cli.shots, '-o', cli.out, '--json');
  await vi.waitFor(
    async () => {
      const log = (await cli.blenderLog()) as readonly { do: string; frame?: number }[];
      expect(log.some(({ frame }) => frame === 3)).toBe(true);
    },
    { timeout: 20_000 },
  );
  const second = await cli.run('render', cli.shots, '-o', cli.out, '--json');
  expect(second.code).not.toBe(0);
  expect(second.err).toMatch(
    /This batch is being rendered by Nightshift on the command line \(process \d+, since .*Wait until/,
  );
  const cleared = await cli.run('clear', 'shots');
  expect(cleared.code).not.toBe(0);
  first.kill('SIGINT');
  const told = events((await first).stdout);
  expect(ofType(told, 'frame-done').map(({ frame }) => frame)).toEqual([1, 2]);
});

test('a journal that is deleted in mid-batch stops it with a sentence, and nothing is lost', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-50');
  await rig.steer({ render: { seconds: 0.02 } });
  const watched = await rig.processor();
  const second = watched.until(event('frame-done', 'hero', 2));
  const running = watched.processor.processBatch().then(
    () => 'it went on',
    (error: Error) => error.message,
  );
  await second;
  await rm(watched.processor.checkpointPath, { recursive: true, force: true });
  expect(await running).toMatch(/The checkpoint was deleted while the batch was running/);
  for (const { pid } of await rig.noted('start')) expect(await runs(pid)).toBe(false);
  const next = await rig.processor({ existing: 'skip' });
  expect(await next.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(next.told('frame-kept')).toEqual(expect.arrayContaining([1, 2]));
});

test('whatever stands after the last line of the journal is no reason to stop', async () => {
  const rig = await rendered();
  await appendFile(rig.journal, Buffer.from([0xff, 0x00, 0xfe]));
  const { processor, told } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([]);
});
