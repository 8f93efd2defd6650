import { GripVertical } from 'lucide-react';
import { type MouseEvent, memo, useEffect, useRef } from 'react';
import type { JobRow } from '../../shared/view.ts';
import { useBatch, useRemembered, useRow } from '../store/batch-store.ts';
import type { Modifiers } from '../store/selection.ts';
import { useUi } from '../store/ui-store.ts';
import { duration, roughDuration, wholeDuration } from '../text/format.ts';
import {
  elapsedSeconds,
  engineName,
  framesAside,
  framesText,
  jobNote,
  noteHint,
  STATUS_WORDS,
  sizeName,
} from '../text/job-text.ts';
import { FrameStrip } from '../ui/FrameStrip.tsx';
import { GridCell, GridRow } from '../ui/Grid.tsx';
import { StatusIcon } from '../ui/StatusIcon.tsx';
import { Thumbnail } from '../ui/Thumbnail.tsx';
import { useNow } from '../ui/use-now.ts';
import { dragRow } from './row-drag.ts';
import { rowElementId } from './row-element-id.ts';

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
      <Cells row={row} />
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

function Cells({ row }: { readonly row: JobRow }) {
  const { status, counts } = row;
  const bad = status === 'failed';
  const words = framesText(row);
  const note = jobNote(row);
  return (
    <>
      <GridCell className={bad ? 'job-status failed' : 'job-status'}>
        <StatusIcon
          status={status}
          share={counts.total > 0 ? counts.done / counts.total : 0}
          warned={status === 'completed' ? row.warnings > 0 : row.problems > 0}
        />
        {STATUS_WORDS[status]}
      </GridCell>
      <GridCell>
        <Newest row={row} />
      </GridCell>
      <GridCell className="job-words">
        <span className="job-name cut block">{row.name}</span>
        <span
          className={row.error ? 'job-note failed cut block' : 'job-note cut block'}
          title={noteHint(row)}
        >
          {note}
        </span>
      </GridCell>
      <GridCell className="job-frames">
        {row.strip !== '' && <FrameStrip cells={row.strip} text={words} />}
        <span className="job-frames-text">
          <span className="cut">{words}</span>
          <span>{framesAside(counts, row.poisoned)}</span>
        </span>
      </GridCell>
      <GridCell className="job-engine col-engine">
        <span className="cut block">{engineName(row.engine)}</span>
        <span className="cut block">{sizeName(row.width, row.height)}</span>
      </GridCell>
      <GridCell className="col-right">
        <Elapsed row={row} />
      </GridCell>
      <GridCell className="col-right">
        {row.averageSeconds === null ? '' : duration(row.averageSeconds)}
      </GridCell>
      <GridCell className="col-right">
        {row.remainingSeconds === null ? '' : roughDuration(row.remainingSeconds)}
      </GridCell>
      <GridCell className="col-right col-tries">
        {row.retryCount > 0 ? row.retryCount + 1 : ''}
      </GridCell>
    </>
  );
}

function Newest({ row: { id, newest } }: { readonly row: JobRow }) {
  const batchId = useBatch((state) => state.mirror?.view.id ?? '');
  // Nobody gives out its pictures before the folder has been read.
  const frame = useRemembered() ? null : newest;
  const alt = frame ? `Frame ${frame.frame}` : '';
  // A shot of another batch may have the same id.
  return <Thumbnail key={batchId} batchId={batchId} jobId={id} frame={frame} alt={alt} />;
}

function Elapsed({ row }: { readonly row: JobRow }) {
  const since = useBatch((state) => state.mirror?.view.pausedSince ?? null);
  const now = useNow(row.status === 'running' && row.endTime === null && since === null);
  const seconds = elapsedSeconds(row, since === null ? now : Math.min(now, since));
  return seconds === null ? '' : wholeDuration(seconds);
}
