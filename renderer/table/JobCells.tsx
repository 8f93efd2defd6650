import { type ReactNode, useCallback } from 'react';
import type { JobRow } from '../../shared/view.ts';
import { useBatch, useRemembered } from '../store/batch-store.ts';
import type { Column } from '../store/columns.ts';
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
import { GridCell } from '../ui/Grid.tsx';
import { Name } from '../ui/Name.tsx';
import { StatusIcon } from '../ui/StatusIcon.tsx';
import { Thumbnail } from '../ui/Thumbnail.tsx';
import { useNow } from '../ui/use-now.ts';
import { useShownColumns } from './columns-context.ts';
import { STRIP_HINT_ID, useStripHint } from './strip-hint.ts';
import { leaveStrip, pointAtStrip } from './strip-hint-actions.ts';

/** What a row says of its shot, in the columns that are shown. */
export function JobCells({ row }: { readonly row: JobRow }) {
  return useShownColumns().map((column) => {
    const Cell = CELLS[column];
    return <Cell key={column} row={row} />;
  });
}

interface CellProps {
  readonly row: JobRow;
}

const CELLS: Readonly<Record<Column, (props: CellProps) => ReactNode>> = {
  status: Status,
  newest: Newest,
  name: Shot,
  frames: Frames,
  engine: ({ row }) => (
    <GridCell className="job-engine">
      <span className="cut block">{engineName(row.engine)}</span>
      <span className="cut block">{sizeName(row.width, row.height)}</span>
    </GridCell>
  ),
  elapsed: ({ row }) => (
    <GridCell className="col-right">
      <Elapsed row={row} />
    </GridCell>
  ),
  average: ({ row: { averageSeconds } }) => (
    <GridCell className="col-right">
      {averageSeconds === null ? '' : duration(averageSeconds)}
    </GridCell>
  ),
  left: ({ row: { remainingSeconds } }) => (
    <GridCell className="col-right">
      {remainingSeconds === null ? '' : roughDuration(remainingSeconds)}
    </GridCell>
  ),
  tries: ({ row: { retryCount } }) => (
    <GridCell className="col-right">{retryCount > 0 ? retryCount + 1 : ''}</GridCell>
  ),
};

function Status({ row: { status, counts, warnings, problems } }: CellProps) {
  const rests = useBatch(({ mirror }) => mirror?.view.phase === 'paused');
  return (
    <GridCell className={status === 'failed' ? 'job-status failed' : 'job-status'}>
      <StatusIcon
        status={status}
        share={counts.total > 0 ? counts.done / counts.total : 0}
        warned={status === 'completed' ? warnings > 0 : problems > 0}
      />
      {rests && status === 'running' ? 'Paused' : STATUS_WORDS[status]}
    </GridCell>
  );
}

function Newest({ row: { id, newest } }: CellProps) {
  const batchId = useBatch((state) => state.mirror?.view.id ?? '');
  // Nobody gives out its pictures before the folder has been read.
  const frame = useRemembered() ? null : newest;
  const alt = frame ? `Frame ${frame.frame}` : '';
  // A shot of another batch may have the same id.
  return (
    <GridCell>
      <Thumbnail key={batchId} batchId={batchId} jobId={id} frame={frame} alt={alt} />
    </GridCell>
  );
}

function Shot({ row }: CellProps) {
  return (
    <GridCell className="job-words">
      <Name className="job-name">{row.name}</Name>
      <span
        className={row.error ? 'job-note failed cut block' : 'job-note cut block'}
        title={noteHint(row)}
      >
        {jobNote(row)}
      </span>
    </GridCell>
  );
}

function Frames({ row }: CellProps) {
  const words = framesText(row);
  return (
    <GridCell className="job-frames">
      <RowStrip row={row} />
      <span className="job-frames-text">
        <span className="cut">{words}</span>
        <span>{framesAside(row.counts, row.poisoned)}</span>
      </span>
    </GridCell>
  );
}

function Elapsed({ row }: CellProps) {
  const since = useBatch((state) => state.mirror?.view.pausedSince ?? null);
  const now = useNow(row.status === 'running' && row.endTime === null && since === null);
  const seconds = elapsedSeconds(row, since === null ? now : Math.min(now, since));
  return seconds === null ? '' : wholeDuration(seconds);
}

/** The strip of a shot in the table, which tells of the frame under the pointer. */
function RowStrip({ row }: { readonly row: JobRow }) {
  const { id, strip } = row;
  const cells = strip.length;
  const told = useStripHint((state) => state.told?.jobId === id);
  const onPoint = useCallback(
    (box: DOMRect, x: number) => pointAtStrip(id, cells, box, x),
    [id, cells],
  );
  return strip === '' ? null : (
    <FrameStrip
      cells={strip}
      text={framesText(row)}
      describedBy={told ? STRIP_HINT_ID : undefined}
      onPoint={onPoint}
      onLeave={leaveStrip}
    />
  );
}
