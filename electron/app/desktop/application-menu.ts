import { cpus, homedir, totalmem } from 'node:os';
import { app, Menu } from 'electron';
import { MENU_COMMANDS, type MenuCommand } from '../../../shared/ipc.ts';
import type { AppInfo } from '../../../shared/view.ts';
import { push } from '../ipc/ipc.ts';
import { menuTemplate } from './menu.ts';

/** Builds the application's menu and its About box. */
export function buildMenu(): void {
  const template = menuTemplate({
    platform: process.platform,
    development: !app.isPackaged,
    send: (command) => push('menu:command', command),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  app.setAboutPanelOptions({
    applicationName: 'Nightshift',
    applicationVersion: app.getVersion(),
    version: `Electron ${process.versions.electron}`,
  });
}

/** Only these can be chosen from now on. */
export function offerInMenu(commands: readonly MenuCommand[]): void {
  const menu = Menu.getApplicationMenu();
  for (const command of MENU_COMMANDS) {
    const item = menu?.getMenuItemById(command);
    if (item) item.enabled = commands.includes(command);
  }
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
