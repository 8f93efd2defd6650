import type { BatchSession } from './batch-session.ts';
import type { Schedules } from './schedules.ts';
import type { Sessions } from './sessions.ts';
import type { TrayState } from './tray-words.ts';
import { nameOf } from './view.ts';

const MINUTE = 60_000;

/** What renders, else what waits for its time, else what has ended while the window was away. */
export function trayState(
  sessions: Sessions,
  schedules: Schedules,
  last: BatchSession | null,
): TrayState | null {
  const { rendering } = sessions;
  if (rendering) return stateOf(rendering);
  const { waiting } = schedules;
  const session = waiting && sessions.find(waiting.batchId);
  if (session) {
    const name = nameOf(session.processor.batch.folder);
    return { name, phase: 'waiting', percent: null, at: waiting.startAt };
  }
  return last && stateOf(last);
}

/** A batch in a few words. To the minute, so that the tray is not drawn anew with every guess. */
export function stateOf(session: BatchSession, now = Date.now()): TrayState {
  const { processor } = session;
  const { frames, remainingSeconds } = processor.getProgress();
  const phase = !session.running ? 'at-rest' : processor.paused ? 'paused' : 'running';
  const end = remainingSeconds === null ? null : now + remainingSeconds * 1000;
  return {
    name: nameOf(processor.batch.folder),
    phase,
    percent: frames.total > 0 ? Math.floor((100 * frames.done) / frames.total) : null,
    at: phase === 'running' && end !== null ? Math.round(end / MINUTE) * MINUTE : null,
  };
}
