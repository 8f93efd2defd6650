import { BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { z } from 'zod';
import {
  CALLS,
  type CallName,
  type CallPayload,
  type CallResult,
  type Envelope,
  type Push,
} from '../../../shared/ipc.ts';
import { Refusal, refusalOf } from '../refusal.ts';
import type { DroppedPaths } from './dropped-paths.ts';
import { isOurWindow, type Sender } from './sender.ts';

export type Handlers = { readonly [N in CallName]: Handler<CallPayload<N>, CallResult<N>> };

/** What a call that gives nothing returns is nobody's business. */
type Handler<Payload, Result> = [Result] extends [null]
  ? (payload: Payload) => Promise<void> | void
  : (payload: Payload) => Promise<Result> | Result;

/** The one file with raw `ipcMain`: calls come on one channel, dropped paths on a second one, pushes leave on a third. */
export function answerCalls(handlers: Handlers, dropped: DroppedPaths): void {
  ipcMain.handle('call', (event, name: unknown, payload: unknown) =>
    dispatch(handlers, name, payload, senderOf(event)),
  );
  ipcMain.on('dropped', (event, path: unknown) => dropped.add(path, senderOf(event)));
}

function senderOf({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): Sender {
  const mainFrame = senderFrame !== null && senderFrame === sender.mainFrame;
  return { url: senderFrame?.url ?? '', mainFrame };
}

/** Tells every window; a window that is going away is left alone. */
export const push: Push = (name, payload) => {
  for (const window of BrowserWindow.getAllWindows()) {
    if (!window.isDestroyed() && !window.webContents.isDestroyed()) {
      window.webContents.send('push', name, payload);
    }
  }
};

/** Checks sender, name and payload, then answers in an envelope. Never rejects. */
export async function dispatch(
  handlers: Partial<Handlers>,
  name: unknown,
  payload: unknown,
  sender: Sender,
): Promise<Envelope<unknown>> {
  try {
    if (!isOurWindow(sender))
      throw new Refusal('Only the window of Nightshift may call Nightshift.');
    if (!isCall(name))
      throw new Refusal(
        `Nightshift knows no call “${typeof name === 'string' ? name : typeof name}”.`,
      );
    const parsed = CALLS[name].payload.safeParse(payload);
    if (!parsed.success) throw misfit(name, parsed.error);
    const handler = handlers[name] as ((payload: unknown) => unknown) | undefined;
    return { ok: true, value: (await handler?.(parsed.data)) ?? null };
  } catch (error) {
    const { message, nextStep } = refusalOf(error);
    if (!(error instanceof Refusal)) console.error(name, error);
    return { ok: false, error: { message, nextStep } };
  }
}

function isCall(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(CALLS, name);
}

function misfit(name: CallName, error: z.ZodError): Refusal {
  const [line] = z.prettifyError(error).split('\n');
  return new Refusal(`The call “${name}” was refused: ${line?.replace(/^✖ /, '')}.`);
}
