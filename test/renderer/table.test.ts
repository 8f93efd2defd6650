import { describe, expect, it } from 'vitest';
import { mirrorOf } from '../../renderer/store/apply-update.ts';
import { moveTarget, NOTHING_SELECTED, selected } from '../../renderer/store/selection.ts';
import { EVERYTHING } from '../../renderer/store/ui-store.ts';
import { filterCounts, nextSort, shownIds, visibleIds } from '../../renderer/table/shown-rows.ts';
import { aRow, aView } from './rows.ts';

const rows = [
  aRow({ id: 'a', name: 'shot_10', status: 'running', averageSeconds: 5 }),
  aRow({ id: 'b', name: 'shot_9', status: 'failed', shotFile: 'night/lamp.yaml' }),
  aRow({ id: 'c', name: 'Shot_1', status: 'skipped', averageSeconds: 2 }),
  aRow({ id: 'd', name: 'other', status: 'cancelled', averageSeconds: 60 }),
];
const order = ['a', 'b', 'c', 'd'];
const plain = { shift: false, ctrl: false };

describe('which rows are shown', () => {
  it('shows all of them in the order of the folder', () => {
    expect(visibleIds(rows, EVERYTHING)).toEqual(order);
  });

  it('makes no new list of all of them with each update', () => {
    const mirror = mirrorOf({ seq: 1, view: aView(), rows });
    expect(shownIds(mirror, EVERYTHING)).toBe(mirror.ids);
    expect(shownIds(mirror, { ...EVERYTHING, search: 'lamp' })).toEqual(['b']);
  });

  it('filters by state; what never started is counted with what was cancelled', () => {
    expect(visibleIds(rows, { ...EVERYTHING, filter: 'cancelled' })).toEqual(['c', 'd']);
    const jobs = { waiting: 0, running: 1, completed: 0, failed: 1, skipped: 1, cancelled: 1 };
    expect(filterCounts({ progress: { totalJobs: 4, jobs }, needYou: 3 })).toEqual({
      all: 4,
      running: 1,
      failed: 3,
      waiting: 0,
      completed: 0,
      cancelled: 2,
    });
  });

  it('counts among those that need the artist what can not be rendered', () => {
    const waiting = aRow({ id: 'e', status: 'waiting', blocked: 'It has no camera.' });
    const needing = visibleIds([...rows, waiting], { ...EVERYTHING, filter: 'failed' });
    expect(needing).toEqual([...visibleIds(rows, { ...EVERYTHING, filter: 'failed' }), 'e']);
    expect(visibleIds([waiting], { ...EVERYTHING, filter: 'waiting' })).toEqual(['e']);
  });

  it('finds every word in name, file or failure, whatever the case', () => {
    expect(visibleIds(rows, { ...EVERYTHING, search: 'SHOT 1' })).toEqual(['a', 'c']);
    expect(visibleIds(rows, { ...EVERYTHING, search: 'lamp' })).toEqual(['b']);
  });

  it('sorts names as people count', () => {
    const sort = { key: 'name', down: false } as const;
    expect(visibleIds(rows, { ...EVERYTHING, sort })).toEqual(['d', 'c', 'b', 'a']);
  });

  it('puts what is not known last, whichever way it sorts', () => {
    const by = (down: boolean) =>
      visibleIds(rows, { ...EVERYTHING, sort: { key: 'average', down } });
    expect(by(false)).toEqual(['c', 'a', 'd', 'b']);
    expect(by(true)).toEqual(['d', 'a', 'c', 'b']);
  });

  it('sorts up, down, and then not at all', () => {
    const up = nextSort(null, 'left');
    expect(up).toEqual({ key: 'left', down: false });
    expect(nextSort(up, 'left')).toEqual({ key: 'left', down: true });
    expect(nextSort(nextSort(up, 'left'), 'left')).toBeNull();
    expect(nextSort(up, 'name')).toEqual({ key: 'name', down: false });
  });
});

describe('selecting rows', () => {
  const b = selected(NOTHING_SELECTED, order, 'b', plain);

  it('selects one row alone', () => {
    expect([...selected(b, order, 'c', plain).ids]).toEqual(['c']);
  });

  it('adds and takes away one with ctrl', () => {
    const both = selected(b, order, 'd', { shift: false, ctrl: true });
    expect([...both.ids]).toEqual(['b', 'd']);
    expect([...selected(both, order, 'b', { shift: false, ctrl: true }).ids]).toEqual(['d']);
  });

  it('spans from where it began with shift, both ways', () => {
    const down = selected(b, order, 'd', { shift: true, ctrl: false });
    expect([...down.ids]).toEqual(['b', 'c', 'd']);
    expect([...selected(down, order, 'a', { shift: true, ctrl: false }).ids]).toEqual(['a', 'b']);
  });

  it('moves with the arrows and stops at the ends', () => {
    expect(moveTarget('ArrowDown', order, null, 2)).toBe('a');
    expect(moveTarget('ArrowUp', order, null, 2)).toBe('d');
    expect(moveTarget('ArrowDown', order, 'd', 2)).toBe('d');
    expect(moveTarget('PageDown', order, 'a', 2)).toBe('c');
    expect(moveTarget('End', order, 'a', 2)).toBe('d');
    expect(moveTarget('Home', order, 'd', 2)).toBe('a');
    expect(moveTarget('x', order, 'a', 2)).toBeNull();
    expect(moveTarget('ArrowDown', [], null, 2)).toBeNull();
  });
});
