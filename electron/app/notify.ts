import { BrowserWindow, Notification } from 'electron';
import type { Words } from './night-words.ts';
import { showWindow } from './window.ts';

/** Says it outside of the window. Not while the window is looked at: it says the same. */
export function notify(words: Words): void {
  if (!Notification.isSupported() || BrowserWindow.getFocusedWindow()) return;
  const notification = new Notification(words);
  notification.on('click', showWindow);
  notification.show();
}
