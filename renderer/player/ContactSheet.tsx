import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { Check, X } from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react';
import type { Review } from '../../shared/frame-state.ts';
import type { StandIn } from '../../shared/thumbnail.ts';
import type { FrameDetail } from '../../shared/view.ts';
import { reviewKey } from '../actions/job-actions.ts';
import type { Modifiers } from '../store/selection.ts';
import { GridBody, GridCell, GridRow } from '../ui/Grid.tsx';
import './ContactSheet.css';
import { FRAME_ICONS, frameName, frameWord, shortFrameTime } from '../text/frame-text.ts';
import { sheetTarget } from '../ui/grid-keys.ts';
import { StatusIcon } from '../ui/StatusIcon.tsx';
import { Thumbnail } from '../ui/Thumbnail.tsx';
import { useWidth } from '../ui/use-width.ts';
import { meantFrames, pickAll, unpick, usePicked } from './film.ts';

interface ContactSheetProps {
  readonly batchId: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly frames: readonly FrameDetail[];
  /** Index of the frame that is shown: the one that Tab goes to. */
  readonly at: number;
  /** What stands for the shot: in its place where it is a frame. */
  readonly standIn: StandIn | null;
  readonly onChoose: (index: number) => void;
  /** Looks at it and picks it with others. */
  readonly onPick: (index: number, modifiers: Modifiers) => void;
  readonly onOpen: (index: number) => void;
}

/** So that four stand beside each other in the inspector as it opens, also with a scrollbar. */
const CELL = 68;
const GAP = 8;
const ROW = 65;
/** Of the inspector, before it was measured. */
const USUAL_WIDTH = 316;

/**
 * All frames of a shot as small pictures, of which only those on screen exist. One tab stop; arrows move inside, and pick
 * with Shift.
 */
export function ContactSheet(props: ContactSheetProps) {
  const { batchId, jobId, jobName, frames, at, standIn, onChoose, onPick, onOpen } = props;
  const film = { of: `${batchId}/${jobId}`, frames, at };
  const picked = usePicked(film.of);
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const columns = Math.max(1, Math.floor((useWidth(body, USUAL_WIDTH) + GAP) / (CELL + GAP)));
  const rowAt = Math.floor(at / columns);
  const virtualizer = useVirtualizer({
    count: Math.ceil(frames.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 2,
    // The row with the tab stop stays, wherever one scrolls: else the focus would fall out of the window.
    rangeExtractor: useCallback((range: Range) => withRow(range, rowAt), [rowAt]),
  });
  const latest = useRef({ virtualizer, rowAt });
  latest.current = { virtualizer, rowAt };
  // Another shot opens at the frame that is shown; later ones that come in don't move the sheet under the hand.
  useEffect(() => latest.current.virtualizer.scrollToIndex(latest.current.rowAt), []);
  const moved = useRef(false);
  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    latest.current.virtualizer.scrollToIndex(rowAt);
    document.getElementById(cellElementId(jobId, at))?.focus({ preventScroll: true });
  }, [jobId, at, rowAt]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW));
    const target = sheetTarget(event.key, at, { count: frames.length, columns, page });
    if (target !== null) {
      moved.current = target !== at;
      if (event.shiftKey) onPick(target, { shift: true, ctrl: event.ctrlKey });
      else onChoose(target);
    } else if (event.key === 'Enter' || event.key === ' ') onOpen(at);
    else if (event.ctrlKey && event.key === 'a') pickAll(film);
    else if (event.key === 'Escape') {
      if (!unpick(film.of)) return;
    } else if (event.ctrlKey || !reviewKey(jobId, meantFrames(film), event.key)) return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element can't be virtualised
    <div
      className="sheet"
      ref={scroller}
      role="grid"
      aria-label={`Frames of ${jobName}`}
      aria-rowcount={virtualizer.options.count}
      aria-colcount={columns}
      aria-multiselectable
      onKeyDown={onKeyDown}
    >
      <GridBody ref={body} className="sheet-all" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index: row, start }) => (
          <GridRow
            key={row}
            className="sheet-row"
            aria-rowindex={row + 1}
            style={{ '--columns': columns, transform: `translateY(${start}px)` } as CSSProperties}
          >
            {frames.slice(row * columns, (row + 1) * columns).map((detail, column) => {
              const index = row * columns + column;
              return (
                <ContactCell
                  key={detail.frame}
                  batchId={batchId}
                  jobId={jobId}
                  detail={detail}
                  standIn={standIn?.of === detail.frame ? standIn : null}
                  index={index}
                  column={column}
                  shown={index === at}
                  picked={picked.size > 0 ? picked.has(detail.frame) : null}
                  onPick={onPick}
                  onOpen={onOpen}
                />
              );
            })}
          </GridRow>
        ))}
      </GridBody>
    </div>
  );
}

