import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useBatch } from '../../renderer/store/batch-store.ts';
import { useUi } from '../../renderer/store/ui-store.ts';
import { dropJobs, moveSelected, placeAt, stepOf } from '../../renderer/table/row-order.ts';
import { movedBefore } from '../../shared/order.ts';
import { aRow, aView } from './rows.ts';

const order = ['a', 'b', 'c', 'd', 'e'];

describe('a step of rows by the keyboard', () => {
  it.each([
    [['c'], 'up', 'b'],
    [['c'], 'down', 'e'],
    [['d'], 'down', null],
    [['b', 'c'], 'up', 'a'],
    [['b', 'd'], 'up', 'a'],
    [['a', 'c'], 'up', 'b'],
  ] as const)('%j goes %s: before %s', (moving, by, before) => {
    expect(stepOf(order, order, moving, by)).toEqual({ before });
  });

  it('goes no further than the ends', () => {
    expect(stepOf(order, order, ['a', 'b'], 'up')).toBeNull();
    expect(stepOf(order, order, ['e'], 'down')).toBeNull();
    expect(stepOf(order, order, ['gone'], 'up')).toBeNull();
  });

  it('passes the next row that is shown, and no more than that', () => {
    expect(stepOf(order, ['a', 'c', 'e'], ['e'], 'up')).toEqual({ before: 'c' });
    expect(stepOf(order, ['a', 'c', 'e'], ['a'], 'down')).toEqual({ before: 'd' });
  });
});

describe('rows that are dropped', () => {
  it('go in front of the row under the pointer, or to the end', () => {
    expect(placeAt(order, order, ['e'], 1)).toEqual({ before: 'b' });
    expect(placeAt(order, order, ['a'], 5)).toEqual({ before: null });
  });

  it('go right behind the last row that is shown where a filter hides the next', () => {
    expect(placeAt(order, ['a', 'c'], ['a'], 2)).toEqual({ before: 'd' });
  });

  it('change nothing where they stand already', () => {
    expect(placeAt(order, order, ['b'], 1)).toBeNull();
    expect(placeAt(order, order, ['b'], 2)).toBeNull();
  });
});

describe('ordering the shots', () => {
  let asked: [string, { jobIds: string[]; before: string | null }][] = [];
  let now: readonly string[] = order;
  const initial = { ui: useUi.getState(), batch: useBatch.getState() };

  beforeEach(() => {
    asked = [];
    now = order;
    const call = async (name: string, payload: (typeof asked)[0][1]) => {
      asked.push([name, payload]);
      now = movedBefore(now, payload.jobIds, payload.before);
      return { ok: true, value: now };
    };
    Object.assign(globalThis, { window: { nightshift: { call } } });
    const rows = order.map((id) =>
      aRow({ id, name: id, status: id === 'a' ? 'running' : 'waiting' }),
    );
    useBatch.getState().show({ seq: 1, view: aView(), rows });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'window');
    useUi.setState(initial.ui, true);
    useBatch.setState(initial.batch, true);
  });

  const select = (...ids: string[]) =>
    useUi.setState({ selection: { ids: new Set(ids), active: ids[0] ?? null, anchor: null } });

  it('takes each of several quick steps from where the one before has led', async () => {
    select('d', 'e');
    await Promise.all([moveSelected('up'), moveSelected('up')]);
    expect(asked.map(([, { before }]) => before)).toEqual(['c', 'b']);
    expect(useBatch.getState().mirror?.ids).toEqual(['a', 'd', 'e', 'b', 'c']);
    expect(useUi.getState().said).toBe('2 shots, 2 of 5');
  });

  it('moves those that wait only, and says so where none does', async () => {
    select('a', 'c');
    await moveSelected('down');
    expect(asked).toEqual([['jobs:move', { batchId: 'film', jobIds: ['c'], before: 'e' }]]);
    select('a');
    await moveSelected('down');
    expect(asked).toHaveLength(1);
    expect(useUi.getState().notices.at(-1)?.text).toMatch(/^Only shots that wait/);
  });

  it('says what to do first where the table is sorted', async () => {
    select('c');
    useUi.setState({ query: { filter: 'all', search: '', sort: { key: 'name', down: false } } });
    await moveSelected('up');
    expect(asked).toEqual([]);
    expect(useUi.getState().notices.at(-1)?.text).toMatch(/^The table is sorted\./);
  });

  it('keeps its order when rows of the batch change', async () => {
    await dropJobs(['e'], 1);
    const update = { seq: 2, batchId: 'film', view: aView(), problems: null };
    useBatch.getState().take({ ...update, rows: [aRow({ id: 'f' }), aRow({ id: 'b' })] });
    expect(useBatch.getState().mirror?.ids).toEqual(['a', 'e', 'b', 'c', 'd', 'f']);
  });
});
