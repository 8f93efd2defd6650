import {
  createContext,
  type RefObject,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { JobRow } from '../../shared/view.ts';
import { useBatch } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { isAtWork } from '../text/batch-text.ts';
import type { MenuEntry } from '../ui/Menu.tsx';
import { useWidth } from '../ui/use-width.ts';
import { COLUMNS, type Column, type ColumnLayout, layoutOf, widthWithin } from './columns.tsx';

/** The columns that the table shows now, from left to right. */
export const ShownColumns = createContext<readonly Column[]>(COLUMNS);

export function useShownColumns(): readonly Column[] {
  return useContext(ShownColumns);
}

/** The columns that there is room for in the table, that the artist wants, and that tell something. */
export function useColumnLayout(table: RefObject<HTMLElement | null>): ColumnLayout {
  const hidden = useUi((state) => state.hidden);
  const widths = useUi((state) => state.widths);
  const silent = useSilentColumns();
  // Measured before the first picture: columns that come and go on the screen would be a jump.
  const width = useWidth(table, Number.POSITIVE_INFINITY);
  const { columns, template } = useMemo(
    () => layoutOf(new Set([...hidden, ...silent]), width, widths),
    [hidden, silent, width, widths],
  );
  const kept = columns.map(({ id }) => id).join(' ');
  // A window that is dragged wider draws the rows anew only where their columns change.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `kept` says which columns there are
  return useMemo(() => ({ columns, template }), [kept, template]);
}

/** Columns that tell something sooner or later. */
const TELLING = COLUMNS.filter(({ tells }) => tells !== undefined);
const LOOK_MS = 1000;

/** Ids of the columns that tell nothing of any shot. One that has told something stays until another batch is shown. */
function useSilentColumns(): ReadonlySet<string> {
  const shown = useBatch((state) => state.shown);
  const ids = useBatch((state) => state.mirror?.ids);
  const atWork = useBatch(({ mirror }) => mirror !== null && isAtWork(mirror.view));
  const heard = useRef<{ readonly of: number; readonly ids: ReadonlySet<string> }>(NOTHING_HEARD);
  const [beat, setBeat] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each of them rows may tell something new
  const told = useMemo(() => {
    const before = heard.current.of === shown ? heard.current.ids : NOTHING_HEARD.ids;
    const { mirror } = useBatch.getState();
    const now = new Set([
      ...before,
      ...tellingColumns(mirror?.rows.values() ?? [], atWork, before),
    ]);
    heard.current = { of: shown, ids: now };
    return [...now].join(' ');
  }, [shown, ids, atWork, beat]);
  const silent = useMemo(() => {
    const heardNow = told.split(' ');
    return new Set(TELLING.map(({ id }) => id).filter((id) => !heardNow.includes(id)));
  }, [told]);
  useEffect(() => {
    if (silent.size === 0) return;
    const timer = setInterval(() => setBeat((last) => last + 1), LOOK_MS);
    return () => clearInterval(timer);
  }, [silent]);
  return silent;
}

const NOTHING_HEARD = { of: -1, ids: new Set<string>() };

/**
 * Ids of the columns that tell something of one of these shots, or will at once.
 * @param known what is known to tell something is not looked for
 */
export function tellingColumns(
  rows: Iterable<JobRow>,
  atWork: boolean,
  known: ReadonlySet<string> = new Set(),
): readonly string[] {
  const found = TELLING.filter(({ tellsAtWork }) => atWork && tellsAtWork).map(({ id }) => id);
  let left = TELLING.filter(({ id }) => !known.has(id) && !found.includes(id));
  if (left.length === 0) return found;
  for (const row of rows) {
    const telling = left.filter(({ tells }) => tells?.(row));
    if (telling.length === 0) continue;
    found.push(...telling.map(({ id }) => id));
    left = left.filter((column) => !telling.includes(column));
    if (left.length === 0) break;
  }
  return found;
}

/** The columns that can be hidden. */
const CHOICE = COLUMNS.filter(({ worth }) => worth !== null);

/**
 * Which columns the table has.
 * @param fitting those that are there now
 * @param widths those that the artist made wider or narrower
 */
export function columnMenu(
  hidden: ReadonlySet<string>,
  fitting: readonly Column[],
  widths: ReadonlyMap<string, number>,
): readonly MenuEntry[] {
  const mirror = useBatch.getState().mirror;
  const telling = tellingColumns(
    mirror?.rows.values() ?? [],
    mirror !== null && isAtWork(mirror.view),
  );
  return [
    ...CHOICE.map((column) => {
      const { id, head: label, tells } = column;
      const checked = !hidden.has(id);
      const why = tells && !telling.includes(id) ? 'nothing to tell yet' : 'no room now';
      const aside = checked && !fitting.includes(column) ? { aside: why } : {};
      return { label, checked, ...aside, onSelect: () => showColumn(id, !checked) };
    }),
    'line',
    { label: 'Show all', disabled: hidden.size === 0, onSelect: showAllColumns },
    { label: 'Reset widths', disabled: widths.size === 0, onSelect: resetWidths },
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

/** Makes a column as wide as the artist wants it; `null`: as it was at first. */
export function setColumnWidth(id: string, width: number | null): void {
  const widths = new Map(useUi.getState().widths);
  if (width === null) widths.delete(id);
  else widths.set(id, widthWithin(id, width));
  useUi.setState({ widths });
}

function resetWidths(): void {
  useUi.setState({ widths: new Map() });
}

const KEPT_AS = 'nightshift.hidden-columns';
const WIDTHS_KEPT_AS = 'nightshift.column-widths';

/** Hides the columns that were hidden the last time, and makes others as wide as then. Returns how to stop remembering. */
export function rememberColumns(): () => void {
  useUi.setState({
    hidden: hiddenFrom(localStorage.getItem(KEPT_AS)),
    widths: widthsFrom(localStorage.getItem(WIDTHS_KEPT_AS)),
  });
  return useUi.subscribe((now, before) => {
    if (now.hidden !== before.hidden) localStorage.setItem(KEPT_AS, [...now.hidden].join(' '));
    if (now.widths !== before.widths) localStorage.setItem(WIDTHS_KEPT_AS, widthsText(now.widths));
  });
}

/** `name:320 engine:90` */
export function widthsText(widths: ReadonlyMap<string, number>): string {
  return [...widths].map(([id, width]) => `${id}:${width}`).join(' ');
}

/** How wide columns were made, as it was kept; what it doesn't know is left out. */
export function widthsFrom(kept: string | null): ReadonlyMap<string, number> {
  const pairs = [...(kept ?? '').matchAll(/([a-z-]+):(\d{1,4})(?= |$)/g)];
  return new Map(
    pairs.flatMap(([, id = '', width]) =>
      COLUMNS.some((column) => column.id === id)
        ? [[id, widthWithin(id, Number(width))] as const]
        : [],
    ),
  );
}

/** Which columns are hidden, as it was kept; what it doesn't know, and the name, is shown. */
export function hiddenFrom(kept: string | null): ReadonlySet<string> {
  const names = (kept ?? '').split(' ');
  return new Set(CHOICE.map(({ id }) => id).filter((id) => names.includes(id)));
}
