import { assertNever } from '../../shared/assert-never.ts';
import { isolated } from '../../shared/safe-text.ts';
import type { BatchPhase, BatchView } from '../../shared/view.ts';
import { percent } from './format.ts';

/** The headings of the sidebar, in its order. */
export const GROUPS = ['Rendering', 'Interrupted', 'Ready', 'Done'] as const;
export type Group = (typeof GROUPS)[number];

export function groupOf(phase: BatchPhase): Group {
  switch (phase) {
    case 'running':
    case 'pausing':
    case 'paused':
      return 'Rendering';
    case 'interrupted':
      return 'Interrupted';
    case 'unread':
    case 'partial':
      return 'Ready';
    case 'completed':
    case 'failed':
    case 'cancelled':
      return 'Done';
    default:
      return assertNever(phase);
  }
}

/** A run of it is on, also where that is paused. */
export function isAtWork({ phase }: Pick<BatchView, 'phase'>): boolean {
  return groupOf(phase) === 'Rendering';
}

/** `58 % · film · Nightshift` */
export function titleText(view: BatchView | null): string {
  if (!view) return 'Nightshift';
  const { done, total } = view.progress.frames;
  const live = groupOf(view.phase) === 'Rendering' && total > 0;
  return [live && percent(done, total), isolated(view.name), 'Nightshift']
    .filter(Boolean)
    .join(' · ');
}
