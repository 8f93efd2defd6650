import type { BatchOutcome, BatchProgress, BatchResult } from '../../../shared/batch.ts';
import type { BatchSignal } from '../../../shared/events.ts';
import {
  keepAwake,
  type Notice,
  notify,
  showOnTaskbar,
  type TaskbarState,
} from '../desktop/desktop.ts';
import type { BatchController } from '../sessions/batch-controller.ts';
import { Throttle } from '../throttle.ts';

const UPDATE_MS = 500;

/** What the desktop shows of a night: a bar on the taskbar, no sleep meanwhile, a word at the end. */
export class DesktopStatus {
  readonly #taskbar = new Throttle(UPDATE_MS, () => {
    showOnTaskbar(taskbarOf(this.#session?.processor.getProgress() ?? null));
  });
  #session: BatchController | null = null;
  /** A batch is to start by itself. */
  #expects = false;

  heard(session: BatchController, signal: BatchSignal | null): void {
    if (session.running) this.#session = session;
    else if (this.#session === session) this.#session = null;
    this.#keepAwake();
    if (signal?.type === 'event' && signal.event.type === 'batch-paused') {
      const { reason, message } = signal.event;
      if (reason !== 'asked') notify({ title: `${session.name} is paused`, body: message });
    }
    this.#taskbar.ask();
  }

  ended(session: BatchController, result: BatchResult): void {
    const words = endWords(session.name, result);
    if (words) notify(words);
  }

  /** A night of several batches is over. @param came what came of each */
  nightEnded(came: readonly BatchOutcome[]): void {
    const words = nightWords(came);
    if (words) notify(words);
  }

  /** A computer that sleeps would not start anything. */
  expects(batch: boolean): void {
    this.#expects = batch;
    this.#keepAwake();
  }

  #keepAwake(): void {
    keepAwake(this.#expects || (this.#session !== null && !isAtRest(this.#session)));
  }
}

/** Paused by the artist or the plan: nothing happens before somebody comes back. */
function isAtRest({ processor }: BatchController): boolean {
  return processor.paused?.reason === 'asked' && processor.getProgress().frames.running === 0;
}

/** What a notification says at the end of a batch. @param name of the batch */
export function endWords(name: string, result: BatchResult): Notice | null {
  const { completed, failed, totalJobs } = result;
  switch (result.outcome) {
    case 'completed':
      return {
        title: `${name} is done`,
        body: `All ${shots(completed)} are rendered.${worthALook(result)}`,
      };
    case 'failed':
      return {
        title: `${name}: ${shots(failed)} failed`,
        body: `${completed} of ${shots(totalJobs)} are done. Nightshift says why the others are not.`,
      };
    case 'partial':
      return {
        title: `${name}: ${completed} of ${shots(totalJobs)} ${completed === 1 ? 'is' : 'are'} done`,
        body: `What you chose is rendered. The other shots wait.${worthALook(result)}`,
      };
    // The artist has just cancelled it and needs not be told.
    case 'cancelled':
    case 'interrupted':
      return null;
  }
}

/** What a notification says at the end of a night of several batches. @param came what came of each, in their order */
function nightWords(came: readonly BatchOutcome[]): Notice | null {
  // The artist has just cancelled it and needs not be told.
  if (came.at(-1) === 'cancelled' || came.at(-1) === 'interrupted') return null;
  const failed = came.filter((outcome) => outcome === 'failed').length;
  const done = came.filter((outcome) => outcome === 'completed' || outcome === 'partial').length;
  const some = failed === 0 ? '' : ` ${failed} ${failed === 1 ? 'has' : 'have'} failed shots.`;
  return { title: 'The night is done', body: `${done} of ${came.length} batches are done.${some}` };
}

/** A shot can be complete and pink. */
function worthALook({ jobs }: BatchResult): string {
  const count = jobs.filter(({ warnings }) => warnings.length > 0).length;
  if (count === 0) return '';
  return count === 1 ? ' One is worth a look.' : ` ${count} are worth a look.`;
}

/** How full the bar on the taskbar is, and in which manner; `null`: none. */
export function taskbarOf(progress: BatchProgress | null): TaskbarState | null {
  if (!progress) return null;
  const { total, done, failed } = progress.frames;
  if (total === 0) return { fraction: 2, mode: 'indeterminate' };
  return { fraction: (done + failed) / total, mode: progress.paused ? 'paused' : 'normal' };
}

function shots(count: number): string {
  return count === 1 ? '1 shot' : `${count} shots`;
}
