import { cpus, homedir, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  Notification,
  powerSaveBlocker,
  safeStorage,
  shell,
} from 'electron';
import type { BatchPlace } from '../../../shared/batch.ts';
import type { MenuCommand } from '../../../shared/ipc.ts';
import type { AppInfo } from '../../../shared/view.ts';
import { Refusal } from '../refusal.ts';
import { nameOf } from '../sessions/view.ts';
import type { Safe } from '../stores/telling.ts';
import { offerInMenu } from './menu.ts';
import { showWindow } from './window.ts';

/** What is done outside of the window: system dialogs, the clipboard, the file manager. */
export interface Desktop {
  /** `null`: the dialog was closed. */
  readonly chooseFolder: () => Promise<string | null>;
  /** Where a shot folder is now. */
  readonly locateFolder: (name: string) => Promise<string | null>;
  readonly chooseOutput: () => Promise<string | null>;
  /** A program or an app, or a folder with some. */
  readonly chooseBlender: (what: 'program' | 'folder') => Promise<string | null>;
  readonly reveal: (path: string) => void;
  /** Opens a file of ours in the program that the system has for it. Rejects with a sentence. */
  readonly openFile: (path: string) => Promise<void>;
  /** Where the report of a shot folder is to be written; `null`: the dialog was closed. */
  readonly chooseReport: (batch: BatchPlace) => Promise<string | null>;
  readonly copy: (text: string) => void;
  /** What the application menu offers. */
  readonly offer: (commands: readonly MenuCommand[]) => void;
}

export const desktop: Desktop = {
  chooseFolder: () => choose({ title: 'Open a shot folder', properties: ['openDirectory'] }),
  locateFolder: (name) =>
    choose({ title: `Where is “${name}” now?`, properties: ['openDirectory'] }),
  chooseOutput: () =>
    choose({
      title: 'Choose a folder for frames',
      properties: ['openDirectory', 'createDirectory'],
    }),
  chooseBlender: (what) =>
    what === 'program'
      ? choose({ title: 'Add a Blender', properties: ['openFile'] })
      : choose({ title: 'Add a folder with Blenders', properties: ['openDirectory'] }),
  reveal: (path) => shell.showItemInFolder(path),
  openFile: async (path) => {
    const problem = await shell.openPath(path);
    if (problem) throw new Refusal(`${path} could not be opened: ${problem}.`, 'Open it by hand.');
  },
  chooseReport: async ({ folder, outputRoot, test, files }) => {
    // That of the finals stays beside it.
    const own = nameOf(folder, files).replace(/\.blend$/i, '');
    const name = test ? `${own}-${basename(outputRoot)}` : own;
    const options = {
      title: 'Export report',
      defaultPath: join(folder, `${name}-report.md`),
      filters: [
        { name: 'Markdown, pictures beside it', extensions: ['md'] },
        { name: 'One page to send, pictures inside', extensions: ['html'] },
      ],
    };
    const window = BrowserWindow.getAllWindows()[0];
    const { canceled, filePath } = await (window
      ? dialog.showSaveDialog(window, options)
      : dialog.showSaveDialog(options));
    return canceled || !filePath ? null : filePath;
  },
  copy: (text) => clipboard.writeText(text),
  offer: offerInMenu,
};

async function choose(options: Electron.OpenDialogOptions): Promise<string | null> {
  const window = BrowserWindow.getAllWindows()[0];
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return canceled ? null : (filePaths[0] ?? null);
}

/** What the About box and the settings say. */
export function appInfo(dataDirectory: string): AppInfo {
  return {
    version: app.getVersion(),
    electron: process.versions.electron,
    platform: process.platform,
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    dataDirectory,
    homeDirectory: homedir(),
  };
}

/** How full the bar on the taskbar is, and in which manner. */
export interface TaskbarState {
  readonly fraction: number;
  readonly mode: 'normal' | 'paused' | 'indeterminate';
}

/** `null`: no bar. */
export function showOnTaskbar(bar: TaskbarState | null): void {
  for (const window of BrowserWindow.getAllWindows()) {
    window.setProgressBar(bar?.fraction ?? -1, { mode: bar?.mode ?? 'none' });
  }
}

let blocker: number | null = null;

/** Whether the computer may not go to sleep by itself. */
export function keepAwake(wanted: boolean): void {
  if (wanted) {
    blocker ??= powerSaveBlocker.start('prevent-app-suspension');
  } else if (blocker !== null) {
    powerSaveBlocker.stop(blocker);
    blocker = null;
  }
}

/** A notification. */
export interface Notice {
  readonly title: string;
  readonly body: string;
}

/** Says it outside of the window. Not while the window is looked at: it says the same. */
export function notify(words: Notice): void {
  if (!Notification.isSupported() || BrowserWindow.getFocusedWindow()) return;
  const notification = new Notification(words);
  notification.on('click', showWindow);
  notification.show();
}

/** Encrypts with what the system keeps for this user: Keychain, DPAPI, or the secret store of a Linux desktop. */
export const systemSafe: Safe = {
  isAvailable: () => safeStorage.isEncryptionAvailable() && !isPretended(),
  lock: (text) => safeStorage.encryptString(text).toString('base64'),
  unlock: (locked) => safeStorage.decryptString(Buffer.from(locked, 'base64')),
};

/** Without a secret store Linux would encrypt with a password that everybody knows. */
function isPretended(): boolean {
  return process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
}
