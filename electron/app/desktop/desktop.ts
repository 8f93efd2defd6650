import { join } from 'node:path';
import { BrowserWindow, clipboard, dialog, Notification, shell } from 'electron';
import type { MenuCommand } from '../../../shared/ipc.ts';
import type { Words } from '../night/night-words.ts';
import { nameOf } from '../sessions/view.ts';
import { offerInMenu } from './application-menu.ts';
import { showWindow } from './window.ts';

/** What is done outside of the window: system dialogs, the clipboard, the file manager. */
export interface Desktop {
  /** `null`: the dialog was closed. */
  readonly chooseFolder: () => Promise<string | null>;
  readonly chooseOutput: () => Promise<string | null>;
  /** A program or an app, or a folder with some. */
  readonly chooseBlender: (what: 'program' | 'folder') => Promise<string | null>;
  readonly reveal: (path: string) => void;
  /** Where the report of a shot folder is to be written; `null`: the dialog was closed. */
  readonly chooseReport: (folder: string) => Promise<string | null>;
  readonly copy: (text: string) => void;
  /** What the application menu offers. */
  readonly offer: (commands: readonly MenuCommand[]) => void;
}

export const desktop: Desktop = {
  chooseFolder: () => choose({ title: 'Open a shot folder', properties: ['openDirectory'] }),
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
  chooseReport: async (folder) => {
    const options = {
      title: 'Export report',
      defaultPath: join(folder, `${nameOf(folder)}-report.md`),
      filters: [{ name: 'Markdown', extensions: ['md'] }],
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

/** Says it outside of the window. Not while the window is looked at: it says the same. */
export function notify(words: Words): void {
  if (!Notification.isSupported() || BrowserWindow.getFocusedWindow()) return;
  const notification = new Notification(words);
  notification.on('click', showWindow);
  notification.show();
}
