import { assertNever } from './assert-never.ts';
import type { JobEvent } from './events.ts';
import type { FrameState } from './job.ts';

/** What can happen to one frame. */
export type FrameEvent = Extract<JobEvent, { readonly frame: number }>;

/** A frame that nobody has tried. */
export const WAITING: FrameState = Object.freeze({ status: 'waiting', tries: 0 });

/** The one function that changes a frame. Pure. */
export function frameAfter(old: FrameState, event: FrameEvent): FrameState {
  switch (event.type) {
    case 'frame-started':
      return {
        status: 'running',
        ...crashesOf(old),
        tries: old.tries + 1,
        worker: event.worker,
        since: event.at,
      };
    case 'frame-done':
    case 'frame-kept': {
      const kept = event.type === 'frame-kept';
      return { status: 'done', tries: old.tries, kept, record: event.record };
    }
    case 'frame-lost':
      return event.tries === undefined ? WAITING : { status: 'waiting', tries: event.tries };
    case 'frame-failed': {
      const { failure, willRetry } = event;
      const known = { tries: old.tries, ...crashesOf(old, failure.cause === 'crashed' ? 1 : 0) };
      return willRetry ? { status: 'waiting', ...known } : { status: 'failed', ...known, failure };
    }
    case 'frame-released':
      if (old.status !== 'running') return old;
      return { status: 'waiting', tries: old.tries - 1, ...crashesOf(old) };
    default:
      return assertNever(event);
  }
}

export function isFrameEvent(event: JobEvent): event is FrameEvent {
  return 'frame' in event;
}

/** Nothing is said of frames that never crashed: most never do. */
export function crashesOf(frame: FrameState, more = 0): { readonly crashes?: number } {
  const crashes = ('crashes' in frame ? (frame.crashes ?? 0) : 0) + more;
  return crashes > 0 ? { crashes } : NO_CRASHES;
}

const NO_CRASHES: { readonly crashes?: number } = {};
