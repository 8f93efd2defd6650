import type { KeyboardEvent } from 'react';
import { create } from 'zustand';
import type { FrameDetail, NewestFrame } from '../../shared/view.ts';
import { preview, reviewKey } from '../actions/job-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { type Modifiers, NOTHING_SELECTED, type Selection, selected } from '../store/selection.ts';
import { useUi } from '../store/ui-store.ts';
import { stepTarget } from '../ui/grid-keys.ts';
import { playFrom, reelOf, type Wound } from './flipbook.ts';

interface ChosenFrame {
  /** `batch/job` that it is a frame of: shots of two batches may have the same id. */
  readonly of: string;
  /** `null`: the newest, whichever that is. */
  readonly frame: number | null;
  /** Numbers of the frames that were picked together; fewer than two: none were. */
  readonly picked: Selection<number>;
  /** The frames go by as a film. */
  readonly playing: boolean;
  /** The film begins anew at its end. */
  readonly loop: boolean;
  /** It stands until the next picture has come. */
  readonly waits: boolean;
  /** Pictures that never came on the screen since it was started: it was too slow for them. */
  readonly dropped: number;
}

/** The frame that is looked at, in the inspector and in the large preview. */
export const useChosenFrame = create<ChosenFrame>(() => ({
  of: '',
  frame: null,
  picked: NOTHING_SELECTED,
  playing: false,
  loop: true,
  waits: false,
  dropped: 0,
}));

/** The number of the frame that was chosen in this shot; `null`: none was. */
export function useFrameOf(of: string): number | null {
  return useChosenFrame((state) => (state.of === of ? state.frame : null));
}

/** Numbers of the frames that were picked together in this shot; none, or at least two. */
export function usePicked(of: string): ReadonlySet<number> {
  return useChosenFrame((state) => pickedOf(state, of));
}

function pickedOf({ of, picked }: ChosenFrame, shot: string): ReadonlySet<number> {
  return of === shot && picked.ids.size > 1 ? picked.ids : NOTHING_SELECTED.ids;
}

export function usePlaying(of: string): boolean {
  return useChosenFrame((state) => state.of === of && state.playing);
}

/**
 * Where the frame to be shown stands in its shot: the chosen one, else the newest, else the first.
 * @returns its index; 0 in a shot without frames
 */
export function shownIndex(
  frames: readonly FrameDetail[],
  chosen: number | null,
  newest: NewestFrame | null,
): number {
  for (const frame of [chosen, newest?.frame]) {
    const index = frames.findIndex((each) => each.frame === frame);
    if (index >= 0) return index;
  }
  return 0;
}

/** The frames of a shot, and the one of them that is shown. */
export interface Film {
  /** `batch/job` */
  readonly of: string;
  readonly frames: readonly FrameDetail[];
  /** Index of the frame that is shown. */
  readonly at: number;
}

/** Looks at one frame of a shot and stops what plays. @param index among its frames */
export function chooseFrame({ of, frames }: Pick<Film, 'of' | 'frames'>, index: number): void {
  const frame = frames[index]?.frame ?? null;
  useChosenFrame.setState({ of, frame, picked: NOTHING_SELECTED, playing: false });
}

/** Looks at one frame of a shot and picks it with others: with Shift all from where one was, with Ctrl one more or one less. */
export function pickFrame({ of, frames, at }: Film, index: number, modifiers: Modifiers): void {
  const [from, to] = [frames[at]?.frame, frames[index]?.frame];
  if (from === undefined || to === undefined) return;
  const now = useChosenFrame.getState();
  const before =
    pickedOf(now, of).size > 0 ? now.picked : { ids: new Set([from]), active: from, anchor: from };
  const order = frames.map(({ frame }) => frame);
  const picked = selected(before, order, to, modifiers);
  useChosenFrame.setState({ of, frame: to, picked, playing: false });
}

/** Picks all frames of a shot. */
export function pickAll({ of, frames, at }: Film): void {
  const ids = new Set(frames.map(({ frame }) => frame));
  const active = frames[at]?.frame ?? null;
  useChosenFrame.setState({ of, frame: active, picked: { ids, active, anchor: active } });
}

/** Picks none any more. True: some were picked. */
export function unpick(of: string): boolean {
  if (pickedOf(useChosenFrame.getState(), of).size === 0) return false;
  useChosenFrame.setState({ picked: NOTHING_SELECTED });
  return true;
}

/** The frames that an act is about: those that were picked, else the one that is shown. */
export function meantFrames({ of, frames, at }: Film): readonly FrameDetail[] {
  const picked = pickedOf(useChosenFrame.getState(), of);
  return picked.size > 0
    ? frames.filter(({ frame }) => picked.has(frame))
    : frames.slice(at, at + 1);
}

/** Goes on to another frame of a film that plays. */
export function windTo({ of, frames }: Film, index: number): void {
  useChosenFrame.setState({ of, frame: frames[index]?.frame ?? null });
}

/** Plays what is done, or stops. Nothing happens where nothing is done. */
export function playOrStop(film: Film): void {
  const { of, playing } = useChosenFrame.getState();
  const reel = reelOf(film.frames);
  const plays = playing && of === film.of;
  if (plays) stopPlaying();
  if (plays || !reel) return;
  windTo(film, playFrom(film.at, reel));
  useChosenFrame.setState({ playing: true, waits: false, dropped: 0 });
}

/** What became of the last beat of a film that plays. */
export function tellBeat({ waits, dropped }: Pick<Wound, 'waits' | 'dropped'>): void {
  const before = useChosenFrame.getState();
  if (dropped === 0 && waits === before.waits) return;
  useChosenFrame.setState({ waits, dropped: before.dropped + dropped });
}

export function stopPlaying(): void {
  useChosenFrame.setState({ playing: false, waits: false });
}

export function loopOrNot(): void {
  useChosenFrame.setState(({ loop }) => ({ loop: !loop }));
}

/** Space plays, arrows step, Home and End go to the ends, R and A judge the picture. True: the key was one of these. */
export function filmKey(film: Film, key: string): boolean {
  if (key === ' ') {
    playOrStop(film);
    return true;
  }
  const target = stepTarget(key, film.at, film.frames.length);
  const jobId = film.of.slice(film.of.lastIndexOf('/') + 1);
  if (target === null) return reviewKey(jobId, meantFrames(film), key);
  chooseFrame(film, target);
  return true;
}

/** Shows a frame of a shot in the whole window. @param frame `null`: its newest */
export function openFrame(batchId: string, jobId: string, frame: number | null): void {
  const of = `${batchId}/${jobId}`;
  useChosenFrame.setState({ of, frame, picked: NOTHING_SELECTED, playing: false });
  preview(jobId);
}

/** Space on the table: the newest frame of the shot that has the keyboard, large. */
export function previewNewest(): void {
  const { mirror } = useBatch.getState();
  const { active } = useUi.getState().selection;
  // Nobody gives out its pictures before the folder has been read.
  if (!mirror || mirror.remembered || active === null || !mirror.rows.has(active)) return;
  openFrame(mirror.view.id, active, null);
}

/** The keys of the player. Space on a button is that button's own. */
export function onFilmKey(event: KeyboardEvent, film: Film): void {
  if (event.key === 'Escape') {
    if (unpick(film.of)) event.preventDefault();
    return;
  }
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.key === ' ' && event.target instanceof HTMLButtonElement) return;
  if (filmKey(film, event.key)) event.preventDefault();
}
