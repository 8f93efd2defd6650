import type { FrameDetail } from '../../shared/view.ts';
import { openDialog } from '../actions/ui-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { useChosenFrame } from './chosen-frame.ts';
import { playFrom, reelOf } from './flipbook.ts';
import { stepTarget } from './frame-keys.ts';

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
  useChosenFrame.setState({ of, frame: frames[index]?.frame ?? null, playing: false });
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
  useChosenFrame.setState({ playing: true });
}

export function stopPlaying(): void {
  useChosenFrame.setState({ playing: false });
}

export function loopOrNot(): void {
  useChosenFrame.setState(({ loop }) => ({ loop: !loop }));
}

/** Space plays, arrows step, Home and End go to the ends. True: the key was one of these. */
export function filmKey(film: Film, key: string): boolean {
  if (key === ' ') {
    playOrStop(film);
    return true;
  }
  const target = stepTarget(key, film.at, film.frames.length);
  if (target === null) return false;
  chooseFrame(film, target);
  return true;
}

/** Shows the chosen frame of a shot, else its newest, as large as the window. */
export function openPreview(jobId: string): void {
  openDialog({ kind: 'preview', jobId });
}

/** Space on the table: the newest frame of the shot that has the keyboard, large. */
export function previewNewest(): void {
  const { mirror } = useBatch.getState();
  const { active } = useUi.getState().selection;
  // Nobody gives out its pictures before the folder has been read.
  if (!mirror || mirror.remembered || active === null || !mirror.rows.has(active)) return;
  useChosenFrame.setState({ of: `${mirror.view.id}/${active}`, frame: null, playing: false });
  openPreview(active);
}
