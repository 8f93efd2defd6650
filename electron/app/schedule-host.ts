import { stopAt, WALL_CLOCK } from '../batch/index.ts';
import type { Push } from './push.ts';
import { refusalOf } from './refusal.ts';
import type { ScheduleHost } from './schedules.ts';
import type { Sessions } from './sessions.ts';

/** The batches of the app, as the schedules see them. */
export function scheduleHost(
  sessions: Sessions,
  push: Push,
  onChange: () => void = () => {},
): ScheduleHost {
  return {
    isRunning: (batchId) => sessions.find(batchId)?.running === true,
    hasToWait: (batchId) => sessions.rendering !== null && sessions.rendering.id !== batchId,
    start: (batchId, isWanted) =>
      sessions.render(batchId, async (session) => {
        if (isWanted()) await session.start();
      }),
    stopAt: (batchId, at, onStopped) =>
      stopAt(sessions.get(batchId).processor, { at, onStopped }, WALL_CLOCK),
    tell: (all) => {
      push('schedules:changed', all);
      onChange();
    },
    say: (sentence) => push('notice', sentence),
    failed: (error) => {
      const { message, nextStep } = refusalOf(error);
      push('notice', nextStep ? `${message} ${nextStep}` : message);
    },
  };
}
