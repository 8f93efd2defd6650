import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { z } from 'zod';
import type { Settings } from '../../../shared/settings.ts';
import { JsonFile } from '../stores/json-file.ts';
import { ORIGIN } from './app-protocol.ts';

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

/** Brings the window back without taking the keyboard from what is at the front. */
export function showWindowBehind(): void {
  for (const window of BrowserWindow.getAllWindows()) window.showInactive();
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

const MIN_WIDTH = 1000;
const MIN_HEIGHT = 640;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was when it was closed; `bounds` as it is when not maximised. */
export interface WindowPlace {
  readonly bounds: Rectangle | null;
  readonly maximized: boolean;
}

const schema: z.ZodType<WindowPlace> = z.object({
  bounds: z
    .object({
      x: z.int(),
      y: z.int(),
      width: z.int().min(MIN_WIDTH),
      height: z.int().min(MIN_HEIGHT),
    })
    .nullable(),
  maximized: z.boolean(),
});

export function windowPlaceFile(data: string): JsonFile<WindowPlace> {
  return new JsonFile(join(data, 'window.json'), schema, { bounds: null, maximized: false });
}

/** The remembered bounds if enough of them to grab is on a screen, otherwise `null`. */
export function boundsOnScreen(
  bounds: Rectangle | null,
  screens: readonly Rectangle[],
): Rectangle | null {
  if (!bounds) return null;
  return screens.some((screen) => overlap(bounds, screen) >= GRAB) ? bounds : null;
}

/** Pixels of a title bar that a hand can take hold of. */
const GRAB = 120;

function overlap(bounds: Rectangle, screen: Rectangle): number {
  const right = Math.min(bounds.x + bounds.width, screen.x + screen.width);
  const titleVisible = bounds.y >= screen.y - 8 && bounds.y < screen.y + screen.height - 40;
  return titleVisible ? right - Math.max(bounds.x, screen.x) : 0;
}
