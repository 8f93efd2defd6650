import { expect, test } from 'vitest';
import {
  type CoresNow,
  cpuLanesAllowed,
  threadsOnSide,
} from '../../electron/engine/capacity/cores.ts';

type Side = 'cpu' | 'gpu';

/** A machine with lanes that render, a long job for the CPU, and one for the GPUs where there are any. */
function machine(cores: number, workers: number, gpus: number, cpuFrames = 100) {
  const threads: Record<Side, number[]> = { cpu: [], gpu: [] };
  const now = (): CoresNow => {
    const side = (of: Side, lanes: number, frames: number) => {
      const busy = threads[of].length;
      return { lanes, busy, coming: frames === 0 ? 0 : frames, threads: threads[of] };
    };
    return {
      ...{ cores, chosen: null, asked: workers, workers },
      cpu: side('cpu', workers, cpuFrames),
      gpu: side('gpu', gpus, gpus === 0 ? 0 : 100),
    };
  };
  /** Every lane of a side that may takes threads for a frame; the sum of the threads. */
  const begin = (of: Side): number => {
    for (let lane = 0; lane < (of === 'cpu' ? workers : gpus); lane += 1) {
      if (of === 'cpu' && threads.cpu.length >= cpuLanesAllowed(now())) break;
      // A lane that takes threads is at work already.
      const before = now();
      const asking = { ...before, [of]: { ...before[of], busy: before[of].busy + 1 } };
      threads[of] = [...threads[of], threadsOnSide(asking, of)];
    }
    return threads[of].reduce((sum, each) => sum + each, 0);
  };
  return { now, begin };
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
      const { begin } = machine(cores, workers, gpus);
      const sum = order.reduce((before, side) => before + begin(side), 0);
      // Every Blender needs one, and one lane of the CPU may always work.
      expect(sum).toBe(Math.max(cores, gpus + 1));
    }
  },
);

test('a lane that memory keeps out leaves its cores to the others', () => {
  const { cpu, ...rest } = machine(8, 7, 0).now();
  const alone = { ...cpu, lanes: 7 - 6, busy: 1 };
  expect(threadsOnSide({ ...rest, cpu: alone }, 'cpu')).toBe(8);
});

test('with the CPU to themselves the lanes of GPUs share all cores', () => {
  expect(machine(8, 7, 2, 0).begin('gpu')).toBe(8);
});

test('who asks for more workers than there are cores gets them', () => {
  expect(cpuLanesAllowed(machine(2, 4, 1).now())).toBe(4);
});
