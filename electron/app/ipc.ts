import { ipcMain } from 'electron';
import type { CallName } from '../../shared/ipc.ts';
import { CALL_NAMES } from '../../shared/ipc-names.ts';
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
