import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, describe, expect, it } from 'vitest';
import { useBatch } from '../../renderer/store/batch-store.ts';
import { EVERYTHING, useUi } from '../../renderer/store/ui-store.ts';
import { COLUMNS, layoutOf } from '../../renderer/table/columns.tsx';
import {
  columnMenu,
  hiddenFrom,
  setColumnWidth,
  showAllColumns,
  showColumn,
  tellingColumns,
  widthsFrom,
  widthsText,
} from '../../renderer/table/shown-columns.ts';
import { visibleIds } from '../../renderer/table/shown-rows.ts';
import { aRow, aView } from './rows.ts';

const none = new Set<string>();
const ids = COLUMNS.map(({ id }) => id);
const at = (width: number, hidden = none) => layoutOf(hidden, width).columns.map(({ id }) => id);
const initial = useUi.getState();
afterEach(() => useUi.setState(initial, true));

describe('the table of columns', () => {
  const worths = COLUMNS.flatMap(({ worth }) => worth ?? []);

  it('has one column that is always there, and says of each other one when it goes', () => {
    expect(worths).toHaveLength(COLUMNS.length - 1);
    expect(new Set(worths).size).toBe(worths.length);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-z-]+$/.test(id))).toBe(true);
  });

  it.each(COLUMNS)('$id is no wider where there is less room, and tells of a shot', (column) => {
    const [roomy, closer, tight] = column.widths;
    expect(roomy >= closer && closer >= tight && tight > 0).toBe(true);
    const known = { averageSeconds: 6, remainingSeconds: 7, retryCount: 1 };
    const row = aRow({ id: 'known', status: 'failed', startTime: 0, endTime: 60_000, ...known });
    const drawn = renderToStaticMarkup(createElement(column.Cell, { row }));
    expect(drawn.replace(/<[^>]*>/g, '')).toMatch(WORDS[column.id] ?? /^$/);
    if (!column.sortValue) return;
    const counts = { ...row.counts, total: 0 };
    const bare = aRow({ id: 'bare', name: 'a', status: 'running', engine: null, counts });
    const sort = { key: column.id, down: true };
    expect(visibleIds([bare, row], { ...EVERYTHING, sort })).toEqual(['known', 'bare']);
    expect(column.head).not.toBe('');
  });
});

/** What each column says of that shot; the others show pictures only. */
const WORDS: Readonly<Record<string, RegExp>> = {
  ...{ status: /^Failed$/, name: /^heroFailed at \d/, frames: /^10 not started$/ },
  ...{ engine: /^Cycles1080p$/, elapsed: /^1 m$/, average: /^6.0 s$/, left: /^7 s$/, tries: /^2$/ },
};

describe('the columns of the table', () => {
  it('are all there where there is room, the name taking what is left', () => {
    const { columns, template } = layoutOf(none, 1200);
    expect(columns).toEqual(COLUMNS);
    expect(template).toBe('100px 72px minmax(0, 1fr) 187px 90px 76px 66px 66px 36px');
    expect(layoutOf(none, 1700).template).toBe(template.replace('187px', '447px'));
  });

  it('stand closer before one of them is left out', () => {
    expect(at(960)).toEqual(ids);
    expect(at(834)).toEqual(ids);
    expect(at(712)).toEqual(ids.filter((id) => id !== 'tries' && id !== 'engine'));
    // Of a small window with so many shots that they scroll: the pictures stay.
    expect(at(702)).toEqual(ids.filter((id) => !['tries', 'engine', 'elapsed'].includes(id)));
  });

  it('make room for others when they are hidden', () => {
    expect(at(712, new Set(['frames']))).toContain('tries');
  });

  it('always have the name, however little room there is', () => {
    for (let width = 0; width < 1500; width += 50) expect(at(width)).toContain('name');
    expect(at(0)).toEqual(['name']);
    expect(layoutOf(none, 0).template).toBe('minmax(0, 1fr)');
  });

  it('are remembered by name, and what is not known, or must not be hidden, is shown', () => {
    expect([...hiddenFrom('tries engine')]).toEqual(['engine', 'tries']);
    expect([...hiddenFrom('name nonsense')]).toEqual([]);
    expect([...hiddenFrom(null)]).toEqual([]);
  });
});

