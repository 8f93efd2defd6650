import { assertNever } from '../../shared/assert-never.ts';
import { isolated } from '../../shared/safe-text.ts';
import { titleOf } from '../../shared/test-pass.ts';
import type { BatchPhase, BatchView } from '../../shared/view.ts';
import { percent } from './format.ts';

/** The headings of the sidebar, in its order. */
export const GROUPS = ['Tonight', 'Ready', 'Earlier nights'] as const;
export type Group = (typeof GROUPS)[number];

/** Where a batch stands that is not in the queue of tonight. */
export function groupOf(phase: BatchPhase): Group {
  switch (phase) {
    case 'running':
    case 'pausing':
    case 'paused':
      return 'Tonight';
    case 'unread':
    case 'partial':
      return 'Ready';
    case 'interrupted':
    case 'completed':
    case 'failed':
    case 'cancelled':
      return 'Earlier nights';
    default:
      return assertNever(phase);
  }
}

/** A run of it is on, also where that is paused. */
export function isAtWork({ phase }: Pick<BatchView, 'phase'>): boolean {
  return ['running', 'pausing', 'paused'].includes(phase);
}

/** `58 % · film · Nightshift` */
export function titleText(view: BatchView | null): string {
  if (!view) return 'Nightshift';
  const { done, total } = view.progress.frames;
  const live = isAtWork(view) && total > 0;
  return [live && percent(done, total), titleOf(isolated(view.name), view.test), 'Nightshift']
    .filter(Boolean)
    .join(' · ');
}
