import { type ReactNode, useCallback } from 'react';
import type { JobStatus } from '../../shared/job.ts';
import type { JobRow } from '../../shared/view.ts';
import { useBatch, useRemembered } from '../store/batch-store.ts';
import { roughDuration, wholeDuration } from '../text/format.ts';
import {
  elapsedSeconds,
  engineName,
  frameSecondsText,
  framesAside,
  framesText,
  jobNote,
  noteHint,
  STATUS_WORDS,
  sizeName,
} from '../text/job-text.ts';
import { FrameStrip } from '../ui/FrameStrip.tsx';
import { Name } from '../ui/Name.tsx';
import { StatusIcon } from '../ui/StatusIcon.tsx';
import { Thumbnail } from '../ui/Thumbnail.tsx';
import { useNow } from '../ui/use-now.ts';
import { useQuietBegin } from './row-places.ts';
import { leaveStrip, pointAtStrip, STRIP_HINT_ID, useStripHint } from './StripHint.tsx';

/** A column of the job table. */
export interface Column {
  /** Kept in the settings of the window: it never changes. */
  readonly id: string;
  /** Its heading, and its word in the menu. */
  readonly head: string;
  /** Pixels at three densities, the roomiest first. */
  readonly widths: readonly [number, number, number];
  /** Where there is no room for all, the lowest goes first. `null`: it is always there and takes what is left. */
  readonly worth: number | null;
  /** Whether it tells something of a shot: where it tells nothing of any, it is not there. Not given: always. */
  readonly tells?: (row: JobRow) => boolean;
  /** It will tell something as soon as anything renders. */
  readonly tellsAtWork?: true;
  /** Its share of the pixels that the name can spare. */
  readonly grows?: number;
  /** Figures stand under each other at the right. */
  readonly isFigure?: true;
  readonly className?: (row: JobRow) => string;
  readonly Cell: (props: CellProps) => ReactNode;
  /** What rows are sorted by, `null` where nothing is known. Without it they can't be sorted by this column. */
  readonly sortValue?: (row: JobRow) => number | string | null;
}

interface CellProps {
  readonly row: JobRow;
}

const STATUS_ORDER: Readonly<Record<JobStatus, number>> = {
  running: 0,
  failed: 1,
  waiting: 2,
  cancelled: 3,
  skipped: 4,
  completed: 5,
};

/** From left to right. To add a column is to add a record. */
export const COLUMNS: readonly Column[] = [
  {
    id: 'status',
    head: 'Status',
    widths: [100, 96, 84],
    worth: 8,
    className: ({ status }) => (status === 'failed' ? 'job-status failed' : 'job-status'),
    Cell: Status,
    sortValue: ({ status }) => STATUS_ORDER[status],
  },
  { id: 'newest', head: 'Newest', widths: [72, 72, 72], worth: 4, Cell: Newest },
  {
    id: 'name',
    head: 'Shot',
    widths: [180, 160, 140],
    worth: null,
    className: () => 'job-words',
    Cell: Shot,
    sortValue: ({ name }) => name,
  },
  {
    id: 'frames',
    head: 'Frames',
    widths: [187, 168, 118],
    worth: 7,
    // The eye finds the strip beside its name, and each frame in it.
    grows: 0.7,
    className: () => 'job-frames',
    Cell: Frames,
    sortValue: ({ counts }) => (counts.total > 0 ? counts.total : null),
  },
  {
    id: 'engine',
    head: 'Engine',
    // `4096 × 2160` is whole in all of them, `12000 × 12000` in the first.
    widths: [90, 76, 72],
    worth: 2,
    tells: ({ engine, width }) => engine !== null || width !== null,
    tellsAtWork: true,
    className: () => 'job-engine',
    Cell: Engine,
    sortValue: ({ engine }) => engine,
  },
  {
    id: 'elapsed',
    head: 'Elapsed',
    widths: [76, 72, 64],
    worth: 3,
    tells: ({ startTime }) => startTime !== null,
    tellsAtWork: true,
    isFigure: true,
    Cell: Elapsed,
    sortValue: (row) => row.startTime && (row.endTime ?? Date.now()) - row.startTime,
  },
  {
    id: 'average',
    head: 'A frame',
    widths: [66, 62, 58],
    worth: 5,
    tells: (row) => frameSecondsText(row) !== '',
    tellsAtWork: true,
    isFigure: true,
    Cell: ({ row }) => frameSecondsText(row),
    sortValue: ({ averageSeconds, triedSeconds }) => averageSeconds ?? triedSeconds,
  },
  {
    id: 'left',
    head: 'Left',
    widths: [66, 62, 56],
    worth: 6,
    tells: ({ remainingSeconds }) => remainingSeconds !== null,
    tellsAtWork: true,
    isFigure: true,
    Cell: ({ row }) => (row.remainingSeconds === null ? '' : roughDuration(row.remainingSeconds)),
    sortValue: ({ remainingSeconds }) => remainingSeconds,
  },
  {
    id: 'tries',
    head: 'Tries',
    widths: [36, 36, 34],
    worth: 1,
    tells: ({ retryCount }) => retryCount > 0,
    isFigure: true,
    Cell: ({ row }) => (row.retryCount > 0 ? row.retryCount + 1 : ''),
    sortValue: ({ retryCount }) => retryCount,
  },
];

