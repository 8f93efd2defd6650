import { useCallback, useRef } from 'react';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { chooseFrame, openPreview } from '../actions/frame-actions.ts';
import { useView } from '../store/batch-store.ts';
import { shownIndex, useFrameOf } from '../store/chosen-frame.ts';
import { framesAside, framesText } from '../text/job-text.ts';
import { FrameStrip } from '../ui/FrameStrip.tsx';
import { ContactSheet } from './ContactSheet.tsx';
import { FrameStage } from './FrameStage.tsx';
import './FramesTab.css';

/** The frames of the shot: one large, all of them small, and how many are in which state. */
export function FramesTab({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const batchId = useView()?.id ?? '';
  const { frames } = detail;
  const of = `${batchId}/${row.id}`;
  const at = shownIndex(frames, useFrameOf(of), row.newest);
  const jobId = row.id;
  const latest = useRef(frames);
  latest.current = frames;
  const choose = useCallback(
    (index: number) => chooseFrame(of, latest.current[index]?.frame ?? null),
    [of],
  );
  const open = useCallback(
    (index: number) => {
      choose(index);
      openPreview(jobId);
    },
    [choose, jobId],
  );
  const about = { batchId, jobId, jobName: row.name, frames, at };
  const shown = frames[at];
  return (
    <>
      <div className="frames-head">
        <button
          type="button"
          className="frames-open"
          aria-label={shown ? `Show frame ${shown.frame} large` : 'No frame is known yet'}
          disabled={!shown}
          onClick={() => open(at)}
        >
          <FrameStage key={of} {...about} size="large" />
        </button>
        <FrameStrip cells={row.strip} text={framesText(row)} />
        <p className="frames-summary">
          <span>{framesText(row) || 'The frames are known once the scene was opened.'}</span>
          <span>{framesAside(row.counts, row.poisoned)}</span>
        </p>
      </div>
      {shown && <ContactSheet key={of} {...about} onChoose={choose} onOpen={open} />}
    </>
  );
}
