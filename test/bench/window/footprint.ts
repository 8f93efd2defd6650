import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { App } from '../../e2e/app.ts';
import { electronTree } from '../../e2e/processes.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { finishAll } from './inside.ts';
import { heapsOf } from './memory.ts';
import { openBatch } from './open-batch.ts';

/** Until what was done for a large folder has settled. */
const REST_MS = 4000;

/** Memory of the whole app with 10,000 shots of 240 frames, beside the app with a folder of one. */
export const windowMemory: Scenario = {
  name: 'window-memory',
  group: 'window',
  measure: async (bench) => {
    if (process.platform !== 'linux') throw new Error('Memory is read from /proc: Linux only.');
    const many = { shots: bench.short ? 300 : 10_000, framesEach: 240 };
    const figures = { one: [] as number[], waiting: [] as number[], done: [] as number[] };
    let frames = 0;
    for (let round = 0; round < bench.rounds; round += 1) {
      bench.signal.throwIfAborted();
      await within(bench, `one-${round}`, { shots: 1, framesEach: 1 }, async (app) => {
        figures.one.push(await footprint(app));
      });
      await within(bench, `many-${round}`, many, async (app) => {
        figures.waiting.push(await footprint(app));
        frames = await finishAll(app);
        figures.done.push(await footprint(app));
      });
      const [one, waiting, done] = [figures.one, figures.waiting, figures.done].map((all) =>
        all.at(-1)?.toFixed(0),
      );
      bench.say(
        `one shot ${one} MB, ${many.shots} waiting ${waiting} MB, ${frames} frames done ${done} MB`,
      );
    }
    return rowsOf(figures, `${many.shots} shots × ${many.framesEach} frames`, bench.short);
  },
};

async function within(
  bench: Bench,
  name: string,
  options: { readonly shots: number; readonly framesEach: number },
  measure: (app: App) => Promise<void>,
): Promise<void> {
  const open = await openBatch({ ...bench, folder: `${bench.folder}/${name}` }, options);
  try {
    await measure(open.app);
  } finally {
    await open.close();
  }
}

/** MB (2^20 bytes) of all processes of the app; what they share is counted once (PSS). */
async function footprint(app: App): Promise<number> {
  await pause(REST_MS);
  // What is garbage already says nothing about what the batch needs.
  await heapsOf(app.main, app.window);
  await pause(REST_MS / 4);
  const pids = await electronTree(app.main.process().pid ?? 0);
  const sizes = await Promise.all(pids.map(proportional));
  // A process of the app may end meanwhile; the first one may not.
  if (!sizes[0]) throw new Error('The memory of the main process can’t be read.');
  return sizes.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
}

async function proportional(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
}

function rowsOf(
  { one, waiting, done }: Record<'one' | 'waiting' | 'done', readonly number[]>,
  what: string,
  short: boolean,
): readonly Row[] {
  const row = (title: string, ours: readonly number[], note: string): Row => ({
    title: `Memory of the app, ${what}, ${title}`,
    baseline: 'a folder of one shot',
    unit: 'MB',
    ours,
    theirs: one,
    compare: 'difference',
    target: short ? null : 150,
    note,
  });
  return [
    row(
      'all waiting',
      waiting,
      'proportional set size of all its processes (main, window, GPU, network), after a collection of garbage',
    ),
    row(
      'all done',
      done,
      'the same app, after each frame was finished through the store of the batch, with a record of its own',
    ),
  ];
}
