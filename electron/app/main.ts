import { join } from 'node:path';
import { app, Menu, session } from 'electron';
import { dataDirectory } from '../batch/checkpoint/data-directory.ts';
import { claimScheme, serveWindow } from './app-protocol.ts';
import { denyPermissions, guardContents } from './guards.ts';
import { menuTemplate } from './menu.ts';
import { push } from './push.ts';
import { settingsFile } from './settings-store.ts';
import { applyTheme, followTheme } from './theme.ts';
import { openWindow, showWindow } from './window.ts';
import { windowPlaceFile } from './window-place.ts';

const data = dataDirectory();
// All in one place; the single-instance lock is then per data directory, too.
app.setPath('userData', join(data, 'window'));
claimScheme();

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', showWindow);
  app.on('window-all-closed', () => app.quit());
  app.whenReady().then(start, fatal);
} else {
  app.quit();
}

async function start(): Promise<void> {
  const settings = settingsFile(data);
  applyTheme((await settings.read()).theme);
  followTheme();
  guardContents();
  denyPermissions(session.defaultSession);
  serveWindow(join(app.getAppPath(), 'out/renderer'));
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        development: !app.isPackaged,
        send: (command) => push('menu:command', command),
      }),
    ),
  );
  await openWindow(windowPlaceFile(data));
}

function fatal(error: unknown): void {
  console.error(error);
  app.exit(1);
}
