import { beforeEach, expect, it } from 'vitest';
import { WakeSignal } from '../../electron/engine/lib/wake-signal.ts';
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
    queue.remove(id);
  }
  expect(order).toEqual(['b', 'd', 'a', 'c', 'e']);
  expect(queue.hasWaiting).toBe(false);
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
  queue.remove('urgent');
  // Its file was saved by another one meanwhile: it has one place in the queue, the new one.
  paths.set('b', '/4.3');
  queue.reorder(withPriority('b', 0));
  expect(queue.next(undefined, '/5.2')).toBe('d');
  queue.arrange(['c', 'd', 'b', 'a']);
  expect(queue.next(undefined, '/5.2')).toBe('c');
  for (const id of ['a', 'b', 'c', 'd', 'unknown']) queue.remove(id);
  expect([queue.next(), queue.hasWaiting]).toEqual([null, false]);
});

it('lets a job go that ends before anyone started it', () => {
  queue.add(withPriority('a', 0));
  queue.add(withPriority('b', 0));
  queue.remove('b');
  queue.remove('a');
  expect(queue.next()).toBeNull();
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

it('a wake signal wakes everyone who waits, once', async () => {
  const changed = new WakeSignal();
  const woken: number[] = [];
  const first = changed.wait(null).then(() => woken.push(1));
  const second = changed.wait(performance.now() + 60_000).then(() => woken.push(2));
  changed.wakeAll();
  await Promise.all([first, second]);
  changed.wakeAll();
  expect(woken).toEqual([1, 2]);
});

it('a wake signal wakes a waiter at its time if nothing happens', async () => {
  await expect(new WakeSignal().wait(performance.now() - 1)).resolves.toBeUndefined();
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
    queue.remove(id);
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
    queue.remove(id);
  }
  expect(order).toEqual(['late', 'later', 'latest']);
});
