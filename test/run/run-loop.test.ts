import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BatchStore } from '../../electron/engine/batch-store.ts';
import { Blenders } from '../../electron/engine/capacity/choose-blender.ts';
import { Nodes } from '../../electron/engine/capacity/nodes.ts';
import { OutputClaims } from '../../electron/engine/capacity/output-claims.ts';
import { SameFiles } from '../../electron/engine/capacity/same-files.ts';
import type { Seat } from '../../electron/engine/capacity/seats.ts';
import { STALL_BOUNDS } from '../../electron/engine/lane/limits.ts';
import type { FreeWorker, WorkerPlace } from '../../electron/engine/lane/worker-ports.ts';
import { Run } from '../../electron/engine/run/run-loop.ts';
import { DEFAULT_CONFIG } from '../../shared/batch.ts';
import { jobWith, listing, WAITING } from '../app/jobs.ts';

const FREE: FreeWorker = {
  openJob: null,
  scene: 0,
  blender: '/blender',
  needsPlace: false,
  framesHere: 0,
  memory: { usedMb: 0, largestMb: 0 },
  finishing: null,
  isSpent: () => false,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

it('does not miss Resume while an idle worker gives its allocation back', async () => {
  const { run, worker } = makeRun();
  run.pause.begin('asked', 'Paused.');
  const first = run.next(worker, () => FREE);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await first).toEqual({ kind: 'close' });
  // The worker closes its Blender, and the artist resumes meanwhile.
  run.pause.end();
  worker.seat.place = null;
  expect(await run.next(worker, () => ({ ...FREE, blender: null }))).toMatchObject({
    kind: 'open',
    job: { id: 'hero' },
  });
});

it('wakes an idle worker at Resume', async () => {
  const { run, worker } = makeRun();
  run.pause.begin('asked', 'Paused.');
  const task = run.next(worker, () => FREE);
  run.pause.end();
  expect(await task).toMatchObject({ kind: 'open' });
});

function makeRun() {
  const job = jobWith([WAITING], { id: 'hero', shotConfig: listing([1]) });
  const store = new BatchStore([{ ...job, status: 'waiting' }]);
  const seat = { alive: true, place: { node: 'n1', gpu: false, endsAt: null } as unknown };
  const run = new Run({
    ...{ store, config: DEFAULT_CONFIG, claims: new OutputClaims(), stall: STALL_BOUNDS },
    ...{ temporary: '/tmp', runners: undefined, workers: 1, shots: 1 },
    machine: { cores: 4, memoryMb: 8000 } as never,
    blenders: new Blenders(DEFAULT_CONFIG),
    blender: { path: '/blender' },
    files: new SameFiles(() => []),
    seats: { of: () => seat as Seat, areAwaited: true, nodes: new Nodes() },
    again: new Set<string>(),
    elsewhere: new Map(),
    startWorker: () => Promise.reject(new Error('No Blender is started.')),
  });
  run.add(['hero']);
  const worker = { number: 1, gpu: null, seat: seat as Seat } satisfies WorkerPlace;
  return { run, worker: worker as WorkerPlace & { seat: { place: unknown } } };
}
