import { BrowserWindow, ipcMain } from 'electron';
import type { CallName, Pushes, PushName } from '../../../shared/ipc.ts';
import { CALL_NAMES } from '../../../shared/ipc-names.ts';
import { dispatch, type Handlers } from './dispatch.ts';

/** The one file with raw `ipcMain`: a handler for each call of the contract. */
export function answerCalls(handlers: Handlers): void {
  for (const name of CALL_NAMES satisfies readonly CallName[]) {
    ipcMain.handle(name, (event, payload: unknown) =>
      dispatch(handlers, name, payload, {
        url: event.senderFrame?.url ?? '',
        mainFrame: event.senderFrame !== null && event.senderFrame === event.sender.mainFrame,
      }),
    );
  }
}

export type Push = <N extends PushName>(name: N, payload: Pushes[N]) => void;

/** Tells every window; a window that is going away is left alone. */
export const push: Push = (name, payload) => {
  for (const window of BrowserWindow.getAllWindows()) {
    if (!window.isDestroyed() && !window.webContents.isDestroyed()) {
      window.webContents.send(name, payload);
    }
  }
};
