import { showAllColumns, showColumn } from '../actions/column-actions.ts';
import { COLUMN_WORDS, COLUMNS, type Column } from '../store/columns.ts';
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
