import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { FrameDetail } from '../../shared/view.ts';
import { GridBody, GridRow } from '../ui/Grid.tsx';
import { ContactCell, cellElementId } from './ContactCell.tsx';
import { sheetTarget } from './frame-keys.ts';
import './ContactSheet.css';

interface ContactSheetProps {
  readonly batchId: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly frames: readonly FrameDetail[];
  /** Index of the frame that is shown: the one that Tab goes to. */
  readonly at: number;
  readonly onChoose: (index: number) => void;
  readonly onOpen: (index: number) => void;
}

const CELL = 72;
const GAP = 8;
const ROW = 67;
/** Of the inspector, before it was measured. */
const USUAL_WIDTH = 316;

/** All frames of a shot as small pictures, of which only those on screen exist. One tab stop; arrows move inside. */
export function ContactSheet(props: ContactSheetProps) {
  const { jobId, jobName, frames, at, onChoose, onOpen } = props;
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
      onChoose(target);
    } else if (event.key === 'Enter' || event.key === ' ') onOpen(at);
    else return;
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
                  batchId={props.batchId}
                  jobId={jobId}
                  detail={detail}
                  index={index}
                  column={column}
                  shown={index === at}
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

/** The inner width of an element in pixels, told again when it changes; `guess` until it is known. */
function useWidth(element: RefObject<HTMLElement | null>, guess: number): number {
  const [width, setWidth] = useState(guess);
  useEffect(() => {
    const of = element.current;
    if (!of) return;
    const observer = new ResizeObserver(() => setWidth(of.clientWidth));
    observer.observe(of);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
