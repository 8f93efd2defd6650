import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { app } from 'electron';
import {
  AppImageUpdater,
  type AppUpdater,
  CancellationToken,
  DebUpdater,
  MacUpdater,
  NsisUpdater,
  RpmUpdater,
} from 'electron-updater';
import type { Packaging } from '../../../shared/update.ts';
import { type UpdateSource, updateOf } from './updates.ts';

/**
 * The one file that knows electron-updater, which checks what it fetches by SHA-512, and by signature where the system
 * has them. It is loaded when somebody asks.
 * @param channel `app-update.yml`, absolute
 */
export function openUpdater(packaging: Packaging, channel: string): UpdateSource {
  const updater = updaterFor(packaging);
  updater.autoDownload = false;
  // What is ready goes in by `leave` of `Updates`. On macOS only the system can do it, when the program is gone.
  updater.autoInstallOnAppQuit = packaging === 'mac-app';
  updater.disableWebInstaller = true;
  // A file is fetched whole, so that its own checksum counts.
  updater.disableDifferentialDownload = true;
  updater.logger = null;
  // It would send a number that tells this computer from others.
  updater.requestHeaders = { 'x-user-staging-id': 'none' };
  updater.updateConfigPath = channel;
  updater.forceDevUpdateConfig = !app.isPackaged;
  let failed: unknown = null;
  updater.on('error', (error) => {
    failed = error;
  });
  return {
    newest: async () => {
      const answer = await updater.checkForUpdates();
      return answer?.isUpdateAvailable ? updateOf(answer.updateInfo) : null;
    },
    fetch: async (tell, stopped) => {
      await refuseLackOfRoom(packaging);
      const token = new CancellationToken();
      const stop = () => token.cancel();
      const hear = (got: { transferred: number; total: number }) =>
        tell(got.transferred, got.total);
      if (stopped.aborted) stop();
      stopped.addEventListener('abort', stop);
      updater.on('download-progress', hear);
      try {
        const [file] = await updater.downloadUpdate(token);
        if (file === undefined) throw new Error('electron-updater told of no file.');
        return file;
      } finally {
        stopped.removeEventListener('abort', stop);
        updater.off('download-progress', hear);
      }
    },
    install: async (restart) => {
      if (packaging === 'mac-app' && !restart) return;
      failed = null;
      // The new program may be up before this one is gone.
      app.releaseSingleInstanceLock();
      updater.quitAndInstall(true, restart);
      if (failed !== null) throw failed;
      // There the system ends this program when it is ready to.
      if (packaging === 'mac-app') await new Promise(() => {});
    },
  };
}

/** By what we came in: what a package says of itself may stand in an archive as well, since they are packed of one folder. */
function updaterFor(packaging: Packaging): AppUpdater {
  switch (packaging) {
    case 'app-image':
      return new AppImageUpdater();
    case 'deb':
      return new DebUpdater();
    case 'rpm':
      return new RpmUpdater();
    case 'installer':
      return new NsisUpdater();
    case 'mac-app':
      return new MacUpdater();
    case 'archive':
    case 'clone':
      throw new Error('What was unpacked somewhere is not updated.');
  }
}

/** Of a package that is unpacked, at most. */
const ROOM = 1024 ** 3;

/** An AppImage is taken away before the new one stands in its place, so that there must be a place. */
async function refuseLackOfRoom(packaging: Packaging): Promise<void> {
  const file = process.env.APPIMAGE;
  if (packaging !== 'app-image' || file === undefined) return;
  const folder = dirname(file);
  await access(folder, constants.W_OK);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < ROOM) {
    throw Object.assign(new Error(`ENOSPC: no room in ${folder}`), { code: 'ENOSPC' });
  }
}
