import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BatchStore } from '../../../electron/engine/batch-store.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { allDone, type BatchSize, plannedJob } from './made-journal.ts';

/** What the state of a large batch takes up in the process that holds it. */
export const memoryOfEngine: Scenario = {
  name: 'memory-of-engine',
  group: 'engine',
  measure: async (bench) => {
    const size = bench.short ? { shots: 20, frames: 240 } : { shots: 10_000, frames: 240 };
    return [measured(bench, size, 'waiting'), measured(bench, size, 'done')];
  },
};

function measured(bench: Bench, size: BatchSize, state: 'waiting' | 'done'): Row {
  const ours = Array.from({ length: bench.short ? 1 : Math.min(2, bench.rounds) }, () => {
    const before = heldMb();
    const store = new BatchStore(jobsOf(size, state));
    const held = heldMb() - before;
    bench.say(`${state}: ${held.toFixed(1)} MB for ${store.totals.frames.total} frames`);
    return Math.max(0, held);
  });
  const shots = `${size.shots.toLocaleString('en')} shots × ${size.frames} frames`;
  return {
    title: `Memory of the engine's state: ${shots}, all ${state}`,
    baseline: null,
    unit: 'MB',
    ours,
    theirs: [],
    compare: 'value',
    target: 150,
    note: 'heap and array buffers after a collection; jobs, plans with a list of frames for each shot, and records',
  };
}

function jobsOf({ shots, frames }: BatchSize, state: 'waiting' | 'done'): readonly BatchJob[] {
  return Array.from({ length: shots }, (_, shot) => {
    const job = plannedJob(shot, frames);
    return state === 'waiting' ? job : allDone(job);
  });
}

/** MB (2^20 bytes) of what is alive. */
function heldMb(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a first collection frees may hold more that only a second one finds free.
  for (let time = 0; time < 2; time += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
