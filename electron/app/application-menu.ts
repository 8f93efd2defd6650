import { app, Menu } from 'electron';
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
