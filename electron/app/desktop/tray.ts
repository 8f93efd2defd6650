import { join } from 'node:path';
import { app, BrowserWindow, Menu, type MenuItemConstructorOptions, Tray } from 'electron';
import { clockText } from '../../../shared/schedule.ts';
import { Throttle } from '../throttle.ts';
import { showWindow } from './window.ts';

export interface TrayHost {
  /** `null`: nothing renders or waits. */
  readonly state: () => TrayState | null;
  readonly act: (act: Exclude<TrayAct, 'show' | 'quit'>) => void;
}

const UPDATE_MS = 1000;

/** The icon in the tray: there while something renders or waits for its time, and while the window is away. */
export class NightTray {
  #tray: Tray | null = null;
  /** What its menu was made of. */
  #menu = '';
  readonly #updates = new Throttle(UPDATE_MS, () => this.#show());

  constructor(private readonly host: TrayHost) {
    app.on('activate', showWindow);
    app.on('browser-window-created', (_event, window) => {
      window.on('hide', () => this.changed());
      window.on('show', () => this.changed());
    });
  }

  /** Soon it shows what is so now. */
  changed(): void {
    this.#updates.ask();
  }

  close(): void {
    this.#updates.stop();
    this.#tray?.destroy();
    this.#tray = null;
  }

  #show(): void {
    const state = this.host.state();
    const needed = isWindowAway() || (state !== null && state.phase !== 'at-rest');
    if (!needed) {
      this.#tray?.destroy();
      this.#tray = null;
      return;
    }
    this.#tray ??= this.#created();
    this.#tray.setToolTip(trayTooltip(state));
    // An open menu closes when it is replaced.
    const menu = JSON.stringify(trayMenu(state, () => {}));
    if (menu === this.#menu) return;
    this.#menu = menu;
    const template = trayMenu(state, (act) => this.#act(act));
    this.#tray.setContextMenu(Menu.buildFromTemplate(template));
  }

  #created(): Tray {
    this.#menu = '';
    const tray = new Tray(iconFile());
    tray.on('click', showWindow);
    return tray;
  }

  #act(act: TrayAct): void {
    if (act === 'show') showWindow();
    else if (act === 'quit') app.quit();
    else this.host.act(act);
  }
}

function isWindowAway(): boolean {
  return BrowserWindow.getAllWindows().every((window) => !window.isVisible());
}

function iconFile(): string {
  const folder = app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'assets');
  const name = process.platform === 'darwin' ? 'trayTemplate' : 'tray';
  return join(folder, 'tray', `${name}.png`);
}

/** What the tray tells of the night. */
export interface TrayState {
  /** Of the batch. */
  readonly name: string;
  readonly phase: 'waiting' | 'running' | 'paused' | 'at-rest';
  /** Whole per cent of the frames that are known; `null`: none is known. */
  readonly percent: number | null;
  /** ms since 1970, to the minute: when it starts, or is done. */
  readonly at: number | null;
  /** So many other batches begin by themselves after it. */
  readonly more: number;
  /** ms since 1970, to the minute: when the last of them is done; `null`: nobody knows. */
  readonly nightAt: number | null;
}

export type TrayAct = 'show' | 'pause' | 'unpause' | 'start' | 'quit';

/** `film: 58 %, done about 06:40` */
export function trayTooltip(state: TrayState | null): string {
  return state
    ? lines(state)
        .join(', ')
        .replace(/, (\d)/, ': $1')
    : 'Nightshift';
}

/** What can be done without the window. */
export function trayMenu(
  state: TrayState | null,
  act: (act: TrayAct) => void,
): MenuItemConstructorOptions[] {
  const item = (label: string, what: TrayAct) => ({ label, click: () => act(what) });
  const words = state ? lines(state).map((label) => ({ label, enabled: false })) : [];
  return [
    ...words,
    ...(state ? [SEPARATOR] : []),
    item('Show Nightshift', 'show'),
    ...(state?.phase === 'running' ? [item('Pause', 'pause')] : []),
    ...(state?.phase === 'paused' ? [item('Resume', 'unpause')] : []),
    ...(state?.phase === 'waiting' ? [item('Start now', 'start')] : []),
    SEPARATOR,
    item('Quit Nightshift', 'quit'),
  ];
}

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

function lines(state: TrayState): readonly string[] {
  const { more, nightAt, phase } = state;
  if (more === 0 || phase === 'at-rest') return linesOf(state);
  const end = nightAt === null ? '' : `, all done about ${clockText(nightAt)}`;
  return [...linesOf(state), `then ${more} more${end}`];
}

function linesOf({ name, phase, percent, at }: TrayState): readonly string[] {
  const share = percent === null ? [] : [`${percent} %`];
  const time = at === null ? null : clockText(at);
  switch (phase) {
    case 'waiting':
      return [name, ...(time ? [`starts at ${time}`] : [])];
    case 'running':
      return [name, ...share, ...(time ? [`done about ${time}`] : [])];
    case 'paused':
      return [name, ...share, 'paused'];
    case 'at-rest':
      return [name, ...share];
  }
}
