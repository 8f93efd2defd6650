import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { app } from 'electron';
import { writeAtomically } from '../../engine/lib/atomic-file.ts';

/** Lets the system start Nightshift when the artist logs in, or not any more. Throws what the disk says. */
export async function startAtLogin(on: boolean): Promise<void> {
  // A clone is started as Electron with its folder.
  const args = app.isPackaged ? [] : [app.getAppPath()];
  if (process.platform === 'darwin' || process.platform === 'win32') {
    app.setLoginItemSettings({ openAtLogin: on, path: process.execPath, args });
    return;
  }
  const file = autostartFile(process.env, homedir());
  if (!on) return rm(file, { force: true });
  await mkdir(dirname(file), { recursive: true });
  // An AppImage runs from a place of its own each time.
  const program = process.env.APPIMAGE ?? process.execPath;
  await writeAtomically(file, autostartEntry([program, ...args]));
}

/** Where desktops of Linux look for what they start: the Desktop Application Autostart Specification. */
export function autostartFile(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'autostart', 'nightshift.desktop');
}

/** What stands in it. @param command a program and its arguments */
export function autostartEntry(command: readonly string[]): string {
  const exec = command.map(quoted).join(' ');
  return `[Desktop Entry]\nType=Application\nName=Nightshift\nExec=${exec}\nTerminal=false\n`;
}

/** As the Desktop Entry Specification quotes: for its arguments, then for its strings; a per cent sign means no field. */
function quoted(text: string): string {
  const argument = text.replaceAll(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${argument.replaceAll('\\', '\\\\')}"`;
}
