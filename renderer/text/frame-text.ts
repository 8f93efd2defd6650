import { assertNever } from '../../shared/assert-never.ts';
import { CAUSE_FACTS } from '../../shared/failure.ts';
import type { FrameCounts, FrameState } from '../../shared/frame-state.ts';
import type { JobStatus } from '../../shared/job.ts';
import { isPoisoned } from '../../shared/job-state.ts';
import { isolated } from '../../shared/safe-text.ts';
import type { FrameDetail, JobRow, StripCell } from '../../shared/view.ts';
import { clock, count, counted, duration } from './format.ts';
import { failureText } from './job-text.ts';

/** The shot status whose icon stands for a frame in that state. */
export const FRAME_ICONS: Readonly<Record<FrameState['status'], JobStatus>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'completed',
  failed: 'failed',
};

/** The word for a frame's state; colour and icon only repeat it. */
export function frameWord(state: FrameState): string {
  switch (state.status) {
    case 'waiting':
      return 'Waiting';
    case 'running':
      return 'Rendering';
    case 'done':
      return state.review ? REVIEW_WORDS[state.review] : state.kept ? 'Earlier' : 'Done';
    case 'failed':
      return 'Failed';
    default:
      return assertNever(state);
  }
}

/** What the artist said of a picture. */
const REVIEW_WORDS = { approved: 'Approved', rejected: 'Rejected' } as const;

/** In place of pictures where no frame is known. */
export function noFramesText({ error, blocked }: Pick<JobRow, 'error' | 'blocked'>): string {
  return error || blocked !== null
    ? 'No frame of this shot is known. What is wrong with it stands under Problems.'
    : 'The frames are known once the scene is opened.';
}

/** What went wrong with a frame, how often, and on which node: `crashes every time, 3 tries, last on n7`; empty where nothing did. */
export function frameNote(state: FrameState): string {
  const tries = counted(Math.max(1, state.tries), 'try', 'tries');
  if (state.status === 'failed') {
    const { cause, node } = state.failure;
    const where = node === undefined ? '' : `, last on ${isolated(node)}`;
    const what = isPoisoned(state) ? 'crashes every time' : CAUSE_FACTS[cause].label;
    return `${what}, ${tries}${where}`;
  }
  return state.tries > 1 ? tries : '';
}

/** What it took to render: `54 s`; empty where nobody knows. */
function frameTime(state: FrameState): string {
  return state.status === 'done' && state.record.seconds > 0 ? duration(state.record.seconds) : '';
}

/** The same in no more letters than stand under a small picture beside a number of four digits: `54 s`, `12:05`, `1 h 02`. */
export function shortFrameTime(state: FrameState): string {
  if (state.status !== 'done' || state.record.seconds < 60) return frameTime(state);
  const minutes = Math.floor(state.record.seconds / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)}`;
  return `${minutes}:${two(Math.floor(state.record.seconds % 60))}`;
}

/** Everything about a frame in one line: `Frame 148 · Done · 54 s · 23:51`. */
export function frameLine({ frame, state }: FrameDetail): string {
  const at =
    state.status === 'done'
      ? clock(state.record.at)
      : state.status === 'running'
        ? `since ${clock(state.since)}`
        : '';
  return [`Frame ${frame}`, frameWord(state), frameTime(state), frameNote(state), at]
    .filter(Boolean)
    .join(' · ');
}

/** The same for ears: `Frame 148, done, 54 s`. */
export function frameName({ frame, state }: FrameDetail): string {
  return [`Frame ${frame}`, frameWord(state).toLowerCase(), frameTime(state), frameNote(state)]
    .filter(Boolean)
    .join(', ');
}

/** Why there is no picture of a frame, and what to do where something can be done. */
export function whyNoPicture({ frame, state }: FrameDetail): string {
  switch (state.status) {
    case 'waiting':
      return state.tries > 0
        ? `Frame ${frame} failed and waits for its next try.`
        : state.again
          ? `Frame ${frame} waits to be rendered again. Its picture from before stays in the folder until then.`
          : `Frame ${frame} is not rendered yet.`;
    case 'running':
      return `Frame ${frame} is rendering${state.again ? ' again' : ''}.`;
    case 'done':
      return `Frame ${frame} is done, but its picture can’t be shown. Look at the file in its folder.`;
    case 'failed':
      return failureText(state.failure);
    default:
      return assertNever(state);
  }
}

/** Where a frame stands among those of its shot: `3 of 8`. */
export function standsText(at: number, frames: number): string {
  return `${count(at + 1)} of ${count(frames)}`;
}

/** What is behind the frames of a shot: `5 done`, `5 done, 1 failed`. */
export function statesText({ done, failed }: FrameCounts): string {
  return [`${count(done)} done`, ...(failed > 0 ? [`${count(failed)} failed`] : [])].join(', ');
}

/** What never came on the screen while a film played: `3 frames dropped`. */
export function droppedText(dropped: number): string {
  return `${counted(dropped, 'frame')} dropped`;
}

/** `24 fps`, `23.98 fps`. */
export function fpsText(fps: number): string {
  return `${Number(fps.toFixed(2))} fps`;
}

/**
 * What stands under a film that plays: `Frame 71 · Failed · shows 70 · 12 of 148 pictures loaded`.
 * @param pictured the frame whose picture is shown; `null`: none is
 */
export function filmLine(
  { frame, state }: FrameDetail,
  pictured: number | null,
  loaded: number,
  all: number,
): string {
  const missing = state.status === 'done' ? '' : frameWord(state);
  const held = pictured !== null && pictured !== frame ? `shows ${pictured}` : '';
  const loading = loaded < all ? `${loaded} of ${counted(all, 'picture')} loaded` : '';
  return [`Frame ${frame}`, missing, held, loading].filter(Boolean).join(' · ');
}

/** What is behind a cell of a strip: `Frame 148 · Done · 54 s`, `Frames 12 to 15 · 3 done · 1 failed · 54 s a frame`. */
export function stripCellText({ first, last, counts, averageSeconds, state }: StripCell): string {
  if (state && first === last) return frameLine({ frame: first, state });
  const each = (['done', 'running', 'failed', 'waiting'] as const).map((status) =>
    counts[status] > 0 ? `${count(counts[status])} ${COUNT_WORDS[status]}` : '',
  );
  const average = averageSeconds === null ? '' : `${duration(averageSeconds)} a frame`;
  return [`Frames ${first} to ${last}`, ...each, average].filter(Boolean).join(' · ');
}

const COUNT_WORDS = {
  done: 'done',
  running: 'rendering',
  failed: 'failed',
  waiting: 'waiting',
} as const;
