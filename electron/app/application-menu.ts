import { app, Menu } from 'electron';
import { MENU_COMMANDS, type MenuCommand } from '../../shared/ipc.ts';
import { menuTemplate } from './menu.ts';
import { push } from './push.ts';

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
