import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { assertNever } from '../../shared/assert-never.ts';
import { CAUSE_LABELS } from '../../shared/failure.ts';
import type { FrameState, JobStatus } from '../../shared/job.ts';
import { isPoisoned } from '../../shared/job-state.ts';
import type { FrameDetail, JobDetail, JobRow, NewestFrame } from '../../shared/view.ts';
import { useView } from '../store/batch-store.ts';
import { counted, duration } from '../text/format.ts';
import { framesAside, framesText } from '../text/job-text.ts';
import { FrameStrip } from '../ui/FrameStrip.tsx';
import { StatusIcon } from '../ui/StatusIcon.tsx';
import { Thumbnail } from '../ui/Thumbnail.tsx';
import './FramesTab.css';

const LINE = 26;

/** Every frame of the shot with its state, its seconds, and what went wrong. */
export function FramesTab({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const scroller = useRef<HTMLDivElement>(null);
  const { frames } = detail;
  const [pointed, setPointed] = useState<{
    readonly job: string;
    readonly frame: NewestFrame;
  } | null>(null);
  const virtualizer = useVirtualizer({
    count: frames.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 10,
  });
  return (
    <>
      <div className="frames-head">
        <Preview row={row} frame={pointed?.job === row.id ? pointed.frame : row.newest} />
        <FrameStrip cells={row.strip} text={framesText(row)} />
        <p className="frames-summary">
          <span>{framesText(row) || 'The frames are known once the scene was opened.'}</span>
          <span>{framesAside(row.counts, row.poisoned)}</span>
        </p>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <section className="frames-list" ref={scroller} aria-label="Frames" tabIndex={0}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: see FrameLine */}
        <div
          className="frames-all"
          style={{ height: virtualizer.getTotalSize() }}
          onMouseLeave={() => setPointed(null)}
        >
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const frame = frames[index];
            return (
              frame && (
                <FrameLine
                  key={frame.frame}
                  frame={frame}
                  top={start}
                  onPoint={(frame) => setPointed({ job: row.id, frame })}
                />
              )
            );
          })}
        </div>
      </section>
    </>
  );
}

/** The frame under the pointer, else the newest. */
function Preview({ row, frame }: { readonly row: JobRow; readonly frame: NewestFrame | null }) {
  const batchId = useView()?.id ?? '';
  const alt = frame ? `Frame ${frame.frame} of ${row.name}` : '';
  return (
    <figure className="frames-preview">
      <Thumbnail
        key={`${batchId}/${row.id}`}
        batchId={batchId}
        jobId={row.id}
        size="large"
        frame={frame}
        alt={alt}
      />
      {frame && <figcaption>Frame {frame.frame}</figcaption>}
    </figure>
  );
}

interface FrameLineProps {
  readonly frame: FrameDetail;
  readonly top: number;
  readonly onPoint: (frame: NewestFrame) => void;
}

function FrameLine({ frame, top, onPoint }: FrameLineProps) {
  const { state } = frame;
  const point = () => {
    if (state.status === 'done') onPoint({ frame: frame.frame, at: state.record.at });
  };
  const note = frameNote(state);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing shows the picture larger, the line itself does nothing
    <div
      className={`frame-line ${state.status}`}
      style={{ transform: `translateY(${top}px)` }}
      onMouseEnter={point}
      title={state.status === 'failed' ? `${state.failure.message} ${state.failure.nextStep}` : ''}
    >
      <span className="frame-number">{frame.frame}</span>
      <span className="frame-state">
        <StatusIcon status={STATUSES[state.status]} share={0.25} />
        {stateWord(state)}
      </span>
      <span className="frame-note cut">{note}</span>
      <span>
        {state.status === 'done' && state.record.seconds > 0 && duration(state.record.seconds)}
      </span>
    </div>
  );
}

const STATUSES: Readonly<Record<FrameState['status'], JobStatus>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'completed',
  failed: 'failed',
};

function stateWord(state: FrameState): string {
  switch (state.status) {
    case 'waiting':
      return 'Waiting';
    case 'running':
      return 'Rendering';
    case 'done':
      return state.kept ? 'Kept' : 'Done';
    case 'failed':
      return isPoisoned(state) ? 'Poisoned' : 'Failed';
    default:
      return assertNever(state);
  }
}

function frameNote(state: FrameState): string {
  if (isPoisoned(state)) return `crashes every time, ${counted(tries(state), 'try', 'tries')}`;
  if (state.status === 'failed') {
    return `${CAUSE_LABELS[state.failure.cause]}, ${counted(tries(state), 'try', 'tries')}`;
  }
  return state.tries > 1 ? counted(state.tries, 'try', 'tries') : '';
}

function tries(state: FrameState): number {
  return Math.max(1, state.tries);
}
