import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Envelope, NightshiftApi, Pushes } from '../../shared/ipc.ts';
import { CALL_NAMES, PUSHES } from '../../shared/ipc-names.ts';

/** The only door between window and main process. Names are checked here, payloads in the main process. */
const nightshift: NightshiftApi = {
  call: async (name, payload) => {
    if (!includes(CALL_NAMES, name)) return refused(name);
    return ipcRenderer.invoke(name, payload);
  },
  on: (name, listener) => {
    if (!includes(PUSHES, name)) throw new Error(`Nightshift never tells “${String(name)}”.`);
    // The event is kept back: it carries the sender.
    const relay = (_event: unknown, payload: Pushes[typeof name]) => listener(payload);
    ipcRenderer.on(name, relay);
    return () => void ipcRenderer.removeListener(name, relay);
  },
  pathForFile: (file) => webUtils.getPathForFile(file),
};

contextBridge.exposeInMainWorld('nightshift', nightshift);

function includes(names: readonly string[], name: unknown): boolean {
  return typeof name === 'string' && names.includes(name);
}

function refused(name: unknown): Envelope<never> {
  return {
    ok: false,
    error: { message: `Nightshift knows no call “${String(name)}”.`, nextStep: null },
  };
}
