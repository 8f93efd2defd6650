import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchCheckpoint } from '../../../electron/engine/journal/batch-checkpoint.ts';
import { inTurn } from '../in-turn.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { type BatchSize, makeJournal } from './made-journal.ts';

/** What stands between a start and the first frame of a batch that has been worked on for long. */
export const replay: Scenario = {
  name: 'replay',
  group: 'engine',
  measure: async (bench) => {
    const few = bench.short ? { shots: 4, frames: 100 } : { shots: 1000, frames: 1000 };
    const long = bench.short ? { shots: 1, frames: 400 } : { shots: 10, frames: 100_000 };
    return [await replayed(bench, few), await replayed(bench, long)];
  },
};

async function replayed(bench: Bench, size: BatchSize): Promise<Row> {
  const directory = join(bench.folder, 'night');
  await mkdir(directory);
  const file = join(directory, 'journal.jsonl');
  await makeJournal(file, size);
  const frames = size.shots * size.frames;
  let longestMs = 0;
  const measured = await inTurn(bench, {
    ours: async () => {
      const watch = stretches();
      const took = await seconds(() => played(directory, frames));
      longestMs = Math.max(longestMs, watch());
      return took;
    },
    theirs: () => seconds(() => parsed(file)),
  });
  await rm(directory, { recursive: true });
  const shots = `${size.shots.toLocaleString('en')} shots of ${size.frames.toLocaleString('en')}`;
  return {
    title: `Replaying a journal of ${frames.toLocaleString('en')} frames (${shots})`,
    baseline: '`readFile`, split into lines and `JSON.parse` of each',
    unit: 's',
    ...measured,
    compare: 'ratio',
    target: 2,
    note: `checksums, validation and state included; the event loop was held up for ${Math.round(longestMs)} ms at most`,
  };
}

async function played(directory: string, frames: number): Promise<void> {
  const { jobs, setAside } = await new BatchCheckpoint(directory).load();
  let done = 0;
  for (const job of jobs.values()) done += job.counts.done;
  if (done !== frames || setAside.length > 0) throw new Error(`${done} frames, not ${frames}.`);
}

async function parsed(file: string): Promise<void> {
  for (const line of (await readFile(file, 'utf8')).split('\n')) if (line !== '') JSON.parse(line);
}

/** Watches for how long nothing else had its turn; what it gives tells the longest, in ms. */
function stretches(): () => number {
  let longest = 0;
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(tick, 1);
  return () => {
    clearInterval(timer);
    tick();
    return longest;
  };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
