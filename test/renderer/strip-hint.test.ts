import { afterEach, beforeEach, expect, it } from 'vitest';
import { previewNewest, useChosenFrame } from '../../renderer/player/film.ts';
import { useBatch } from '../../renderer/store/batch-store.ts';
import { useUi } from '../../renderer/store/ui-store.ts';
import {
  cellAt,
  leaveStrip,
  pointAtStrip,
  tellStripCell,
  useStripHint,
} from '../../renderer/table/StripHint.tsx';
import { aRow, aView } from './rows.ts';

const ID = '000000000001';
const CELL = {
  first: 2,
  last: 2,
  counts: { total: 1, waiting: 1, running: 0, done: 0, kept: 0, failed: 0 },
  averageSeconds: null,
  state: { status: 'waiting', tries: 0 },
};
const STRIP = { left: 100, top: 40, width: 100, height: 12 } as DOMRect;
const initial = { ui: useUi.getState(), batch: useBatch.getState(), hint: useStripHint.getState() };
let asked: unknown[] = [];
let value: unknown = CELL;

beforeEach(() => {
  asked = [];
  value = CELL;
  const call = async (...payload: unknown[]) => {
    asked.push(payload);
    return { ok: true, value };
  };
  Object.assign(globalThis, { window: { nightshift: { call } } });
  useBatch.getState().show({ seq: 1, view: aView(), rows: [aRow()] });
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'window');
  useUi.setState(initial.ui, true);
  useBatch.setState(initial.batch, true);
  useStripHint.setState(initial.hint, true);
});

it('finds the cell under the pointer, and the outer ones beyond the edges', () => {
  expect([99, 100, 109, 110, 199, 200].map((x) => cellAt(x, 100, 100, 10))).toEqual([
    0, 0, 0, 1, 9, 9,
  ]);
});

it('tells what is behind the cell under the pointer', async () => {
  pointAtStrip(ID, 10, STRIP, 115);
  const place = useStripHint.getState().pointed;
  expect(place).toEqual({ jobId: ID, cell: 1, box: { left: 110, top: 40, width: 10, height: 12 } });
  if (place) await tellStripCell(place);
  expect(asked).toEqual([['job:strip-cell', { batchId: 'film', jobId: ID, cell: 1 }]]);
  expect(useStripHint.getState().told?.text).toBe('Frame 2 · Waiting');
});

it('tells nothing of a cell that the pointer has left meanwhile, and nothing that is not there', async () => {
  pointAtStrip(ID, 10, STRIP, 115);
  const place = useStripHint.getState().pointed;
  if (!place) throw new Error('It points at nothing.');
  const answered = tellStripCell(place);
  leaveStrip();
  await answered;
  expect(useStripHint.getState().told).toBeNull();
  useStripHint.setState({ pointed: place });
  value = null;
  await tellStripCell(place);
  expect(useStripHint.getState().told).toBeNull();
});

it('keeps a place as long as the pointer stays on its cell', () => {
  pointAtStrip(ID, 10, STRIP, 115);
  const place = useStripHint.getState().pointed;
  pointAtStrip(ID, 10, STRIP, 118);
  expect(useStripHint.getState().pointed).toBe(place);
});

it('previews the newest frame of the shot that has the keyboard, whatever was chosen before', () => {
  useChosenFrame.setState({ of: `film/${ID}`, frame: 3 });
  previewNewest();
  expect(useUi.getState().dialog).toBeNull();
  useUi.setState({ selection: { ids: new Set([ID]), active: ID, anchor: ID } });
  previewNewest();
  expect(useUi.getState().dialog).toEqual({ kind: 'preview', jobId: ID });
  expect(useChosenFrame.getState()).toMatchObject({ of: `film/${ID}`, frame: null });
});

it('previews nothing of a batch that is only remembered', () => {
  useBatch.getState().show({ seq: 1, view: aView(), rows: [aRow()], remembered: true });
  useUi.setState({ selection: { ids: new Set([ID]), active: ID, anchor: ID } });
  previewNewest();
  expect(useUi.getState().dialog).toBeNull();
});
