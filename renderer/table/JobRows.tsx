import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { inspect, select } from '../actions/ui-actions.ts';
import { useUi } from '../store/ui-store.ts';
import { GridBody } from '../ui/Grid.tsx';
import { JobTableRow } from './JobTableRow.tsx';
import { takeRows } from './row-drag.ts';

const ROW_HEIGHT = 52;
const HEAD_HEIGHT = 28;

/** Only the rows on screen exist. The one place that knows the virtualiser. */
export function JobRows({ ids }: { readonly ids: readonly string[] }) {
  const body = useRef<HTMLDivElement>(null);
  const all = useRef<HTMLDivElement>(null);
  const active = useUi((state) => state.selection.active);
  const [dropAt, setDropAt] = useState<number | null>(null);
  const virtualizer = useVirtualizer({
    count: ids.length,
    // The grid itself scrolls, under its sticky head, so that it needs no second tab stop.
    getScrollElement: () => gridOf(body.current),
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    getItemKey: (index) => ids[index] ?? index,
  });
  // Rows aren't drawn again when the others change, so what they do reads the newest order.
  const latest = useRef({ ids, virtualizer });
  latest.current = { ids, virtualizer };
  // Follows the keyboard, not the sorting: a row that moves away under the hand stays there.
  useEffect(() => {
    const { ids: now, virtualizer: view } = latest.current;
    const index = active === null ? -1 : now.indexOf(active);
    if (index >= 0) view.scrollToIndex(index, { align: 'auto' });
  }, [active]);
  useEffect(() => {
    const grid = gridOf(body.current);
    return grid && all.current ? takeRows(grid, all.current, ROW_HEIGHT, setDropAt) : undefined;
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
        {virtualizer.getVirtualItems().map((item) => {
          const id = ids[item.index];
          return id === undefined ? null : (
            <JobTableRow
              key={id}
              id={id}
              index={item.index}
              top={item.start - HEAD_HEIGHT}
              onPick={(modifiers) => select(id, latest.current.ids, modifiers)}
              onOpen={() => inspect(id)}
            />
          );
        })}
        {dropAt !== null && (
          <div
            className="drop-line"
            aria-hidden="true"
            style={{ transform: `translateY(${dropAt * ROW_HEIGHT}px)` }}
          />
        )}
      </div>
    </GridBody>
  );
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
