import type { ResumeCard } from '../../shared/view.ts';
import type { LoadReport } from '../batch/index.ts';

/** Whether a batch stopped in the middle and has frames to go. */
export function isLeft({ outcome, framesLeft }: LoadReport): boolean {
  return (outcome === 'interrupted' || outcome === 'cancelled') && framesLeft > 0;
}

/** What the window shows of it before it is resumed. */
export function cardOf(loaded: LoadReport | null): ResumeCard | null {
  if (!loaded) return null;
  const { outcome: _, ...card } = loaded;
  return card;
}
