import { beforeEach, expect, it } from 'vitest';
import { WorkerPool } from '../../electron/engine/run/worker-pool.ts';

let lanes: WorkerPool;

beforeEach(() => {
  lanes = new WorkerPool(2);
});

it('knows which lanes are at work, and on what', () => {
  lanes.occupy(1, 'a');
  lanes.occupy(2, 'b');
  lanes.occupy(3, 'a');
  lanes.occupy(2, null);
  expect([lanes.on('a'), lanes.on('b')]).toEqual([2, 0]);
  expect([lanes.busy(), lanes.busy('cpu'), lanes.busy('gpu')]).toEqual([2, 1, 1]);
  expect([lanes.jobOf(1), lanes.jobOf(2)]).toEqual(['a', null]);
});

it('knows the threads of the frame of a lane, and who stands back, until the lane does something else', () => {
  lanes.occupy(1, 'a');
  lanes.setThreads(1, 3);
  lanes.occupy(3, 'a');
  lanes.setThreads(3, 1);
  lanes.standBack(2);
  expect([lanes.threads('cpu', null), lanes.threads('gpu', null)]).toEqual([[3], [1]]);
  expect([lanes.threads('cpu', 1), lanes.standingBack, lanes.busy()]).toEqual([[], 1, 2]);
  for (const lane of [1, 2, 3]) lanes.occupy(lane, null);
  expect([lanes.threads('cpu', null), lanes.standingBack]).toEqual([[], 0]);
});
