import { join } from 'node:path';
import { app, BrowserWindow, session, utilityProcess } from 'electron';
import { dataDirectory } from '../engine/index.ts';
import {
  claimScheme,
  denyPermissions,
  guardContents,
  serveWindow,
} from './desktop/app-protocol.ts';
import { appInfo, desktop } from './desktop/desktop.ts';
import { buildMenu } from './desktop/menu.ts';
import { FoldersFromOutside } from './desktop/opened-from-outside.ts';
import { endWell } from './desktop/quit.ts';
import {
  applyTheme,
  followTheme,
  openWindow,
  rememberPlace,
  windowPlaceFile,
} from './desktop/window.ts';
import { callHandlers } from './ipc/calls.ts';
import { answerCalls, push } from './ipc/ipc.ts';
import { NightControl } from './night/night-control.ts';
import { noticeOf, refusalOf } from './refusal.ts';
import { Sessions } from './sessions/sessions.ts';
import { BlenderShelf } from './stores/blenders.ts';
import { ClusterShelf } from './stores/cluster.ts';
import { settingsFile } from './stores/settings.ts';
import { TrustStore } from './stores/trust.ts';
import type { StartMaker } from './thumbnails/maker.ts';
import { Thumbnails } from './thumbnails/thumbnails.ts';
import { WatchedFolders, watchHost } from './watch/watched-folders.ts';

const data = dataDirectory();
// All in one place; the single-instance lock is then per data directory, too.
app.setPath('userData', join(data, 'window'));
// By it Windows knows whose notifications they are: the `appId` of build/electron-builder.config.mjs.
app.setAppUserModelId('io.nightshift.app');
claimScheme();

if (app.requestSingleInstanceLock()) {
  const fromOutside = new FoldersFromOutside();
  app.whenReady().then(() => start(fromOutside), fatal);
} else {
  // The first instance was told and shows the folder.
  app.exit(0);
}

async function start(fromOutside: FoldersFromOutside): Promise<void> {
  const settings = settingsFile(data);
  const trust = new TrustStore(data);
  const place = windowPlaceFile(data);
  const blenders = new BlenderShelf(data);
  const cluster = new ClusterShelf();
  void cluster.look();
  const sessions = new Sessions({
    data,
    settings,
    trust,
    blenders,
    cluster,
    push,
    onSignal: (batch, signal) => {
      night.heard(batch, signal);
      if (signal === null) watched.ended(batch.id);
    },
    onOpened: ({ id }) => void watched.opened(id),
    onEnded: (batch, result) => void night.ended(batch, result),
    opensAnother: () => fromOutside.isExpected,
  });
  const night = new NightControl({ data, sessions, settings, push });
  const watched = new WatchedFolders(watchHost(data, sessions, push));
  const thumbnails = new Thumbnails(thumbnailProcess(data), sessions);
  endWell({
    busy: () => night.busy(),
    close: async () => {
      const [window] = BrowserWindow.getAllWindows();
      const nightClosed = night.close();
      thumbnails.close();
      const closing = [nightClosed, watched.close(), sessions.closeAll(), settings.settled()];
      await Promise.all([...closing, rememberPlace(window, place)]);
    },
  });
  // A fault must neither end the night nor show a stack trace.
  process.on('uncaughtException', (error) => {
    console.error(error);
    push('notice', refusalOf(error).message);
  });
  guardContents();
  denyPermissions(session.defaultSession);
  serveWindow(join(app.getAppPath(), 'out/renderer'), (wish) => thumbnails.get(wish));
  answerCalls(
    callHandlers({
      info: () => appInfo(data),
      sessions,
      night,
      watched,
      settings,
      trust,
      blenders,
      cluster,
      thumbnails,
      desktop,
      samples: join(app.isPackaged ? process.resourcesPath : appAssets(), 'sample-shots'),
      onSettings: async (chosen) => {
        applyTheme(chosen.theme);
        await sessions.configure(chosen);
      },
    }),
  );
  buildMenu((command) => push('menu:command', command));
  applyTheme((await settings.read()).theme);
  followTheme();
  await openWindow(place);
  fromOutside.deliver(async (path) => {
    try {
      push('folder:opened', (await sessions.openPath(path)).snapshot());
    } catch (error) {
      push('notice', noticeOf(error));
    }
  });
  await night.takeUp();
}

/** Disk that all thumbnails together may take. */
const THUMBNAIL_BYTES = 200 * 2 ** 20;

/** Starts processes that make thumbnails. @param data the app data directory */
function thumbnailProcess(data: string): StartMaker {
  return (hears, exited) => {
    const child = utilityProcess.fork(
      join(app.getAppPath(), 'out/main/thumbnail-worker.js'),
      [join(data, 'thumbnails'), String(THUMBNAIL_BYTES)],
      { serviceName: 'Nightshift thumbnails', stdio: 'ignore' },
    );
    child.on('message', (answer) => hears(answer));
    child.on('exit', exited);
    return { post: (order) => child.postMessage(order), end: () => void child.kill() };
  };
}

function appAssets(): string {
  return join(app.getAppPath(), 'assets');
}

function fatal(error: unknown): void {
  console.error(error);
  app.exit(1);
}
