import { create } from 'zustand';
import type { FrameDetail, NewestFrame } from '../../shared/view.ts';

interface ChosenFrame {
  /** `batch/job` that it is a frame of: shots of two batches may have the same id. */
  readonly of: string;
  /** `null`: the newest, whichever that is. */
  readonly frame: number | null;
  /** The frames go by as a film. */
  readonly playing: boolean;
  /** The film begins anew at its end. */
  readonly loop: boolean;
}

/** The frame that is looked at, in the inspector and in the large preview. */
export const useChosenFrame = create<ChosenFrame>(() => ({
  of: '',
  frame: null,
  playing: false,
  loop: true,
}));

/** The number of the frame that was chosen in this shot; `null`: none was. */
export function useFrameOf(of: string): number | null {
  return useChosenFrame((state) => (state.of === of ? state.frame : null));
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
