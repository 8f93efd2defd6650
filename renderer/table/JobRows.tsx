import { useVirtualizer } from '@tanstack/react-virtual';
import { GripVertical } from 'lucide-react';
import { type MouseEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { JobRow } from '../../shared/view.ts';
import { inspect, select } from '../actions/ui-actions.ts';
import { useBatch, useRow } from '../store/batch-store.ts';
import type { Modifiers } from '../store/selection.ts';
import { useUi } from '../store/ui-store.ts';
import { GridBody, GridCell, GridRow } from '../ui/Grid.tsx';
import { dragRow, takeRows } from './row-drag.ts';
import {
  NamesBeside,
  placesOf,
  ROW_HEIGHT,
  type RowPlaces,
  SEQUENCE_HEIGHT,
  shotAt,
  type TableItem,
} from './row-places.ts';
import { SequenceRow } from './SequenceRow.tsx';
import { useShownColumns } from './shown-columns.ts';

const HEAD_HEIGHT = 28;

interface JobRowsProps {
  readonly ids: readonly string[];
  readonly places: RowPlaces;
}

/** Only the rows on screen exist. The one place that knows the virtualiser. */
export function JobRows({ ids, places }: JobRowsProps) {
  const body = useRef<HTMLDivElement>(null);
  const all = useRef<HTMLDivElement>(null);
  const active = useUi((state) => state.selection.active);
  const [dropAt, setDropAt] = useState<number | null>(null);
  const { items } = places;
  const keyOf = useCallback((index: number) => itemKey(items[index], index), [items]);
  const virtualizer = useVirtualizer({
    count: items.length,
    // The grid itself scrolls, under its sticky head, so that it needs no second tab stop.
    getScrollElement: () => gridOf(body.current),
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
    estimateSize: (index) => (items[index]?.kind === 'sequence' ? SEQUENCE_HEIGHT : ROW_HEIGHT),
    overscan: 8,
    getItemKey: keyOf,
  });
  // Rows aren't drawn again when the others change, so what they do reads the newest order.
  const latest = useRef({ ids, places, virtualizer });
  latest.current = { ids, places, virtualizer };
  // Follows the keyboard, not the sorting: a row that moves away under the hand stays there.
  useEffect(() => {
    const { ids: now, places: at, virtualizer: view } = latest.current;
    const index = active === null ? -1 : now.indexOf(active);
    if (index < 0) return;
    const item = at.itemOf(index);
    // The first of a sequence comes with its heading.
    const isFirst = at.items[item - 1]?.kind === 'sequence';
    const isAbove = at.topOf(index) - SEQUENCE_HEIGHT < (view.scrollOffset ?? 0);
    view.scrollToIndex(isFirst && isAbove ? item - 1 : item, { align: 'auto' });
  }, [active]);
  useEffect(() => {
    const grid = gridOf(body.current);
    const at = (y: number) => shotAt(latest.current.places, latest.current.ids.length, y);
    return grid && all.current ? takeRows(grid, all.current, at, setDropAt) : undefined;
  }, []);
  return (
    <GridBody className={dropAt === null ? 'job-rows' : 'job-rows dragging'} ref={body}>
      {ids.length === 0 && <NoRows />}
      <div
        className="job-rows-all"
        ref={all}
        style={{ height: virtualizer.getTotalSize() }}
        role="presentation"
      >
        <NamesBeside value={places}>
          {virtualizer.getVirtualItems().map((drawn) => {
            const item = items[drawn.index];
            const place = { index: drawn.index, top: drawn.start - HEAD_HEIGHT };
            if (item?.kind === 'sequence') {
              return <SequenceRow key={drawn.key} common={places.common} {...item} {...place} />;
            }
            const id = item?.id;
            return id === undefined ? null : (
              <JobTableRow
                key={id}
                id={id}
                {...place}
                onPick={(modifiers) => select(id, latest.current.ids, modifiers)}
                onOpen={() => inspect(id)}
              />
            );
          })}
        </NamesBeside>
        {dropAt !== null && (
          <div
            className="drop-line"
            aria-hidden="true"
            style={{ transform: `translateY(${places.topOf(dropAt)}px)` }}
          />
        )}
      </div>
    </GridBody>
  );
}

function itemKey(item: TableItem | undefined, index: number): string | number {
  if (item === undefined) return index;
  return item.kind === 'shot' ? item.id : `${item.name} ${item.ids[0]}`;
}

/** The places of the shots of the table. They are new where the shots are others, or stand in another order. */
export function useRowPlaces(ids: readonly string[]): RowPlaces {
  const byName = useUi(({ query: { sort } }) => sort === null || sort.key === 'name');
  return useMemo(() => {
    const rows = useBatch.getState().mirror?.rows;
    return placesOf(ids, (id) => rows?.get(id)?.name ?? '', byName);
  }, [ids, byName]);
}

function gridOf(element: HTMLElement | null): HTMLElement | null {
  return element?.closest<HTMLElement>('[role=grid]') ?? null;
}

function NoRows() {
  const { filter, search } = useUi((state) => state.query);
  const narrowed = filter !== 'all' || search.trim() !== '';
  return (
    <p className="no-rows">
      {narrowed
        ? 'No shot fits. Try another filter or other words.'
        : 'No shots in this folder. Drop one with shot files (.yaml) or Blender scenes (.blend).'}
    </p>
  );
}

interface JobTableRowProps {
  readonly id: string;
  readonly index: number;
  /** Pixels from the top of all rows. */
  readonly top: number;
  readonly onPick: (modifiers: Modifiers) => void;
  readonly onOpen: () => void;
}

const sameRow = (a: JobTableRowProps, b: JobTableRowProps) =>
  a.id === b.id && a.index === b.index && a.top === b.top;

/** One shot. Drawn again only when its own job or its selection changes. */
const JobTableRow = memo(function JobTableRow(props: JobTableRowProps) {
  const { id, index, top, onPick, onOpen } = props;
  const row = useRow(id);
  const selected = useUi((state) => state.selection.ids.has(id));
  const active = useUi((state) => state.selection.active === id);
  const element = useRef<HTMLDivElement>(null);
  const known = row !== null;
  useEffect(() => {
    return known && element.current ? dragRow(element.current, id) : undefined;
  }, [id, known]);
  if (!row) return null;
  const onMouseDown = (event: MouseEvent) => {
    // The arrows belong to the grid.
    event.currentTarget.closest<HTMLElement>('[role=grid]')?.focus({ preventScroll: true });
    // What is selected may be about to be dragged, and the other button opens the menu for it.
    if (selected && (event.button !== 0 || !isModified(event))) return;
    onPick(modifiersOf(event));
  };
  // It was not dragged: of several that were selected this one is meant.
  const onClick = (event: MouseEvent) => {
    if (!isModified(event)) onPick(modifiersOf(event));
  };
  return (
    <GridRow
      id={rowElementId(id)}
      className={active ? 'job-row job-grid active' : 'job-row job-grid'}
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${top}px)` }}
      ref={element}
      onMouseDown={onMouseDown}
      onClick={onClick}
      onDoubleClick={onOpen}
    >
      {row.status === 'waiting' && <Grip />}
      <JobCells row={row} />
    </GridRow>
  );
}, sameRow);

/** What a row says of its shot, in the columns that are shown. */
function JobCells({ row }: { readonly row: JobRow }) {
  return useShownColumns().map(({ id, Cell, isFigure, className }) => (
    <GridCell key={id} className={isFigure ? 'col-right' : className?.(row)}>
      <Cell row={row} />
    </GridCell>
  ));
}

/** Shows while the pointer is over the row that it can be dragged. */
function Grip() {
  const sorted = useUi((state) => state.query.sort !== null);
  if (sorted) return null;
  return <GripVertical className="job-grip" size={14} aria-hidden="true" />;
}

function modifiersOf(event: MouseEvent): Modifiers {
  return { shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey };
}

function isModified(event: MouseEvent): boolean {
  return event.shiftKey || event.ctrlKey || event.metaKey;
}

/** The element of a row, so that the grid can point to its active one. */
export function rowElementId(jobId: string): string {
  return `job-${jobId}`;
}
