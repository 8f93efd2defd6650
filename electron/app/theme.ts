import { BrowserWindow, nativeTheme } from 'electron';
import type { Settings } from '../../shared/view.ts';

/** The window's ground, shown before the page is painted. */
const GROUND = { dark: '#15171b', light: '#f3f4f6' } as const;

export function applyTheme(theme: Settings['theme']): void {
  nativeTheme.themeSource = theme;
}

export function groundColour(): string {
  return nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light;
}

export function followTheme(): void {
  nativeTheme.on('updated', () => {
    for (const window of BrowserWindow.getAllWindows()) window.setBackgroundColor(groundColour());
  });
}
