import { describe, expect, it } from 'vitest';
import { applyUpdate, mirrorOf } from '../../renderer/store/apply-update.ts';
import { aRow, aView } from './rows.ts';

const A = aRow({ id: '00000000000a', name: 'a' });
const B = aRow({ id: '00000000000b', name: 'b' });
const mirror = mirrorOf({ seq: 7, view: aView(), rows: [A, B] });

describe('the mirror of the open batch', () => {
  it('takes the next update and leaves the other rows as they are', () => {
    const done = { ...A, status: 'completed' as const };
    const next = applyUpdate(mirror, {
      seq: 8,
      batchId: 'film',
      view: aView({ phase: 'running' }),
      rows: [done],
    });
    if (next === 'gap') throw new Error('no gap here');
    expect(next.view.phase).toBe('running');
    expect([...next.rows.values()]).toEqual([done, B]);
    expect(next.rows.get(B.id)).toBe(B);
  });

  it('keeps the same rows where none changed, so that nothing is drawn again', () => {
    const next = applyUpdate(mirror, { seq: 8, batchId: 'film', view: aView(), rows: [] });
    expect(next !== 'gap' && next.rows).toBe(mirror.rows);
  });

  it('puts a new shot at the end', () => {
    const C = aRow({ id: '00000000000c' });
    const next = applyUpdate(mirror, { seq: 8, batchId: 'film', view: aView(), rows: [C] });
    expect(next !== 'gap' && [...next.rows.keys()]).toEqual([A.id, B.id, C.id]);
  });

  it('does not change for an old update or one of another batch', () => {
    const old = { seq: 7, batchId: 'film', view: aView(), rows: [B] };
    expect(applyUpdate(mirror, old)).toBe(mirror);
    expect(applyUpdate(mirror, { ...old, seq: 8, batchId: 'other' })).toBe(mirror);
  });

  it('tells a gap when an update was lost', () => {
    expect(applyUpdate(mirror, { seq: 9, batchId: 'film', view: aView(), rows: [] })).toBe('gap');
  });
});
