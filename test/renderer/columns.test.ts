import { afterEach, describe, expect, it } from 'vitest';
import { COLUMNS, type Column, hiddenFrom, layoutOf } from '../../renderer/store/columns.ts';
import { useUi } from '../../renderer/store/ui-store.ts';
import { columnMenu, showAllColumns, showColumn } from '../../renderer/table/column-menu.ts';

const none = new Set<Column>();
const initial = useUi.getState();
afterEach(() => useUi.setState(initial, true));

describe('the columns of the table', () => {
  it('are all there where there is room, the name taking what is left', () => {
    const { columns, template } = layoutOf(none, 1200);
    expect(columns).toEqual(COLUMNS);
    expect(template).toBe('100px 72px minmax(0, 1fr) 187px 76px 76px 66px 66px 36px');
  });

  it('stand closer before one of them is left out', () => {
    expect(layoutOf(none, 960).columns).toEqual(COLUMNS);
    expect(layoutOf(none, 830).columns).toEqual(COLUMNS);
    expect(layoutOf(none, 712).columns).toEqual(
      COLUMNS.filter((column) => column !== 'tries' && column !== 'engine'),
    );
  });

  it('make room for others when they are hidden', () => {
    expect(layoutOf(new Set<Column>(['frames']), 712).columns).toContain('tries');
  });

  it('always have the name, however little room there is', () => {
    for (let width = 0; width < 1500; width += 50) {
      expect(layoutOf(none, width).columns).toContain('name');
    }
    expect(layoutOf(none, 0)).toEqual({ columns: ['name'], template: 'minmax(0, 1fr)' });
  });

  it('are remembered by name, and what is not known, or must not be hidden, is shown', () => {
    expect([...hiddenFrom('tries engine')]).toEqual(['engine', 'tries']);
    expect([...hiddenFrom('name nonsense')]).toEqual([]);
    expect([...hiddenFrom(null)]).toEqual([]);
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
    const fitting = COLUMNS.filter((column) => column !== 'tries');
    const entries = columnMenu(new Set<Column>(['engine']), fitting);
    const of = (label: string) => entries.find((each) => each !== 'line' && each.label === label);
    expect(of('Tries')).toMatchObject({ checked: true, aside: 'no room now' });
    expect(of('Engine')).toMatchObject({ checked: false });
    expect(of('Shot')).toBeUndefined();
  });
});
