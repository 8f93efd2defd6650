import { BrowserWindow } from 'electron';
import { execa } from 'execa';

/**
 * Whether an icon in the tray can be seen. Windows and macOS always have a place for it; of a Linux desktop
 * its session bus is asked whether somebody shows them. Never rejects.
 */
export async function hasTray(platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (platform !== 'linux') return true;
  const call = ['call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/'];
  const method = ['--method', 'org.freedesktop.DBus.NameHasOwner', 'org.kde.StatusNotifierWatcher'];
  const { stdout } = await execa('gdbus', [...call, ...method], { timeout: 1000, reject: false });
  return stdout === '(true,)';
}

/** Puts the window away: into the tray, or where there is none into the task bar, so that it can be found again. */
export function putWindowAway(tray: boolean): void {
  for (const window of BrowserWindow.getAllWindows()) {
    if (tray) window.hide();
    else window.minimize();
  }
}
