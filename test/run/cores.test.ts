import { expect, test } from 'vitest';
import { busyLanes, cpuLanesAllowed, takeThreads } from '../../electron/engine/capacity/cores.ts';
import { Placement, type Side } from '../../electron/engine/capacity/gpus.ts';
import { RunQueue } from '../../electron/engine/run/queue.ts';
import type { Run } from '../../electron/engine/run/run.ts';
import type { BatchJob } from '../../shared/job.ts';
import { madeJob } from '../helpers/results.ts';

/** A run with a long job for the CPU, and one for the GPUs where there are any. */
function aRun(cores: number, workers: number, gpus: number, cpuFrames = 100): Run {
  const placement = new Placement();
  const queue = new RunQueue();
  const jobs = new Map<string, BatchJob>();
  const begin = (id: string, side: Side, left: number) => {
    const job = { ...madeJob({ name: id, frames: [], left, status: 'running' }), id };
    jobs.set(id, job);
    placement.fits(job, side, side);
    if (left > 0) queue.started(job);
  };
  begin('slow', 'cpu', cpuFrames);
  begin('fast', 'gpu', gpus === 0 ? 0 : 100);
  const devices = Array.from({ length: gpus }, (_, index) => {
    return { kind: 'OPTIX', id: String(index), name: 'Quick', on: true };
  });
  placement.learn({ chosen: true, devices });
  const options = { workers, machine: { cores } };
  const pool = { workers, of: workers };
  const store = { job: (id: string) => jobs.get(id) };
  // Only what is asked here.
  return { placement, queue, options, pool, store } as unknown as Run;
}

/** Every lane of a side that may takes a job and threads for a frame of it; the sum of the threads. */
function begin(run: Run, side: Side): number {
  const { workers } = run.options;
  const [first, count] = side === 'cpu' ? [1, workers] : [workers + 1, run.placement.count];
  let sum = 0;
  for (let lane = first; lane < first + count; lane += 1) {
    if (side === 'cpu' && busyLanes(run, 'cpu') >= cpuLanesAllowed(run)) break;
    run.queue.occupy(lane, side === 'cpu' ? 'slow' : 'fast');
    sum += takeThreads(run, lane, side);
  }
  return sum;
}

const MACHINES = [2, 3, 4, 8, 16].flatMap((cores) => {
  return [0, 1, 2].flatMap((gpus) =>
    [1, cores - 1, cores].map((workers) => [cores, workers, gpus]),
  );
});

test.each(MACHINES)(
  'of %i cores %i workers and the lanes of %i GPUs take no more, whoever comes first, and all where they can',
  (...[cores = 0, workers = 0, gpus = 0]) => {
    for (const order of [['cpu', 'gpu'] as const, ['gpu', 'cpu'] as const]) {
      const run = aRun(cores, workers, gpus);
      const sum = order.reduce((before, side) => before + begin(run, side), 0);
      // Every Blender needs one, and one lane of the CPU may always work.
      expect(sum).toBe(Math.max(cores, gpus + 1));
    }
  },
);

test('a lane that memory keeps out leaves its cores to the others', () => {
  const run = aRun(8, 7, 0);
  for (let lane = 2; lane <= 7; lane += 1) run.queue.standBack(lane);
  run.queue.occupy(1, 'slow');
  expect(takeThreads(run, 1, 'cpu')).toBe(8);
});

test('with the CPU to themselves the lanes of GPUs share all cores', () => {
  expect(begin(aRun(8, 7, 2, 0), 'gpu')).toBe(8);
});

test('who asks for more workers than there are cores gets them', () => {
  expect(cpuLanesAllowed(aRun(2, 4, 1))).toBe(4);
});
