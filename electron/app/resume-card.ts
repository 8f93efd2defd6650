import type { ResumeCard } from '../../shared/view.ts';
import type { LoadReport } from '../batch/index.ts';

/** Whether a batch stopped in the middle and has frames to go. */
export function isLeft({ outcome, framesLeft, shotsUnopened }: LoadReport): boolean {
  const stopped = outcome === 'interrupted' || outcome === 'cancelled';
  return stopped && framesLeft + shotsUnopened > 0;
}

/** What the window shows of it before it is resumed. */
export function cardOf(loaded: LoadReport | null): ResumeCard | null {
  if (!loaded) return null;
  const { outcome: _, ...card } = loaded;
  return card;
}
