import { COLUMNS, type Column } from '../store/columns.ts';
import { useUi } from '../store/ui-store.ts';

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
