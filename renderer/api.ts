import type {
  CallName,
  CallPayload,
  CallResult,
  Envelope,
  NightshiftApi,
  Pushes,
  PushName,
} from '../shared/ipc.ts';

declare global {
  interface Window {
    readonly nightshift: NightshiftApi;
  }
}

/** Asks the main process. Never throws: a broken line is an envelope like any other refusal. */
export async function ask<N extends CallName>(
  name: N,
  payload: CallPayload<N>,
): Promise<Envelope<CallResult<N>>> {
  try {
    return await window.nightshift.call(name, payload);
  } catch (error) {
    console.error(name, error);
    return {
      ok: false,
      error: {
        message: 'The window could not reach the part of Nightshift that renders.',
        nextStep: 'Close the window and start Nightshift again. Finished frames are safe.',
      },
    };
  }
}

/** Listens to the main process. Returns the function that stops listening. */
export function listen<N extends PushName>(
  name: N,
  listener: (payload: Pushes[N]) => void,
): () => void {
  return window.nightshift.on(name, listener);
}

/** The path of a dropped file or folder; empty if it has none. */
export function pathOf(file: File): string {
  return window.nightshift.pathForFile(file);
}
