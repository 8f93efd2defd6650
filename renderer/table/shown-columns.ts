import { createContext, type RefObject, useContext, useMemo } from 'react';
import { useUi } from '../store/ui-store.ts';
import type { MenuEntry } from '../ui/Menu.tsx';
import { useWidth } from '../ui/use-width.ts';
import { COLUMNS, type Column, type ColumnLayout, layoutOf } from './columns.tsx';

/** The columns that the table shows now, from left to right. */
export const ShownColumns = createContext<readonly Column[]>(COLUMNS);

export function useShownColumns(): readonly Column[] {
  return useContext(ShownColumns);
}

/** The columns that there is room for in the table, and that the artist wants. */
export function useColumnLayout(table: RefObject<HTMLElement | null>): ColumnLayout {
  const hidden = useUi((state) => state.hidden);
  // Measured before the first picture: columns that come and go on the screen would be a jump.
  const width = useWidth(table, Number.POSITIVE_INFINITY);
  const { columns, template } = useMemo(() => layoutOf(hidden, width), [hidden, width]);
  const kept = columns.map(({ id }) => id).join(' ');
  // A window that is dragged wider draws the rows anew only where their columns change.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `kept` says which columns there are
  return useMemo(() => ({ columns, template }), [kept, template]);
}

/** The columns that can be hidden. */
const CHOICE = COLUMNS.filter(({ worth }) => worth !== null);

/**
 * Which columns the table has.
 * @param fitting those that there is room for
 */
export function columnMenu(
  hidden: ReadonlySet<string>,
  fitting: readonly Column[],
): readonly MenuEntry[] {
  return [
    ...CHOICE.map((column) => {
      const { id, head: label } = column;
      const checked = !hidden.has(id);
      const aside = checked && !fitting.includes(column) ? { aside: 'no room now' } : {};
      return { label, checked, ...aside, onSelect: () => showColumn(id, !checked) };
    }),
    'line',
    { label: 'Show all', disabled: hidden.size === 0, onSelect: showAllColumns },
  ];
}

/** Shows or hides a column. Rows that were sorted by it go back into the order of the batch. */
export function showColumn(id: string, shown: boolean): void {
  if (!CHOICE.some((column) => column.id === id)) return;
  const { hidden, query } = useUi.getState();
  const next = new Set(hidden);
  if (shown) next.delete(id);
  else next.add(id);
  const sorted = !shown && query.sort?.key === id;
  useUi.setState({ hidden: next, query: sorted ? { ...query, sort: null } : query });
}

export function showAllColumns(): void {
  useUi.setState({ hidden: new Set() });
}

const KEPT_AS = 'nightshift.hidden-columns';

/** Hides the columns that were hidden the last time. Returns how to stop remembering. */
export function rememberColumns(): () => void {
  useUi.setState({ hidden: hiddenFrom(localStorage.getItem(KEPT_AS)) });
  return useUi.subscribe((now, before) => {
    if (now.hidden !== before.hidden) localStorage.setItem(KEPT_AS, [...now.hidden].join(' '));
  });
}

/** Which columns are hidden, as it was kept; what it doesn't know, and the name, is shown. */
export function hiddenFrom(kept: string | null): ReadonlySet<string> {
  const names = (kept ?? '').split(' ');
  return new Set(CHOICE.map(({ id }) => id).filter((id) => names.includes(id)));
}
