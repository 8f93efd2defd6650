import { memo } from 'react';
import type { FrameDetail } from '../../shared/view.ts';
import { FRAME_ICONS, frameName, frameTime, frameWord } from '../text/frame-text.ts';
import { GridCell } from '../ui/Grid.tsx';
import { StatusIcon } from '../ui/StatusIcon.tsx';
import { Thumbnail } from '../ui/Thumbnail.tsx';

interface ContactCellProps {
  readonly batchId: string;
  readonly jobId: string;
  readonly detail: FrameDetail;
  readonly index: number;
  readonly column: number;
  /** It has the sheet's tab stop, and its picture is the one above. */
  readonly shown: boolean;
  readonly onOpen: (index: number) => void;
}

/** The element of a frame, so that the focus can go to it. */
export function cellElementId(jobId: string, index: number): string {
  return `frame-${jobId}-${index}`;
}

/** One frame: its picture, or the word for its state; number and time. Drawn again only when it changes. */
export const ContactCell = memo(
  function ContactCell(props: ContactCellProps) {
    const { batchId, jobId, detail, index, column, shown, onOpen } = props;
    const { frame, state } = detail;
    const picture = state.status === 'done' ? { frame, at: state.record.at } : null;
    return (
      <GridCell
        id={cellElementId(jobId, index)}
        className={shown ? `sheet-cell ${state.status} shown` : `sheet-cell ${state.status}`}
        aria-colindex={column + 1}
        aria-selected={shown}
        tabIndex={shown ? 0 : -1}
        onClick={() => onOpen(index)}
      >
        <span className="visually-hidden">{frameName(detail)}</span>
        <span className="sheet-picture" aria-hidden="true">
          <Thumbnail batchId={batchId} jobId={jobId} frame={picture} alt="" />
          {!picture && <span className="sheet-word">{frameWord(state)}</span>}
        </span>
        <span className="sheet-caption" aria-hidden="true">
          <StatusIcon status={FRAME_ICONS[state.status]} share={0.25} />
          <span className="sheet-number">{frame}</span>
          <span className="sheet-time">{frameTime(state)}</span>
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
    a.onOpen === b.onOpen &&
    sameFrame(a.detail, b.detail),
);

/** The main process sends all of them anew each time. */
function sameFrame({ frame, state }: FrameDetail, b: FrameDetail): boolean {
  if (frame !== b.frame || frameName({ frame, state }) !== frameName(b)) return false;
  if (state.status !== 'done' || b.state.status !== 'done') return true;
  return state.record.at === b.state.record.at;
}
