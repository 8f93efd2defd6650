import { memo, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { JobRow } from '../../shared/view.ts';
import { jobDetail } from '../actions/job-actions.ts';
import { FrameCanvas } from '../player/FrameStage.tsx';
import { needed, type Reel, reelOf } from '../player/flipbook.ts';
import { filmFrames, useFilm } from '../player/use-film.ts';
import { useHeldPicture, usePlayback } from '../player/use-playback.ts';
import { count } from '../text/format.ts';
import { framesText, STATUS_WORDS } from '../text/job-text.ts';
import { Name } from '../ui/Name.tsx';
import { StatusIcon } from '../ui/StatusIcon.tsx';
import { Thumbnail } from '../ui/Thumbnail.tsx';
import { useAnswer } from '../ui/use-answer.ts';
import './ShotTile.css';

/** What is looked at of a shot: the frame under the pointer, from 0 to 1 over its tile, or all of them as a film. */
export type Look = number | 'film';

/** What a tile tells the grid that it stands in; the same functions for all tiles, so that one alone is drawn again. */
export interface TileListener {
  readonly look: (jobId: string, look: Look | null) => void;
  /** It has the focus. */
  readonly focus: (index: number) => void;
  /** @param frame the one that is shown; `null`: the newest */
  readonly open: (jobId: string, frame: number | null) => void;
  /** Told the number of the frame that has come up. */
  readonly frame: (jobId: string, frame: number) => void;
}

interface ShotTileProps {
  readonly batchId: string;
  readonly row: JobRow;
  readonly index: number;
  /** Where Tab goes to. */
  readonly isStop: boolean;
  readonly look: Look | null;
  /** What all names begin with. */
  readonly common: string;
  readonly hint: string;
  readonly tell: TileListener;
}

/** The newest picture of a shot; under the pointer the frame that is meant, and the film while it plays. */
export const ShotTile = memo(function ShotTile(props: ShotTileProps) {
  const { batchId, row, index, isStop, look, common, hint, tell } = props;
  const { id, name, status, newest, width, height } = row;
  const shown = useRef<number | null>(null);
  if (look === null) shown.current = null;
  const aside = asideOf(row);
  const onPointerMove = (event: PointerEvent) => {
    // What plays goes on playing.
    if (event.pointerType === 'touch' || look === 'film') return;
    const box = event.currentTarget.getBoundingClientRect();
    tell.look(id, Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  const seen = aside ? `${name} ${aside}` : name;
  return (
    <button
      type="button"
      className="shot-tile"
      data-index={index}
      data-job={id}
      tabIndex={isStop ? 0 : -1}
      aria-label={`${seen}, ${STATUS_WORDS[status]}, frame ${newest?.frame}`}
      aria-describedby={hint}
      aria-keyshortcuts="Space R A"
      onFocus={() => tell.focus(index)}
      onClick={() => tell.open(id, shown.current)}
      onPointerMove={onPointerMove}
      onPointerLeave={() => look !== 'film' && tell.look(id, null)}
    >
      <span className="shot-picture">
        {/* As wide or as high as there is room for, so that no picture is cut. */}
        <span
          className={isTall(row) ? 'shot-print tall' : 'shot-print'}
          style={{ aspectRatio: `${width ?? 16} / ${height ?? 9}` }}
        >
          <Thumbnail batchId={batchId} jobId={id} size="large" frame={newest} alt="" />
        </span>
        {look !== null && (
          <ShotFilm
            batchId={batchId}
            row={row}
            look={look}
            onFrame={(frame) => {
              shown.current = frame;
              tell.frame(id, frame);
            }}
          />
        )}
      </span>
      <span className="shot-caption">
        {status !== 'completed' && <StatusIcon status={status} />}
        <Name common={common}>{name}</Name> {aside && <span className="shot-aside">{aside}</span>}
      </span>
    </button>
  );
});

function isTall({ width, height }: JobRow): boolean {
  return width !== null && height !== null && width / height < 16 / 9;
}

/** `2 rejected`, and of a shot that is not complete `3 of 24`. */
function asideOf(row: JobRow): string {
  if (row.rejected > 0) return `${count(row.rejected)} rejected`;
  return row.status === 'completed' ? '' : framesText(row);
}

interface ShotFilmProps {
  readonly batchId: string;
  readonly row: JobRow;
  readonly look: Look;
  readonly onFrame: (frame: number) => void;
}

/** A tile that the pointer only goes over asks for nothing. */
const SETTLE_MS = 80;
/** So many frames of a shot are loaded for the pointer that goes over it: they are soon there. */
const STILLS = 32;

/** Frames of one shot over its tile. Until the one that is meant has come, the one before stays. */
function ShotFilm({ batchId, row, look, onFrame }: ShotFilmProps) {
  const plays = look === 'film';
  const settled = useSettled(plays ? 0 : SETTLE_MS);
  const detail = useAnswer(settled ? row.id : null, jobDetail, row);
  const buffer = useFilm(batchId, row.id);
  const frames = detail?.frames ?? [];
  const reel = reelOf(frames);
  const [played, setPlayed] = useState<number | null>(null);
  const at = reel ? (plays ? (played ?? reel.first) : stillAt(look, reel)) : 0;
  useEffect(() => {
    if (reel) buffer.want(filmFrames(frames, plays ? needed(at, reel, true) : stills(at, reel)));
  });
  const { fps = null } = detail ?? {};
  usePlayback(plays && reel !== null, { frames, at, fps, loop: true, buffer }, (next) => {
    if (next && next.at !== at) setPlayed(next.at);
  });
  const shown = useHeldPicture(buffer, frames[at]);
  useEffect(() => {
    if (shown) onFrame(shown.frame);
  });
  if (!reel || !shown) return null;
  const share = (at - reel.first) / Math.max(1, reel.last - reel.first);
  return (
    <>
      <FrameCanvas picture={shown.picture} label={`Frame ${shown.frame} of ${row.name}`} />
      <span className="shot-place" style={{ width: `${100 * share}%` }} />
      <span className="shot-number">{shown.frame}</span>
    </>
  );
}

/** True from so many milliseconds on. */
function useSettled(afterMs: number): boolean {
  const [settled, setSettled] = useState(afterMs === 0);
  useEffect(() => {
    if (afterMs === 0) return setSettled(true);
    const timer = setTimeout(() => setSettled(true), afterMs);
    return () => clearTimeout(timer);
  }, [afterMs]);
  return settled;
}

/** Index of the frame at a place between the first and the last of a reel. @param share from 0 to 1 */
export function stillAt(share: number, { first, last }: Reel): number {
  const most = Math.min(STILLS, last - first + 1);
  const still = Math.min(most - 1, Math.floor(share * most));
  return first + Math.round((still * (last - first)) / Math.max(1, most - 1));
}

/** All that a pointer may mean, and first the one that it does. */
function stills(at: number, reel: Reel): Iterable<number> {
  const all = Array.from({ length: STILLS }, (_, still) => stillAt((still + 0.5) / STILLS, reel));
  return new Set([at, ...all]);
}
