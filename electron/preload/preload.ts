import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Envelope, NightshiftApi, PushName } from '../../shared/ipc.ts';

/** A page can't make a `File` that has a path, so what has one was dropped by a hand. */
const dropped = new Set<string>();
const listeners = new Map<PushName, Set<(payload: never) => void>>();

/** The only door between window and main process, which checks each name and payload: this stays small. */
const nightshift: NightshiftApi = {
  call: async (name, payload) => {
    if (name === 'folder:open' && !wasDropped(payload)) {
      return refused('Only a folder that was dropped on the window is opened by its path.');
    }
    return ipcRenderer.invoke('call', name, payload);
  },
  on: (name, listener) => {
    const own = listeners.get(name) ?? new Set();
    listeners.set(name, own.add(listener));
    return () => void own.delete(listener);
  },
  pathForFile: (file) => {
    const path = webUtils.getPathForFile(file);
    if (path !== '') dropped.add(path);
    return path;
  },
};

// The event is kept back: it carries the sender.
ipcRenderer.on('push', (_event, name: PushName, payload) => {
  for (const listener of listeners.get(name) ?? []) listener(payload as never);
});
contextBridge.exposeInMainWorld('nightshift', nightshift);

function wasDropped(payload: unknown): boolean {
  const path = typeof payload === 'object' && payload !== null && 'path' in payload && payload.path;
  return typeof path === 'string' && dropped.has(path);
}

function refused(message: string): Envelope<never> {
  return { ok: false, error: { message, nextStep: null } };
}
