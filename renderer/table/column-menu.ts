import { COLUMN_WORDS, COLUMNS, type Column } from '../store/columns.ts';
import { useUi } from '../store/ui-store.ts';
import type { MenuEntry } from '../ui/Menu.tsx';

/**
 * Which columns the table has.
 * @param fitting those that there is room for
 */
export function columnMenu(
  hidden: ReadonlySet<Column>,
  fitting: readonly Column[],
): readonly MenuEntry[] {
  return [
    ...COLUMNS.filter((column) => column !== 'name').map((column) => ({
      label: COLUMN_WORDS[column],
      checked: !hidden.has(column),
      ...(!hidden.has(column) && !fitting.includes(column) ? { aside: 'no room now' } : {}),
      onSelect: () => showColumn(column, hidden.has(column)),
    })),
    'line',
    { label: 'Show all', disabled: hidden.size === 0, onSelect: showAllColumns },
  ];
}

/** Shows or hides a column. Rows that were sorted by it go back into the order of the batch. */
export function showColumn(column: Column, shown: boolean): void {
  if (column === 'name') return;
  const { hidden, query } = useUi.getState();
  const next = new Set(hidden);
  if (shown) next.delete(column);
  else next.add(column);
  const sorted = !shown && query.sort?.key === column;
  useUi.setState({ hidden: next, query: sorted ? { ...query, sort: null } : query });
}

export function showAllColumns(): void {
  for (const column of COLUMNS) showColumn(column, true);
}
