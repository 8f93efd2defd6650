import { beforeEach, describe, expect, it } from 'vitest';
import { applyUpdate, type Mirror, mirrorOf } from '../../renderer/store/apply-update.ts';
import { aRow, aView } from './rows.ts';

const A = aRow({ id: '00000000000a', name: 'a' });
const B = aRow({ id: '00000000000b', name: 'b' });
const PROBLEM = {
  severity: 'warning',
  file: 'a.yaml',
  line: null,
  column: null,
  jobId: A.id,
  message: 'Unknown key.',
} as const;
let mirror: Mirror;

beforeEach(() => {
  mirror = mirrorOf({ seq: 7, view: aView(), rows: [A, B] });
});

describe('the mirror of the open batch', () => {
  it('takes the next update and leaves the other rows as they are', () => {
    const done = { ...A, status: 'completed' as const };
    const next = applyUpdate(mirror, {
      seq: 8,
      batchId: 'film',
      view: aView({ phase: 'running' }),
      problems: null,
      rows: [done],
    });
    if (next === 'gap') throw new Error('no gap here');
    expect(next.view.phase).toBe('running');
    expect([...next.rows.values()]).toEqual([done, B]);
    expect(next.rows.get(B.id)).toBe(B);
  });

  it('keeps the same rows where none changed, so that nothing is drawn again', () => {
    const next = applyUpdate(mirror, {
      seq: 8,
      batchId: 'film',
      view: aView(),
      problems: null,
      rows: [],
    });
    expect(next !== 'gap' && next.rows).toBe(mirror.rows);
  });

  it('puts a new shot at the end', () => {
    const C = aRow({ id: '00000000000c' });
    const next = applyUpdate(mirror, {
      seq: 8,
      batchId: 'film',
      view: aView(),
      problems: null,
      rows: [C],
    });
    expect(next !== 'gap' && [...next.rows.keys()]).toEqual([A.id, B.id, C.id]);
    expect(next !== 'gap' && next.ids).toEqual([A.id, B.id, C.id]);
  });

  it('touches the rows that changed and no others, however many there are', () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => aRow({ id: `${index}` }));
    const large = mirrorOf({ seq: 7, view: aView(), rows });
    const touched: string[] = [];
    const watched = new Proxy(large.rows as Map<string, unknown>, {
      get: (map, key) => {
        touched.push(String(key));
        const found = Reflect.get(map, key);
        return typeof found === 'function' ? found.bind(map) : found;
      },
    });
    const update = {
      seq: 8,
      batchId: 'film',
      view: aView(),
      problems: null,
      rows: rows.slice(5, 8),
    };
    const next = applyUpdate({ ...large, rows: watched as Mirror['rows'] }, update);
    expect(next !== 'gap' && next.ids).toBe(large.ids);
    expect(touched.filter((key) => key === 'set')).toHaveLength(3);
    expect(new Set(touched)).toEqual(new Set(['has', 'set']));
  });

  it('keeps the problems that it knows until others are told', () => {
    const told = { ...mirror, view: aView({ problems: [PROBLEM] }) };
    const { problems: _, ...view } = aView();
    const next = applyUpdate(told, { seq: 8, batchId: 'film', view, problems: null, rows: [] });
    if (next === 'gap') throw new Error('no gap here');
    expect(next.view.problems).toBe(told.view.problems);
    const after = applyUpdate(next, { seq: 9, batchId: 'film', view, problems: [], rows: [] });
    expect(after !== 'gap' && after.view.problems).toEqual([]);
  });

  it('does not change for an old update or one of another batch', () => {
    const old = { seq: 7, batchId: 'film', view: aView(), problems: null, rows: [B] };
    expect(applyUpdate(mirror, old)).toBe(mirror);
    expect(applyUpdate(mirror, { ...old, seq: 8, batchId: 'other' })).toBe(mirror);
  });

  it('tells a gap when an update was lost', () => {
    expect(
      applyUpdate(mirror, { seq: 9, batchId: 'film', view: aView(), problems: null, rows: [] }),
    ).toBe('gap');
  });
});
