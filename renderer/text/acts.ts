import { assertNever } from '../../shared/assert-never.ts';
import type { BatchView } from '../../shared/view.ts';

/** What can be done with a batch as a whole. */
export type Act =
  | 'render'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'export'
  | 'frames'
  | 'review'
  | 'call-off'
  | 'take-out'
  | 'add-tonight'
  | 'start-now'
  | 'estimate'
  | 'stop-estimate';

export const ACT_WORDS: Readonly<Record<Act, string>> = {
  render: 'Render',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel…',
  export: 'Export report',
  frames: 'Show frames',
  review: 'Review',
  'call-off': 'Don’t start',
  'take-out': 'Remove from tonight',
  'add-tonight': 'Add to tonight',
  'start-now': 'Start now',
  estimate: 'Estimate',
  'stop-estimate': 'Stop estimating',
};

/** The acts that make sense now, the next sensible one last. */
export function offeredActs(
  view: Pick<BatchView, 'phase' | 'progress' | 'trying' | 'elsewhere'>,
): readonly Act[] {
  const left = view.progress.jobs.waiting > 0;
  const looked: readonly Act[] = view.progress.frames.done > 0 ? ['frames', 'review'] : [];
  switch (view.phase) {
    case 'unread':
      return left ? [view.trying ? 'stop-estimate' : 'estimate', 'render'] : [];
    case 'running':
      return view.elsewhere ? ['cancel', 'export'] : ['export', 'cancel', 'pause'];
    case 'pausing':
    case 'paused':
      return ['export', 'cancel', 'resume'];
    case 'interrupted':
      return ['export', 'resume'];
    case 'cancelled':
      return ['export', ...looked, 'resume'];
    case 'partial':
    case 'completed':
    case 'failed':
      return ['export', ...looked, ...(left ? (['render'] as const) : [])];
    default:
      return assertNever(view.phase);
  }
}

/** The same while the batch waits for its time: it can be called off, or need not wait. */
export function waitingActs(acts: readonly Act[]): readonly Act[] {
  return [...acts.slice(0, -1), 'call-off', 'start-now'];
}

/** The same where its turn comes by itself, after other batches. */
export function queuedActs(acts: readonly Act[]): readonly Act[] {
  return [...acts.filter((act) => act !== 'render' && act !== 'resume'), 'take-out'];
}

/** The one bright button; `null`: none is. What goes on as it should needs no act. */
export function primaryOf(acts: readonly Act[]): Act | null {
  const last = acts.at(-1);
  return last === undefined || QUIET.has(last) ? null : last;
}

const QUIET: ReadonlySet<Act> = new Set(['pause', 'take-out']);

/** Whether there is something that a schedule could start or stop. */
export function canBePlanned(acts: readonly Act[]): boolean {
  return acts.some((act) => act === 'render' || act === 'resume' || act === 'pause');
}
