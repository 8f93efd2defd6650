import { describe, expect, it } from 'vitest';
import { arranged, movedBefore, prioritiesInPlace } from '../../shared/order.ts';
import { jobWith } from '../app/jobs.ts';

const order = ['a', 'b', 'c', 'd', 'e'];

describe('moving jobs in the order', () => {
  it.each([
    [['d'], 'b', 'adbce'],
    [['a'], null, 'bcdea'],
    [['e', 'b'], 'a', 'beacd'],
    [['b', 'c'], 'b', 'abcde'],
    [['b', 'd'], 'd', 'acbde'],
    [['a'], 'unknown', 'bcdea'],
    [[], 'a', 'abcde'],
  ])('puts %j before %s: %s', (moved, before, after) => {
    expect(movedBefore(order, moved, before).join('')).toBe(after);
  });
});

describe('an order that was chosen earlier', () => {
  const names = (ids: string, chosen: string) =>
    arranged(
      [...ids].map((id) => ({ id })),
      [...chosen],
    )
      .map(({ id }) => id)
      .join('');

  it('counts on when shots have gone', () => {
    expect(names('ace', 'edcba')).toBe('eca');
  });

  it('leaves a shot that it does not know behind the one that it follows in the folder', () => {
    expect(names('xabyzc', 'cba')).toBe('xcbyza');
  });

  it('counts a name once', () => {
    expect(names('ab', 'bab')).toBe('ba');
  });
});

describe('the priority of a shot that is put somewhere else', () => {
  const job = (id: string, priority: number, status: 'waiting' | 'completed' = 'waiting') =>
    jobWith([], { id, status, chosenPriority: { priority, over: 0 } });
  const changes = (jobs: Parameters<typeof prioritiesInPlace>[0], moved: readonly string[]) =>
    Object.fromEntries(prioritiesInPlace(jobs, moved));

  it('stays where it lets it start between its neighbours', () => {
    expect(changes([job('a', 3), job('x', 2), job('b', 1)], ['x'])).toEqual({});
    expect(changes([job('x', 0)], ['x'])).toEqual({});
  });

  it('rises to that of the shot that it was put before, and falls to that of the one above', () => {
    expect(changes([job('a', 5), job('x', 0), job('b', 2)], ['x'])).toEqual({ 2: ['x'] });
    expect(changes([job('a', 1), job('x', 9), job('y', 1)], ['x', 'y'])).toEqual({ 1: ['x'] });
  });

  it('goes before the one below where the neighbours contradict each other', () => {
    expect(changes([job('a', 0), job('x', 0), job('b', 5)], ['x'])).toEqual({ 5: ['x'] });
  });

  it('looks at shots that wait only', () => {
    const ended = job('done', 7, 'completed');
    expect(changes([job('a', 0), job('x', 0), ended, job('b', 0)], ['x'])).toEqual({});
  });
});
