import type { MenuCommand } from '../../shared/ipc.ts';
import { useUi } from '../store/ui-store.ts';
import { runCommand } from './commands.ts';
import { closeInspector } from './ui-actions.ts';

const MAC = typeof navigator !== 'undefined' && /mac/i.test(navigator.userAgent);

/** For people: `Ctrl+R`, on a Mac `⌘R`. */
export function shortcutText(key: string): string {
  return MAC ? `⌘${key}` : `Ctrl+${key}`;
}

const COMMANDS: Readonly<Record<string, MenuCommand>> = {
  o: 'open-folder',
  b: 'open-in-blender',
  r: 'render',
  t: 'test-pass',
  '.': 'cancel',
  f: 'find',
  l: 'leave-out',
  d: 'split-scenes',
  ',': 'settings',
};

/**
 * Ctrl+O, Ctrl+R and their like. The menu has the same keys for those who read menus; a key taken
 * here is not given to the menu as well, so nothing runs twice.
 */
export function listenToShortcuts(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (useUi.getState().dialog) return;
    if (event.key === 'Escape' && !event.defaultPrevented) return closeInspector();
    const held = MAC ? event.metaKey : event.ctrlKey;
    const command = COMMANDS[event.key.toLowerCase()];
    if (!held || event.altKey || event.shiftKey || !command) return;
    event.preventDefault();
    runCommand(command);
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

/**
 * Keeps the focus where it is when Alt is let go after Alt+↑ and its like. Alt pressed and released alone goes to the
 * menu bar, and Electron, which never hears of a key that the page took, believes that it was alone.
 */
export function keepAltFromMenuBar(): () => void {
  let used = false;
  const onDown = ({ key, altKey, repeat, defaultPrevented }: KeyboardEvent) => {
    if (key !== 'Alt') used ||= altKey && defaultPrevented;
    else if (!repeat) used = false;
  };
  const onUp = (event: KeyboardEvent) => {
    if (event.key !== 'Alt' || !used) return;
    used = false;
    event.preventDefault();
  };
  window.addEventListener('keydown', onDown);
  window.addEventListener('keyup', onUp);
  return () => {
    window.removeEventListener('keydown', onDown);
    window.removeEventListener('keyup', onUp);
  };
}
