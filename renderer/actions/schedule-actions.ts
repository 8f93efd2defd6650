import type { PlannedTimes } from '../../shared/schedule.ts';
import { render } from './batch-actions.ts';
import { askOfBatch, currentView, openDialog } from './ui-actions.ts';

/**
 * Plans the batch of the window. Trust is asked for now: at 23:00 nobody would answer. Without a time to
 * start it starts at once.
 */
export async function planNight(times: PlannedTimes): Promise<void> {
  const view = currentView();
  if (!view) return;
  const isLive = ['running', 'pausing', 'paused'].includes(view.phase);
  if (view.trust === 'ask' && !isLive)
    return openDialog({ kind: 'trust', thenRender: false, thenPlan: times });
  const set = await askOfBatch('schedule:set', times);
  if (set !== undefined && times.startAt === null && times.until !== null && !isLive)
    await render();
}

/** Nothing starts or stops by itself any more; what is in tonight stays in it. */
export async function removeSchedule(): Promise<void> {
  await askOfBatch('schedule:set', { startAt: null, until: null });
}

/** The batch does not begin by itself: it is not in tonight any more. */
export async function callOff(): Promise<void> {
  await askOfBatch('tonight:remove');
}
