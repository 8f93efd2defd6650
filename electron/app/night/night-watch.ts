import { BrowserWindow, powerSaveBlocker } from 'electron';
import type { BatchResult } from '../../../shared/batch.ts';
import type { BatchSignal } from '../../../shared/events.ts';
import { notify } from '../desktop/desktop.ts';
import type { BatchSession } from '../sessions/batch-session.ts';
import { Throttle } from '../sessions/throttle.ts';
import { nameOf } from '../sessions/view.ts';
import { endWords, taskbarOf } from './night-words.ts';

/** What the desktop shows of a night: a bar on the taskbar, no sleep meanwhile, a word at the end. */
export class NightWatch {
  readonly #taskbar = new Throttle(500, () => this.#show());
  #session: BatchSession | null = null;
  /** A batch is to start by itself. */
  #expects = false;
  #blocker: number | null = null;

  heard(session: BatchSession, signal: BatchSignal | null): void {
    if (session.running) this.#session = session;
    else if (this.#session === session) this.#session = null;
    this.#keepAwake();
    if (signal?.type === 'event' && signal.event.type === 'batch-paused') {
      const { reason, message } = signal.event;
      const title = `${nameOf(session.processor.batch.folder)} is paused`;
      if (reason !== 'asked') notify({ title, body: message });
    }
    this.#taskbar.ask();
  }

  ended(session: BatchSession, result: BatchResult): void {
    const words = endWords(nameOf(session.processor.batch.folder), result);
    if (words) notify(words);
  }

  /** A computer that sleeps would not start anything. */
  expects(batch: boolean): void {
    this.#expects = batch;
    this.#keepAwake();
  }

  #keepAwake(): void {
    if (this.#expects || (this.#session && !isAtRest(this.#session)))
      this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else this.#letSleep();
  }

  #letSleep(): void {
    if (this.#blocker !== null) powerSaveBlocker.stop(this.#blocker);
    this.#blocker = null;
  }

  #show(): void {
    const bar = taskbarOf(this.#session?.processor.getProgress() ?? null);
    for (const window of BrowserWindow.getAllWindows()) {
      window.setProgressBar(bar?.fraction ?? -1, { mode: bar?.mode ?? 'none' });
    }
  }
}

/** Paused by the artist or the plan: nothing happens before somebody comes back. */
function isAtRest({ processor }: BatchSession): boolean {
  return processor.paused?.reason === 'asked' && processor.getProgress().frames.running === 0;
}
