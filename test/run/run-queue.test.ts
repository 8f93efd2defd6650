import { beforeEach, expect, it } from 'vitest';
import { Bell } from '../../electron/engine/lib/wake-signal.ts';
import { RunQueue } from '../../electron/engine/run/queue.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { jobWith } from '../app/jobs.ts';

let queue: RunQueue;

beforeEach(() => {
  queue = new RunQueue();
});

it('starts jobs by priority, and in the order of adding where that is the same', () => {
  for (const [id, priority] of Object.entries({ a: 0, b: 5, c: 0, d: 5, e: -1 })) {
    queue.add(withPriority(id, priority));
  }
  const order: string[] = [];
  for (let id = queue.next(); id !== null; id = queue.next()) {
    order.push(id);
    queue.started(jobWith([], { id }));
  }
  expect(order).toEqual(['b', 'd', 'a', 'c', 'e']);
  expect(queue.running).toEqual(order);
});

it('goes on with the Blender that a lane has up, within a priority and where nobody ordered by hand', () => {
  const paths = new Map(Object.entries({ a: '/4.3', b: '/5.2', c: '/4.3', d: '/5.2' }));
  queue = new RunQueue((id) => paths.get(id) ?? null);
  for (const id of ['a', 'b', 'c', 'd', 'unknown']) queue.add(withPriority(id, 0));
  expect([queue.next(), queue.next(undefined, '/5.2'), queue.next(undefined, '/3.6')]).toEqual([
    'a',
    'b',
    'a',
  ]);
  queue.add(withPriority('urgent', 1));
  paths.set('urgent', '/4.3');
  expect(queue.next(undefined, '/5.2')).toBe('urgent');
  queue.started(withPriority('urgent', 1));
  // Its file was saved by another one meanwhile: it has one place in the queue, the new one.
  paths.set('b', '/4.3');
  queue.reorder(withPriority('b', 0));
  expect(queue.next(undefined, '/5.2')).toBe('d');
  queue.arrange(['c', 'd', 'b', 'a']);
  expect(queue.next(undefined, '/5.2')).toBe('c');
  for (const id of ['a', 'b', 'c', 'd', 'unknown']) queue.started(withPriority(id, 0));
  expect([queue.next(), queue.hasWaiting]).toEqual([null, false]);
});

it('lets a job go that ends before anyone started it', () => {
  queue.add(withPriority('a', 0));
  queue.add(withPriority('b', 0));
  queue.ended(jobWith([], { id: 'b' }));
  queue.started(jobWith([], { id: 'a' }));
  expect(queue.next()).toBeNull();
});

it('knows which lanes are at work, and on what', () => {
  queue.occupy(1, 'a');
  queue.occupy(2, 'a');
  queue.occupy(3, 'b');
  queue.occupy(3, null);
  expect([queue.lanesOn('a'), queue.lanesOn('b'), queue.busyLanes]).toEqual([2, 0, 2]);
  expect([queue.laneJob(2), queue.laneJob(3)]).toEqual(['a', null]);
});

it('knows the threads of the frame of a lane, and who stands back, until the lane does something else', () => {
  queue.occupy(1, 'a');
  queue.setThreads(1, 3);
  queue.standBack(2);
  expect([queue.threadsOf(1), queue.standingBack]).toEqual([3, 1]);
  for (const lane of [1, 2]) queue.occupy(lane, null);
  expect([queue.threadsOf(1), queue.standingBack]).toEqual([0, 0]);
});

it('offers a shot of another engine to the CPU also behind one for the GPU', () => {
  const device = 'gpu' as const;
  const job = (id: string, engine: string) => {
    const made = withPriority(id, 0);
    const render = { ...made.shotConfig?.render, device, engine };
    return { ...made, shotConfig: { ...made.shotConfig, render } as ShotConfig };
  };
  queue.add(job('cycles', 'cycles'));
  queue.add(job('drawn', 'workbench'));
  expect(queue.next((id) => id === 'drawn')).toBe('drawn');
});

it('knows the next try of each frame and of a job, and forgets them when the job is added again', () => {
  const { delays } = queue;
  delays.set('a', 7, 500);
  delays.set('a', 'opening', 300);
  delays.set('b', 7, 100);
  expect(delays.until('a', 7)).toBe(500);
  expect([200, 400, 500].map((now) => delays.next('a', now))).toEqual([300, 500, null]);
  delays.set('a', 8, 900);
  queue.add(withPriority('a', 0));
  expect([delays.until('a', 8), delays.next('a', 0)]).toEqual([0, null]);
});

it('counts openings that failed for each job, from nothing when it is added again', () => {
  queue.openFailed('a');
  queue.openFailed('a');
  expect([queue.openFailures('a'), queue.openFailures('b')]).toEqual([2, 0]);
  queue.add(withPriority('a', 0));
  expect(queue.openFailures('a')).toBe(0);
});

it('the bell wakes everyone who waits, once', async () => {
  const bell = new Bell();
  const woken: number[] = [];
  const first = bell.wait(null).then(() => woken.push(1));
  const second = bell.wait(performance.now() + 60_000).then(() => woken.push(2));
  bell.ring();
  await Promise.all([first, second]);
  bell.ring();
  expect(woken).toEqual([1, 2]);
});

it('the bell wakes a waiter at its time if nobody rings', async () => {
  await expect(new Bell().wait(performance.now() - 1)).resolves.toBeUndefined();
});

function withPriority(id: string, priority: number): BatchJob {
  return jobWith([], { id, shotConfig: { priority } as ShotConfig });
}

it('starts jobs within a priority as the artist ordered them, those that come later too', () => {
  for (const id of ['a', 'b', 'c']) queue.add(withPriority(id, 0));
  queue.add(withPriority('urgent', 1));
  queue.arrange(['d', 'c', 'a', 'urgent', 'b']);
  queue.add(withPriority('d', 0));
  queue.add(withPriority('unknown', 0));
  const order: string[] = [];
  for (let id = queue.next(); id !== null; id = queue.next()) {
    order.push(id);
    queue.started(withPriority(id, 0));
  }
  expect(order).toEqual(['urgent', 'd', 'c', 'a', 'b', 'unknown']);
});

it('leaves shots that joined after an order was chosen as they came, whatever is reordered', () => {
  queue.arrange(['first', 'gone']);
  for (const id of ['late', 'later', 'latest']) queue.add(withPriority(id, 0));
  queue.reorder(withPriority('late', 0));
  queue.reorder(withPriority('late', 0));
  queue.arrange(['first', 'gone']);
  const order: string[] = [];
  for (let id = queue.next(); id !== null; id = queue.next()) {
    order.push(id);
    queue.started(withPriority(id, 0));
  }
  expect(order).toEqual(['late', 'later', 'latest']);
});
