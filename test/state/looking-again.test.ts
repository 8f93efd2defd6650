import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Replayed, replay } from '../../electron/engine/journal/replay.ts';
import { joinBatch } from '../../electron/engine/resume/resume.ts';
import { checkRecorded, statAll } from '../../electron/engine/resume/verify-frames.ts';
import type { Batch } from '../../shared/batch.ts';
import { FrameList } from '../../shared/frame-list.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import type { BatchJob } from '../../shared/job.ts';
import { FRESH_JOB } from '../../shared/job-state.ts';
import { planOf } from '../helpers/plan.ts';

const WAITING: FrameState = { status: 'waiting', tries: 0 };

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-looking-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A shot with frames 1 and 2 on disk; the second one waits where it is not complete. */
async function shot(folder: string, id: string, complete: boolean): Promise<BatchJob> {
  const directory = join(folder, id);
  await mkdir(directory);
  const plan = planOf([1, 2], { directory, pattern: '####', extension: '.png' });
  const states: FrameState[] = [];
  for (const frame of [1, 2]) {
    const file = `000${frame}.png`;
    await writeFile(join(directory, file), 'picture');
    const { mtimeMs } = await stat(join(directory, file));
    const record = { file, bytes: 7, mtimeMs, sha256: '', seconds: 1, memoryMb: 1, at: 1 };
    states.push({ status: 'done', tries: 1, kept: true, record });
  }
  const frames = FrameList.of(complete ? states : [states[0] as FrameState, WAITING]);
  const status = complete ? 'completed' : 'waiting';
  const { counts } = frames;
  const about = { name: id, shotFile: `${id}.yaml`, shotConfig: null, outputPath: directory };
  return { ...FRESH_JOB, id, ...about, source: 's', status, plan, frames, counts };
}

function batchWith(jobs: readonly BatchJob[]): { batch: Batch; known: Replayed } {
  const fresh = jobs.map((job) => ({ ...job, ...FRESH_JOB }));
  const batch = { id: 'b', folder: '/', outputRoot: '/', jobs: fresh, problems: [] };
  const known = { ...replay([]), jobs: new Map(jobs.map((job) => [job.id, job])) };
  return { batch: { ...batch, wantsTrust: false }, known };
}

test('files are looked at each once, some side by side, and no new ones after a cancel', async () => {
  const folder = await temporary();
  const seen: number[] = [];
  let running = 0;
  let most = 0;
  const pathAt = (index: number) => {
    running += 1;
    most = Math.max(most, running);
    return join(folder, String(index));
  };
  const see = (index: number) => {
    running -= 1;
    seen.push(index);
  };
  await statAll(500, pathAt, see, () => false);
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, index) => index));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(100);

  seen.length = 0;
  await statAll(500, pathAt, see, () => seen.length > 10);
  expect(seen.length).toBeLessThan(100);
});

test('a look that is ended between the quick and the close one takes the rest for what is recorded', async () => {
  const job = await shot(await temporary(), 'a', true);
  await rm(join(job.outputPath, '0001.png'));
  await rm(join(job.outputPath, '0002.png'));
  let asked = 0;
  const afterTheQuickOne = () => {
    asked += 1;
    return asked > 2;
  };
  expect(await checkRecorded(job, afterTheQuickOne)).toEqual({ lost: [], unnamed: [] });
  expect((await checkRecorded(job)).lost).toEqual([1, 2]);
});

test('where enough has been looked at, shots that go on are still looked at, and complete ones are named', async () => {
  const folder = await temporary();
  const jobs = [await shot(folder, 'complete', true), await shot(folder, 'begun', false)];
  for (const { outputPath } of jobs) await rm(join(outputPath, '0001.png'));
  const { batch, known } = batchWith(jobs);

  const beside = { mostMs: -1, goesOn: async () => true };
  const first = await joinBatch(batch, known, { forget: false, beside });
  expect(first.resumed.map(({ job, lost }) => [job.id, lost])).toEqual([
    ['complete', []],
    ['begun', [1]],
  ]);
  expect(first.unlooked).toEqual(['complete']);

  const all = await joinBatch(batch, known, { forget: false });
  expect(all.resumed.map(({ lost }) => lost)).toEqual([[1], [1]]);
  expect(all.unlooked).toEqual([]);
});

test('nothing is left unlooked at before a run that renders nothing', async () => {
  const folder = await temporary();
  const job = await shot(folder, 'complete', true);
  await rm(join(job.outputPath, '0002.png'));
  const { batch, known } = batchWith([job]);

  const told: number[] = [];
  const goesOn = (answer: boolean) => async () => {
    told.push(told.length);
    return answer;
  };
  const look = (answer: boolean) =>
    joinBatch(batch, known, {
      forget: false,
      beside: { mostMs: -1, goesOn: goesOn(answer) },
    });
  const beside = await look(true);
  expect(beside.unlooked).toEqual(['complete']);
  const before = await look(false);
  expect(before.unlooked).toEqual([]);
  expect(before.resumed[0]?.lost).toEqual([2]);
  expect(told).toHaveLength(2);
});

test('a complete shot whose look is cut anywhere is looked at to its end where nothing renders beside that', async () => {
  const job = await shot(await temporary(), 'complete', true);
  for (const file of ['0001.png', '0002.png']) await rm(join(job.outputPath, file));
  const { batch, known } = batchWith([job]);
  const beside = { mostMs: 1, goesOn: async () => false };
  for (let looks = 1; looks < 20; looks += 1) {
    let asked = 0;
    const now = vi.spyOn(performance, 'now').mockImplementation(() => (asked++ < looks ? 0 : 1e9));
    const { resumed, unlooked } = await joinBatch(batch, known, { forget: false, beside });
    now.mockRestore();
    expect([looks, resumed[0]?.lost, unlooked]).toEqual([looks, [1, 2], []]);
  }
});
