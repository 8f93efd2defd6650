import { cpus, homedir, totalmem } from 'node:os';
import { app } from 'electron';
import type { AppInfo } from '../../shared/view.ts';

/** What the About box and the settings say. */
export function appInfo(dataDirectory: string): AppInfo {
  return {
    version: app.getVersion(),
    electron: process.versions.electron,
    platform: process.platform,
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    dataDirectory,
    homeDirectory: homedir(),
  };
}
