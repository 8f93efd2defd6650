import { GripVertical } from 'lucide-react';
import { type MouseEvent, memo, useEffect, useRef } from 'react';
import { useRow } from '../store/batch-store.ts';
import type { Modifiers } from '../store/selection.ts';
import { useUi } from '../store/ui-store.ts';
import { GridRow } from '../ui/Grid.tsx';
import { JobCells } from './JobCells.tsx';
import { dragRow } from './row-drag.ts';

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
export const JobTableRow = memo(function JobTableRow(props: JobTableRowProps) {
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
