import { BrowserWindow } from 'electron';
import type { Pushes, PushName } from '../../shared/ipc.ts';

export type Push = <N extends PushName>(name: N, payload: Pushes[N]) => void;

/** Tells every window; a window that is going away is left alone. */
export const push: Push = (name, payload) => {
  for (const window of BrowserWindow.getAllWindows()) {
    if (!window.isDestroyed() && !window.webContents.isDestroyed()) {
      window.webContents.send(name, payload);
    }
  }
};
