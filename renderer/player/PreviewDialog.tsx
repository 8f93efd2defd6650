import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useDetail, useRow, useView } from '../store/batch-store.ts';
import { noFramesText } from '../text/frame-text.ts';
import { cellElementId } from './ContactSheet.tsx';
import { FrameStage } from './FrameStage.tsx';
import { onFilmKey, shownIndex, useFrameOf } from './film.ts';
import { Player } from './Player.tsx';
import './PreviewDialog.css';
import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { IconButton } from '../ui/Button.tsx';
import { Name } from '../ui/Name.tsx';
import { useFreshDetail } from './use-fresh-detail.ts';

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

interface LightboxProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** Where the focus goes afterwards; `null`: where it was before. */
  readonly returnTo: () => HTMLElement | null;
  readonly children: ReactNode;
}

/** One picture as large as the window. Escape, the cross and the dark around it close it. */
function Lightbox(props: LightboxProps) {
  const { title, onClose, onKeyDown, returnTo, children } = props;
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup
          ref={popup}
          className="lightbox floating"
          // The keys belong to the whole of it, so no button has the focus first.
          initialFocus={popup}
          finalFocus={() => returnTo() ?? true}
          onKeyDown={onKeyDown}
        >
          <div className="lightbox-head">
            <Dialog.Title className="lightbox-title">
              <Name>{title}</Name>
            </Dialog.Title>
            <IconButton label="Close the preview" onClick={onClose}>
              <X size={16} aria-hidden="true" />
            </IconButton>
          </div>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
