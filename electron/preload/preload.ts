import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Envelope, NightshiftApi, Pushes } from '../../shared/ipc.ts';
import { CALL_NAMES, PUSHES } from '../../shared/ipc-names.ts';

/** A page can't make a `File` that has a path, so what has one was dropped by a hand. */
const dropped = new Set<string>();

/** The only door between window and main process. Names are checked here, payloads in the main process. */
const nightshift: NightshiftApi = {
  call: async (name, payload) => {
    if (!includes(CALL_NAMES, name)) return refused(`Nightshift knows no call “${String(name)}”.`);
    if (name === 'folder:open' && !wasDropped(payload)) {
      return refused('Only a folder that was dropped on the window is opened by its path.');
    }
    return ipcRenderer.invoke(name, payload);
  },
  on: (name, listener) => {
    if (!includes(PUSHES, name)) throw new Error(`Nightshift never tells “${String(name)}”.`);
    // The event is kept back: it carries the sender.
    const relay = (_event: unknown, payload: Pushes[typeof name]) => listener(payload);
    ipcRenderer.on(name, relay);
    return () => void ipcRenderer.removeListener(name, relay);
  },
  pathForFile: (file) => {
    const path = webUtils.getPathForFile(file);
    if (path !== '') dropped.add(path);
    return path;
  },
};

contextBridge.exposeInMainWorld('nightshift', nightshift);

function includes(names: readonly string[], name: unknown): boolean {
  return typeof name === 'string' && names.includes(name);
}

function wasDropped(payload: unknown): boolean {
  const path = typeof payload === 'object' && payload !== null && 'path' in payload && payload.path;
  return typeof path === 'string' && dropped.has(path);
}

function refused(message: string): Envelope<never> {
  return { ok: false, error: { message, nextStep: null } };
}
