import { BrowserWindow, Notification, powerSaveBlocker } from 'electron';
import type { BatchResult } from '../../shared/batch.ts';
import type { BatchSignal } from '../../shared/events.ts';
import type { BatchSession } from './batch-session.ts';
import { endWords, taskbarOf, type Words } from './night-words.ts';
import { Throttle } from './throttle.ts';
import { nameOf } from './view.ts';
import { showWindow } from './window.ts';

/** What the desktop shows of a night: a bar on the taskbar, no sleep meanwhile, a word at the end. */
export class NightWatch {
  readonly #taskbar = new Throttle(500, () => this.#show());
  #session: BatchSession | null = null;
  #blocker: number | null = null;

  heard(session: BatchSession, signal: BatchSignal | null): void {
    this.#session = session.running ? session : null;
    if (session.running) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else this.#letSleep();
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

/** Not while the window is looked at: it says the same. */
function notify(words: Words): void {
  if (!Notification.isSupported() || BrowserWindow.getFocusedWindow()) return;
  const notification = new Notification(words);
  notification.on('click', showWindow);
  notification.show();
}
