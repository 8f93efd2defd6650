import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { NightshiftApi, PushName } from '../../shared/ipc.ts';

const listeners = new Map<PushName, Set<(payload: never) => void>>();

/** The only door between window and main process, which checks each name and payload: this stays small. */
const nightshift: NightshiftApi = {
  call: (name, payload) => ipcRenderer.invoke('call', name, payload),
  on: (name, listener) => {
    const own = listeners.get(name) ?? new Set();
    listeners.set(name, own.add(listener));
    return () => void own.delete(listener);
  },
  pathForFile: (file) => {
    const path = webUtils.getPathForFile(file);
    // A page can't make a `File` that has a path: the main process opens these, and no others.
    if (path !== '') ipcRenderer.send('dropped', path);
    return path;
  },
};

// The event is kept back: it carries the sender.
ipcRenderer.on('push', (_event, name: PushName, payload) => {
  for (const listener of listeners.get(name) ?? []) listener(payload as never);
});
contextBridge.exposeInMainWorld('nightshift', nightshift);
