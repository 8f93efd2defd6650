import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { MENU_COMMANDS, type MenuCommand } from '../../../shared/ipc.ts';

/** Builds the application's menu and its About box. */
export function buildMenu(send: MenuOptions['send']): void {
  const { platform } = process;
  const template = menuTemplate({ platform, development: !app.isPackaged, send });
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

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly development: boolean;
  readonly send: (command: MenuCommand) => void;
}

/** The application menu. Items act in the window, which knows what is selected and says which make sense now. */
export function menuTemplate({ platform, development, send }: MenuOptions) {
  const mac = platform === 'darwin';
  const item = (label: string, accelerator: string | null, command: MenuCommand) => ({
    id: command,
    label,
    ...(accelerator ? { accelerator } : {}),
    click: () => send(command),
  });
  const settings = item('Settings…', 'CmdOrCtrl+,', 'settings');
  const updates = item('Check for Updates…', null, 'updates');
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [applicationMenu(settings, updates)] : []),
    {
      label: '&File',
      submenu: [
        item('Open Folder…', 'CmdOrCtrl+O', 'open-folder'),
        item('Open Sample Shots', null, 'open-samples'),
        item('Open Shot in Blender', 'CmdOrCtrl+B', 'open-in-blender'),
        SEPARATOR,
        item('Export Report…', 'CmdOrCtrl+E', 'export-report'),
        item('Copy Report', 'CmdOrCtrl+Shift+C', 'copy-report'),
        item('Nights of This Batch…', null, 'nights'),
        ...(mac ? [] : [SEPARATOR, settings, SEPARATOR, { role: 'quit' } as const]),
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        SEPARATOR,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        SEPARATOR,
        item('Find Shot', 'CmdOrCtrl+F', 'find'),
      ],
    },
    {
      label: '&Batch',
      submenu: [
        item('Render', 'CmdOrCtrl+R', 'render'),
        item('Test Pass…', 'CmdOrCtrl+T', 'test-pass'),
        item('Pause', 'CmdOrCtrl+P', 'pause'),
        item('Cancel…', 'CmdOrCtrl+.', 'cancel'),
        SEPARATOR,
        item('Retry', 'CmdOrCtrl+Shift+R', 'retry'),
        item('Render Again…', null, 'render-again'),
        item('Render Rejected Again', null, 'render-rejected'),
        item('Render Older Frames Again', null, 'render-older'),
        item('Keep Older Frames', null, 'keep-older'),
        SEPARATOR,
        item('Leave Out', 'CmdOrCtrl+L', 'leave-out'),
        item('What Is Left Out…', 'CmdOrCtrl+Shift+L', 'left-out'),
        item('Make a Shot for Each Scene', 'CmdOrCtrl+D', 'split-scenes'),
        item('Make a Shot for Each Camera', 'CmdOrCtrl+Shift+D', 'split-cameras'),
        SEPARATOR,
        item('Render First', 'CmdOrCtrl+Shift+F', 'render-first'),
        item('Raise Priority', null, 'raise-priority'),
        item('Lower Priority', null, 'lower-priority'),
        SEPARATOR,
        item('Review', null, 'review'),
        item('Show Frames', null, 'show-frames'),
      ],
    },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        SEPARATOR,
        { role: 'togglefullscreen' },
        ...(development ? [{ role: 'toggleDevTools' } as const] : []),
      ],
    },
    {
      label: '&Help',
      role: 'help',
      submenu: [
        // Not Ctrl+/: GTK takes that one to select all.
        item('Keyboard Shortcuts', 'F1', 'shortcuts'),
        ...(mac ? [] : [SEPARATOR, updates, SEPARATOR, { role: 'about' } as const]),
      ],
    },
  ];
  return template;
}

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

function applicationMenu(
  settings: MenuItemConstructorOptions,
  updates: MenuItemConstructorOptions,
): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      updates,
      SEPARATOR,
      settings,
      SEPARATOR,
      { role: 'services' },
      SEPARATOR,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      SEPARATOR,
      { role: 'quit' },
    ],
  };
}
