import { useState } from 'react';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useDetail, useRow, useView } from '../store/batch-store.ts';
import { noFramesText } from '../text/frame-text.ts';
import { Lightbox } from '../ui/Lightbox.tsx';
import { cellElementId } from './ContactCell.tsx';
import { shownIndex, useFrameOf } from './chosen-frame.ts';
import { FrameStage } from './FrameStage.tsx';
import { onFilmKey } from './film-keys.ts';
import { Player } from './Player.tsx';
import './PreviewDialog.css';
import { useFreshDetail } from '../inspector/use-fresh-detail.ts';

/** The frames of a shot as large as the window, one by one or as a film. */
export function PreviewDialog({ jobId }: { readonly jobId: string }) {
  const row = useRow(jobId);
  const detail = useDetail((state) => (state.detail?.jobId === jobId ? state.detail : null));
  useFreshDetail(jobId);
  return row && detail && <Preview row={row} detail={detail} />;
}

function Preview({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const batchId = useView()?.id ?? '';
  const [before] = useState(() => document.activeElement);
  const { frames, fps } = detail;
  const of = `${batchId}/${row.id}`;
  const at = shownIndex(frames, useFrameOf(of), row.newest);
  const film = { of, frames, at };
  // In the sheet the focus goes to the frame that one has come to meanwhile.
  const returnTo = () =>
    before?.closest('.sheet') ? document.getElementById(cellElementId(row.id, at)) : null;
  return (
    <Lightbox
      title={row.name}
      onClose={closeDialog}
      onKeyDown={(event) => onFilmKey(event, film)}
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
        none={noFramesText(row)}
      />
      <div className="preview-player">
        <Player row={row} film={film} fps={fps} />
      </div>
    </Lightbox>
  );
}
