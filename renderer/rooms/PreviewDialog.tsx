import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { chooseFrame } from '../actions/frame-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useRow, useView } from '../store/batch-store.ts';
import { shownIndex, useFrameOf } from '../store/chosen-frame.ts';
import { useDetail } from '../store/detail-store.ts';
import { stepTarget } from '../store/frame-keys.ts';
import { framesAside, framesText } from '../text/job-text.ts';
import { IconButton } from '../ui/Button.tsx';
import { Lightbox } from '../ui/Lightbox.tsx';
import { cellElementId } from './ContactCell.tsx';
import { FrameStage } from './FrameStage.tsx';
import './PreviewDialog.css';
import { useFreshDetail } from './use-fresh-detail.ts';

/** One frame of a shot as large as the window, with its neighbours a key away. */
export function PreviewDialog({ jobId }: { readonly jobId: string }) {
  const row = useRow(jobId);
  const detail = useDetail((state) => (state.detail?.jobId === jobId ? state.detail : null));
  useFreshDetail(jobId);
  return row && <Preview row={row} frames={detail?.frames ?? []} />;
}

interface PreviewProps {
  readonly row: JobRow;
  readonly frames: JobDetail['frames'];
}

function Preview({ row, frames }: PreviewProps) {
  const batchId = useView()?.id ?? '';
  const [before] = useState(() => document.activeElement);
  const of = `${batchId}/${row.id}`;
  const at = shownIndex(frames, useFrameOf(of), row.newest);
  const step = (key: string): boolean => {
    const target = stepTarget(key, at, frames.length);
    if (target === null) return false;
    chooseFrame(of, frames[target]?.frame ?? null);
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (step(event.key)) event.preventDefault();
  };
  // In the sheet the focus goes to the frame that one has come to meanwhile.
  const returnTo = () =>
    before?.closest('.sheet') ? document.getElementById(cellElementId(row.id, at)) : null;
  const aside = [framesText(row), framesAside(row.counts, row.poisoned)].filter(Boolean);
  return (
    <Lightbox
      title={row.name}
      aside={aside.join(' · ')}
      onClose={closeDialog}
      onKeyDown={onKeyDown}
      returnTo={returnTo}
    >
      <FrameStage
        key={of}
        batchId={batchId}
        jobId={row.id}
        jobName={row.name}
        frames={frames}
        at={at}
        size="screen"
      />
      <div className="preview-steps">
        <IconButton label="Frame before" disabled={at === 0} onClick={() => step('ArrowLeft')}>
          <ChevronLeft size={16} aria-hidden="true" />
        </IconButton>
        <IconButton
          label="Next frame"
          disabled={at >= frames.length - 1}
          onClick={() => step('ArrowRight')}
        >
          <ChevronRight size={16} aria-hidden="true" />
        </IconButton>
        <span>← → step through the frames, Home and End go to the first and the last.</span>
      </div>
    </Lightbox>
  );
}
