import { ChevronDown, ChevronUp } from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type PointerEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { askToCancelSelected } from '../actions/job-actions.ts';
import { openInspector, select, selectAll, setQuery } from '../actions/ui-actions.ts';
import { previewNewest } from '../player/film.ts';
import { moveTarget } from '../store/selection.ts';
import { type Query, useUi } from '../store/ui-store.ts';
import { GridHead, GridRow } from '../ui/Grid.tsx';
import { RightClickMenu } from '../ui/Menu.tsx';
import type { Column } from './columns.tsx';
import { jobMenu } from './job-menu.ts';
import { moveSelected } from './row-order.ts';
import './JobTable.css';
import { useBatch } from '../store/batch-store.ts';
import { JobRows, rowElementId, useRowPlaces } from './JobRows.tsx';
import {
  columnMenu,
  ShownColumns,
  setColumnWidth,
  useColumnLayout,
  useShownColumns,
} from './shown-columns.ts';
import { isEverything, nextSort, shownIds } from './shown-rows.ts';
import { TableTools } from './TableTools.tsx';

const ROWS_A_PAGE = 10;
/** Pixels from a row's corner to a menu that was asked for by a key. */
const MENU_INDENT = 26;

/** All shots of the batch. One tab stop; arrows move inside. */
export const JobTable = memo(function JobTable() {
  const query = useUi((state) => state.query);
  const active = useUi((state) => state.selection.active);
  const ids = useShownIds(query);
  const places = useRowPlaces(ids);
  const table = useRef<HTMLDivElement>(null);
  const { columns, template } = useColumnLayout(table);
  const activeShown = active !== null && ids.includes(active);
  const toShots = () => {
    const [first] = ids;
    if (first === undefined) return;
    if (!activeShown) select(first, ids, { shift: false, ctrl: false });
    table.current?.focus();
  };
  const grid = (
    // biome-ignore lint/a11y/useSemanticElements: a table element can't be virtualised
    <div
      ref={table}
      className="job-table"
      style={{ '--columns': template } as CSSProperties}
      role="grid"
      aria-label="Shots"
      aria-rowcount={places.items.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={activeShown ? rowElementId(active) : undefined}
      tabIndex={0}
      onKeyDown={(event) => onKey(event, ids)}
      onContextMenuCapture={openAtActiveRow}
    />
  );
  return (
    <ShownColumns value={columns}>
      <TableTools toShots={toShots} />
      <RightClickMenu label="Selected shots" entries={jobMenu} trigger={grid}>
        <TableHead />
        <JobRows ids={ids} places={places} />
      </RightClickMenu>
      <Said />
    </ShownColumns>
  );
});

/** A click sorts up, again down, and once more gives back the batch's order. A right click chooses the columns. */
function TableHead() {
  const shown = useShownColumns();
  const hidden = useUi((state) => state.hidden);
  const widths = useUi((state) => state.widths);
  return (
    <RightClickMenu
      label="Columns"
      entries={() => columnMenu(hidden, shown, widths)}
      trigger={<GridRow className="table-head job-grid" aria-rowindex={1} />}
    >
      {shown.map((column) => (
        <Head key={column.id} column={column} />
      ))}
    </RightClickMenu>
  );
}

function Head({ column: { id, head, isFigure, sortValue } }: { readonly column: Column }) {
  const sort = useUi((state) => state.query.sort);
  if (!sortValue) return <GridHead>{head}</GridHead>;
  const sorted = sort?.key === id;
  const Arrow = sort?.down ? ChevronDown : ChevronUp;
  return (
    <GridHead
      className={isFigure ? 'head-cell col-right' : 'head-cell'}
      aria-sort={sorted ? (sort.down ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        className="sort-button"
        aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight"
        onClick={() => setQuery({ sort: nextSort(sort, id) })}
        onKeyDown={(event) => onHeadKey(event, id)}
      >
        {head}
        {sorted && <Arrow size={12} aria-hidden="true" />}
      </button>
      <WidthGrip id={id} />
    </GridHead>
  );
}

/** The right edge of a column: it is dragged, and set back by a double click. */
function WidthGrip({ id }: { readonly id: string }) {
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const grip = event.currentTarget;
    grip.setPointerCapture(event.pointerId);
    const [from, width] = [event.clientX, headWidth(grip)];
    const move = (moved: globalThis.PointerEvent) =>
      setColumnWidth(id, width + moved.clientX - from);
    grip.addEventListener('pointermove', move);
    const end = () => grip.removeEventListener('pointermove', move);
    grip.addEventListener('lostpointercapture', end, { once: true });
  };
  return (
    <span
      className="width-grip"
      aria-hidden="true"
      title="Drag to make the column wider. Double-click to set it back."
      onPointerDown={onPointerDown}
      onDoubleClick={() => setColumnWidth(id, null)}
    />
  );
}

/** Pixels that a key makes a column wider or narrower. */
const WIDTH_STEP = 16;

function onHeadKey(event: KeyboardEvent<HTMLElement>, id: string): void {
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (!event.shiftKey || by === 0) return;
  event.preventDefault();
  setColumnWidth(id, headWidth(event.currentTarget) + by * WIDTH_STEP);
}

function headWidth(part: HTMLElement): number {
  return part.closest('[role=columnheader]')?.getBoundingClientRect().width ?? 0;
}

/** What was done to the rows, for screen readers. */
function Said() {
  return (
    <p className="visually-hidden" role="status">
      {useUi((state) => state.said)}
    </p>
  );
}

function onKey(event: KeyboardEvent, ids: readonly string[]): void {
  // Keys typed on a header button are that button's own.
  if (event.target !== event.currentTarget) return;
  const { active, ids: chosen } = useUi.getState().selection;
  const ctrl = event.ctrlKey || event.metaKey;
  const target = moveTarget(event.key, ids, active, ROWS_A_PAGE);
  if (event.altKey && event.key === 'ArrowUp') void moveSelected('up');
  else if (event.altKey && event.key === 'ArrowDown') void moveSelected('down');
  else if (target !== null) select(target, ids, { shift: event.shiftKey, ctrl: false });
  else if (ctrl && event.key === 'a') selectAll(ids);
  else if (event.key === 'Enter') openInspector();
  else if (event.key === ' ') previewNewest();
  else if (event.key === 'Delete' || event.key === 'Backspace') askToCancelSelected();
  else if (event.key === 'Escape' && chosen.size > 1 && active) {
    select(active, ids, { shift: false, ctrl: false });
  } else return;
  event.preventDefault();
}

/**
 * The Menu key and Shift+F10 ask for a menu in the middle of what has the focus, which is the whole table: it
 * belongs to the active row.
 */
function openAtActiveRow(event: MouseEvent<HTMLElement>): void {
  if (event.target !== event.currentTarget || event.button === 2) return;
  event.preventDefault();
  event.stopPropagation();
  const { active } = useUi.getState().selection;
  const row = active === null ? null : document.getElementById(rowElementId(active));
  // It may be scrolled out of sight, where no row is drawn.
  const place = row ?? event.currentTarget.querySelector('[role=rowgroup]');
  if (!place) return;
  const { left, top } = place.getBoundingClientRect();
  const at = { clientX: left + MENU_INDENT, clientY: top + MENU_INDENT };
  const asked = { bubbles: true, cancelable: true, button: 2, ...at };
  place.dispatchEvent(new window.MouseEvent('contextmenu', asked));
}

/** Rows that leave a filter or change their place do so once a second, and not under the hand ten times. */
const AGAIN_MS = 1000;

/** The ids to show, in order; the same list as long as they are the same. */
function useShownIds(query: Query): readonly string[] {
  // A new snapshot, or a shot that joins, shows at once.
  const all = useBatch((state) => state.mirror?.ids);
  const [beat, setBeat] = useState(0);
  const moves = !isEverything(query);
  useEffect(() => {
    if (!moves) return;
    const timer = setInterval(() => setBeat((last) => last + 1), AGAIN_MS);
    return () => clearInterval(timer);
  }, [moves]);
  const last = useRef<{ readonly for: readonly unknown[]; ids: readonly string[] }>(NEVER);
  const now = [all, query, moves ? beat : null];
  if (now.some((each, index) => each !== last.current.for[index])) {
    const ids = shownIds(useBatch.getState().mirror, query);
    last.current = { for: now, ids: same(ids, last.current.ids) ? last.current.ids : ids };
  }
  return last.current.ids;
}

const NEVER = { for: [], ids: [] };

function same(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
}