describe('columns that tell nothing', () => {
  const silent = aRow({ engine: null, width: null, height: null });

  it('are not there: before the first night no times, no tries', () => {
    expect(tellingColumns([silent], false)).toEqual([]);
    expect(tellingColumns([silent, aRow()], false)).toEqual(['engine']);
    const tried = aRow({ triedSeconds: 2, remainingSeconds: 20 });
    expect(tellingColumns([silent, tried], false)).toEqual(['engine', 'average', 'left']);
  });

  it('are there as soon as anything renders, but for tries that nobody needed', () => {
    expect(tellingColumns([silent], true)).toEqual(['engine', 'elapsed', 'average', 'left']);
    expect(tellingColumns([silent, aRow({ retryCount: 1 })], true)).toContain('tries');
  });

  it('are not looked for again once they have told something, however many rows there are', () => {
    function* rows() {
      yield aRow({ retryCount: 1 });
      throw new Error('It looked at another one.');
    }
    const known = new Set(['engine', 'elapsed', 'average', 'left']);
    expect(tellingColumns(rows(), false, known)).toEqual(['tries']);
  });
});

describe('the width of a column', () => {
  const sizes = (chosen: readonly (readonly [string, number])[], width = 1200) =>
    layoutOf(none, width, new Map(chosen)).template;

  it('is what the artist made it, and the rest is shared as before', () => {
    expect(sizes([['engine', 150]])).toBe(
      '100px 72px minmax(0, 1fr) 187px 150px 76px 66px 66px 36px',
    );
    expect(sizes([['name', 400]], 1300)).toBe(
      '100px 72px 400px minmax(187px, 1fr) 90px 76px 66px 66px 36px',
    );
  });

  it('makes others go where there is no room for all', () => {
    const wide = layoutOf(none, 1000, new Map([['name', 600]])).columns.map(({ id }) => id);
    expect(wide).toEqual(['status', 'name', 'frames', 'left']);
  });

  it('is never narrower than the column needs, and is remembered', () => {
    setColumnWidth('name', 20);
    setColumnWidth('engine', 5000);
    const { widths } = useUi.getState();
    expect([...widths]).toEqual([
      ['name', 140],
      ['engine', 900],
    ]);
    expect(widthsFrom(widthsText(widths))).toEqual(widths);
    expect([...widthsFrom('name:300 nonsense:12 left:x engine:1')]).toEqual([
      ['name', 300],
      ['engine', 72],
    ]);
    expect([...widthsFrom(null)]).toEqual([]);
    setColumnWidth('name', null);
    expect([...useUi.getState().widths.keys()]).toEqual(['engine']);
  });
});

describe('choosing columns', () => {
  it('hides and shows one, and all at once', () => {
    showColumn('tries', false);
    showColumn('name', false);
    showColumn('left', false);
    expect([...useUi.getState().hidden]).toEqual(['tries', 'left']);
    showColumn('tries', true);
    expect([...useUi.getState().hidden]).toEqual(['left']);
    showAllColumns();
    expect(useUi.getState().hidden.size).toBe(0);
  });

  it('gives back the order of the batch when the column goes that it was sorted by', () => {
    const query = { filter: 'all', search: '', sort: { key: 'left', down: true } } as const;
    useUi.setState({ query });
    showColumn('tries', false);
    expect(useUi.getState().query.sort).not.toBeNull();
    showColumn('left', false);
    expect(useUi.getState().query.sort).toBeNull();
  });

  it('says of a column that it is wanted and has no room', () => {
    const fitting = COLUMNS.filter(({ id }) => id !== 'tries');
    useBatch.getState().show({ seq: 1, view: aView(), rows: [aRow({ retryCount: 1 })] });
    const entries = columnMenu(new Set(['engine']), fitting, new Map());
    const of = (label: string) => entries.find((each) => each !== 'line' && each.label === label);
    expect(of('Tries')).toMatchObject({ checked: true, aside: 'no room now' });
    expect(of('Engine')).toMatchObject({ checked: false });
    expect(of('Shot')).toBeUndefined();
    useBatch.getState().show({ seq: 1, view: aView(), rows: [aRow()] });
    const [silent] = columnMenu(none, fitting, new Map()).filter(
      (each) => each !== 'line' && each.label === 'Tries',
    );
    expect(silent).toMatchObject({ checked: true, aside: 'nothing to tell yet' });
  });
});
