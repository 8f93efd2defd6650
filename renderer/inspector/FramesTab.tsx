import { useCallback, useRef } from 'react';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { preview } from '../actions/job-actions.ts';
import { ContactSheet } from '../player/ContactSheet.tsx';
import { FrameStage } from '../player/FrameStage.tsx';
import { chooseFrame, onFilmKey, pickFrame, shownIndex, useFrameOf } from '../player/film.ts';
import { useView } from '../store/batch-store.ts';
import type { Modifiers } from '../store/selection.ts';
import { useUi } from '../store/ui-store.ts';
import { noFramesText } from '../text/frame-text.ts';
import './FramesTab.css';
import { Player } from '../player/Player.tsx';

/** The frames of the shot: one large, all of them as a film, and all of them small. */
export function FramesTab({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const batchId = useView()?.id ?? '';
  const previewed = useUi((state) => state.dialog?.kind === 'preview');
  const { frames } = detail;
  const jobId = row.id;
  const of = `${batchId}/${jobId}`;
  const at = shownIndex(frames, useFrameOf(of), row.newest);
  const film = { of, frames, at };
  const latest = useRef(film);
  latest.current = film;
  const choose = useCallback((index: number) => chooseFrame(latest.current, index), []);
  const open = useCallback(
    (index: number) => {
      choose(index);
      preview(jobId);
    },
    [choose, jobId],
  );
  const pick = useCallback(
    (index: number, modifiers: Modifiers) => pickFrame(latest.current, index, modifiers),
    [],
  );
  const about = { batchId, jobId, jobName: row.name, frames, at };
  const shown = frames[at];
  if (!shown) return <p className="inspector-empty">{noFramesText(row)}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        className="frames-head"
        role="group"
        aria-label="Player"
        onKeyDown={(event) => onFilmKey(event, film)}
      >
        <button type="button" className="frames-open" onClick={() => open(at)}>
          <span className="visually-hidden">{`Show frame ${shown.frame} large`}</span>
          <FrameStage key={of} {...about} standIn={row.standIn} behind={previewed} />
        </button>
        <Player
          key={of}
          batchId={batchId}
          row={row}
          film={film}
          fps={detail.fps}
          behind={previewed}
        />
      </div>
      <ContactSheet
        key={of}
        {...about}
        standIn={row.standIn}
        onChoose={choose}
        onPick={pick}
        onOpen={open}
      />
    </>
  );
}