/** Pixels more than its least after which the name shares what is left. */
const NAMES = 320;
const GAP = 12;
const PADDING = 20;

export interface ColumnLayout {
  readonly columns: readonly Column[];
  /** For `grid-template-columns`. */
  readonly template: string;
}

/** Pixels that the artist gave to columns, by their ids. */
export type ColumnWidths = ReadonlyMap<string, number>;

const NO_WIDTHS: ColumnWidths = new Map();

/**
 * The columns that fit into a width, as roomy as it allows. Nothing is left out that a tighter setting has room for.
 * @param hidden what the artist doesn't want to see, and what tells nothing
 * @param width pixels of a row
 * @param chosen where the artist made a column wider, or narrower
 */
export function layoutOf(
  hidden: ReadonlySet<string>,
  width: number,
  chosen: ColumnWidths = NO_WIDTHS,
): ColumnLayout {
  let columns = COLUMNS.filter(({ id }) => !hidden.has(id));
  const sizeOf = ({ id, widths }: Column, density: number) =>
    chosen.get(id) ?? widths[density] ?? 0;
  const needed = (density: number) => {
    const sum = columns.reduce((total, column) => total + sizeOf(column, density), 0);
    return sum + (columns.length - 1) * GAP + 2 * PADDING;
  };
  const fits = (density: number) => needed(density) <= width;
  const leaving = columns
    .filter(({ worth }) => worth !== null)
    .sort((a, b) => Number(a.worth) - Number(b.worth));
  for (const column of leaving) {
    if (DENSITIES.some(fits)) break;
    columns = columns.filter((each) => each !== column);
  }
  const density = DENSITIES.find(fits) ?? 2;
  const spare = Math.max(0, width - needed(density) - NAMES);
  // What is left is the name's, and where that has its own width the strip's.
  const rest = columns.find(({ id, worth, grows }) => !chosen.has(id) && (worth === null || grows));
  const filler =
    (columns.some(({ id, worth }) => worth === null && chosen.has(id)) && rest) || null;
  const sizes = columns.map((column) => {
    const { worth, grows } = column;
    const size = sizeOf(column, density);
    if (filler) return column === filler ? `minmax(${size}px, 1fr)` : `${size}px`;
    // Never wider than the row: a name is cut then.
    if (worth === null) return 'minmax(0, 1fr)';
    return `${size + (grows && !chosen.has(column.id) ? Math.round(spare * grows) : 0)}px`;
  });
  return { columns, template: sizes.join(' ') };
}

const DENSITIES = [0, 1, 2] as const;

/** How narrow and how wide a column may be made. */
export function widthWithin(id: string, width: number): number {
  const least = COLUMNS.find((column) => column.id === id)?.widths[2] ?? 0;
  return Math.round(Math.min(WIDEST, Math.max(least, width)));
}

const WIDEST = 900;

function Status({ row: { status, counts, warnings, problems, older } }: CellProps) {
  const rests = useBatch(({ mirror }) => mirror?.view.phase === 'paused');
  return (
    <>
      <StatusIcon
        status={status}
        share={counts.total > 0 ? counts.done / counts.total : 0}
        warned={older !== null || (status === 'completed' ? warnings > 0 : problems > 0)}
      />
      {rests && status === 'running' ? 'Paused' : STATUS_WORDS[status]}
    </>
  );
}

function Newest({ row: { id, newest, standIn } }: CellProps) {
  const batchId = useBatch((state) => state.mirror?.view.id ?? '');
  // No picture is given out before the folder has been read.
  const isRemembered = useRemembered();
  const frame = isRemembered ? null : newest;
  const alt = frame ? `Frame ${frame.frame}` : '';
  // A shot of another batch may have the same id.
  return (
    <Thumbnail
      key={batchId}
      batchId={batchId}
      jobId={id}
      frame={frame}
      standIn={isRemembered ? null : standIn}
      alt={alt}
    />
  );
}

function Shot({ row }: CellProps) {
  return (
    <>
      <Name className="job-name" common={useQuietBegin(row.name)}>
        {row.name}
      </Name>
      <span
        className={row.error ? 'job-note failed cut block' : 'job-note cut block'}
        title={noteHint(row)}
      >
        {jobNote(row)}
      </span>
    </>
  );
}

function Frames({ row }: CellProps) {
  return (
    <>
      <RowStrip row={row} />
      <span className="job-frames-text">
        <span className="cut">{framesText(row)}</span>
        <span>{framesAside(row.counts, row.rejected)}</span>
      </span>
    </>
  );
}

function Engine({ row }: CellProps) {
  return (
    <>
      <span className="cut block" title={engineName(row.engine)}>
        {engineName(row.engine)}
      </span>
      <span className="cut block" title={sizeName(row.width, row.height)}>
        {sizeName(row.width, row.height)}
      </span>
    </>
  );
}

function Elapsed({ row }: CellProps) {
  const since = useBatch((state) => state.mirror?.view.pausedSince ?? null);
  const now = useNow(row.status === 'running' && row.endTime === null && since === null);
  const seconds = elapsedSeconds(row, since === null ? now : Math.min(now, since));
  return seconds === null ? '' : wholeDuration(seconds);
}

/** The strip of a shot in the table, which tells of the frame under the pointer. */
function RowStrip({ row }: CellProps) {
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