function withRow(range: Range, row: number): number[] {
  const rows = defaultRangeExtractor(range);
  if (row >= range.count || rows.includes(row)) return rows;
  return [...rows, row].sort((a, b) => a - b);
}

interface ContactCellProps {
  readonly batchId: string;
  readonly jobId: string;
  readonly detail: FrameDetail;
  readonly standIn: StandIn | null;
  readonly index: number;
  readonly column: number;
  /** It has the sheet's tab stop, and its picture is the one above. */
  readonly shown: boolean;
  /** Whether it was picked with others; `null`: none were. */
  readonly picked: boolean | null;
  readonly onPick: ContactSheetProps['onPick'];
  readonly onOpen: (index: number) => void;
}

/** The element of a frame, so that the focus can go to it. */
export function cellElementId(jobId: string, index: number): string {
  return `frame-${jobId}-${index}`;
}

/** One frame: its picture, or the word for its state; number and time. Drawn again only when it changes. */
const ContactCell = memo(
  function ContactCell(props: ContactCellProps) {
    const { batchId, jobId, detail, standIn, index, column, shown, picked, onPick, onOpen } = props;
    const { frame, state } = detail;
    const picture = state.status === 'done' ? { frame, at: state.record.at } : null;
    // Where it failed that is what it says.
    const stands = state.status === 'failed' ? null : standIn;
    return (
      <GridCell
        id={cellElementId(jobId, index)}
        className={['sheet-cell', state.status, shown && 'shown', picked && 'picked']
          .filter(Boolean)
          .join(' ')}
        aria-colindex={column + 1}
        aria-selected={picked ?? shown}
        tabIndex={shown ? 0 : -1}
        onClick={({ shiftKey, ctrlKey, metaKey }) => {
          const modifiers = { shift: shiftKey, ctrl: ctrlKey || metaKey };
          if (modifiers.shift || modifiers.ctrl) onPick(index, modifiers);
          else onOpen(index);
        }}
      >
        <span className="visually-hidden">{frameName(detail)}</span>
        <span className="sheet-picture" aria-hidden="true">
          <Thumbnail batchId={batchId} jobId={jobId} frame={picture} standIn={stands} alt="" />
          {!picture && !stands && <span className="sheet-word">{frameWord(state)}</span>}
          {state.status === 'done' && state.review && <ReviewMark review={state.review} />}
        </span>
        <span className="sheet-caption" aria-hidden="true">
          {!picture && <StatusIcon status={FRAME_ICONS[state.status]} share={0.25} />}
          <span className="sheet-number">{frame}</span>
          <span className="sheet-time">{shortFrameTime(state)}</span>
        </span>
      </GridCell>
    );
  },
  (a, b) =>
    a.batchId === b.batchId &&
    a.jobId === b.jobId &&
    a.index === b.index &&
    a.column === b.column &&
    a.shown === b.shown &&
    a.picked === b.picked &&
    a.standIn?.version === b.standIn?.version &&
    a.onPick === b.onPick &&
    a.onOpen === b.onOpen &&
    sameFrame(a.detail, b.detail),
);

/** What the artist said of a picture, in its corner. */
function ReviewMark({ review }: { readonly review: Review }) {
  const Icon = review === 'rejected' ? X : Check;
  return (
    <span className={`sheet-review ${review}`}>
      <Icon size={12} strokeWidth={3} />
    </span>
  );
}

/** The main process sends all of them anew each time. */
function sameFrame({ frame, state }: FrameDetail, b: FrameDetail): boolean {
  if (frame !== b.frame || frameName({ frame, state }) !== frameName(b)) return false;
  if (state.status !== 'done' || b.state.status !== 'done') return true;
  return state.record.at === b.state.record.at;
}
