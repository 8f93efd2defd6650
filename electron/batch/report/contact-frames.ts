import type { FrameList } from '../../../shared/frame-list.ts';
import type { BatchJob, FrameRecord } from '../../../shared/job.ts';

/** A frame that stands for its shot. */
export interface ContactFrame {
  readonly frame: number;
  readonly record: FrameRecord;
}

/**
 * The frames that stand for a shot: the first, the middle and the last of those that are done, in their
 * order; fewer where no more are done.
 */
export function contactFrames({ plan, frames }: BatchJob): readonly ContactFrame[] {
  const first = frames.nextIndex('done');
  if (first === -1) return [];
  const last = frames.lastIndex('done');
  const chosen = new Set([first, middleOf(frames, first, last) ?? first, last]);
  return [...chosen].flatMap((index) => {
    const state = frames.get(index);
    const frame = plan?.frames[index];
    return frame === undefined || state?.status !== 'done' ? [] : [{ frame, record: state.record }];
  });
}

/** The one nearest to the middle that is neither the first nor the last; `null`: there is none. */
function middleOf(frames: FrameList, first: number, last: number): number | null {
  const middle = Math.floor((first + last) / 2);
  const before = frames.lastIndex('done', middle);
  const after = frames.nextIndex('done', middle);
  const near = [before, after].filter((index) => index > first && index < last);
  near.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return near[0] ?? null;
}
