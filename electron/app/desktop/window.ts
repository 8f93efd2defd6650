import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import type { Settings } from '../../../shared/view.ts';
import type { JsonFile } from '../stores/json-file.ts';
import { ORIGIN } from './resource.ts';
import { boundsOnScreen, MIN_HEIGHT, MIN_WIDTH, type WindowPlace } from './window-place.ts';

/** Opens the one window, where it was the last time. Resolves when its page is loaded. */
export async function openWindow(place: JsonFile<WindowPlace>): Promise<BrowserWindow> {
  const remembered = await place.read();
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    ...boundsOnScreen(remembered.bounds, screens),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    title: 'Nightshift',
    backgroundColor: groundColour(),
    webPreferences: {
      preload: join(app.getAppPath(), 'out/preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (remembered.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => void rememberPlace(window, place));
  await window.loadURL(`${ORIGIN}/index.html`);
  return window;
}

/** Keeps where the window is for the next start. Never rejects: it is not worth a word. */
export async function rememberPlace(
  window: BrowserWindow | undefined,
  place: JsonFile<WindowPlace>,
): Promise<void> {
  if (!window || window.isDestroyed()) return place.settled();
  const now = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
  await place.write(now).catch((error: unknown) => console.error(error));
}

/** Brings the window to the front, for a second start. */
export function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (!window) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** The window's ground, shown before the page is painted. */
const GROUND = { dark: '#15171b', light: '#f3f4f6' } as const;

export function applyTheme(theme: Settings['theme']): void {
  nativeTheme.themeSource = theme;
}

function groundColour(): string {
  return nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light;
}

export function followTheme(): void {
  nativeTheme.on('updated', () => {
    for (const window of BrowserWindow.getAllWindows()) window.setBackgroundColor(groundColour());
  });
}
