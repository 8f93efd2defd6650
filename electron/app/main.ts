import { join } from 'node:path';
import { app, BrowserWindow, session } from 'electron';
import { dataDirectory } from '../engine/index.ts';
import {
  claimScheme,
  denyPermissions,
  guardContents,
  serveWindow,
} from './desktop/app-protocol.ts';
import { appInfo, buildMenu } from './desktop/application-menu.ts';
import { desktop } from './desktop/desktop.ts';
import { Outside } from './desktop/opened-from-outside.ts';
import { endWell } from './desktop/quit.ts';
import { applyTheme, followTheme, openWindow, rememberPlace } from './desktop/window.ts';
import { windowPlaceFile } from './desktop/window-place.ts';
import { callHandlers } from './ipc/calls.ts';
import { answerCalls, push } from './ipc/ipc.ts';
import { refusalOf } from './ipc/refusal.ts';
import { Night } from './night/night.ts';
import { Sessions } from './sessions/sessions.ts';
import { BlenderShelf } from './stores/blender-shelf.ts';
import { settingsFile } from './stores/settings-store.ts';
import { TrustStore } from './stores/trust-store.ts';
import { Thumbnails } from './thumbnails/thumbnails.ts';
import { utilityMaker } from './thumbnails/utility.ts';
import { watchHost } from './watch/watch-host.ts';
import { WatchedFolders } from './watch/watched-folders.ts';

const data = dataDirectory();
// All in one place; the single-instance lock is then per data directory, too.
app.setPath('userData', join(data, 'window'));
claimScheme();

if (app.requestSingleInstanceLock()) {
  const outside = new Outside();
  app.whenReady().then(() => start(outside), fatal);
} else {
  // The first instance was told and shows the folder.
  app.exit(0);
}

async function start(outside: Outside): Promise<void> {
  const settings = settingsFile(data);
  const trust = new TrustStore(data);
  const place = windowPlaceFile(data);
  const blenders = new BlenderShelf(data);
  const sessions = new Sessions({
    data,
    settings,
    trust,
    blenders,
    push,
    onSignal: (batch, signal) => {
      night.heard(batch, signal);
      if (signal === null) watched.ended(batch.id);
    },
    onOpened: ({ id }) => void watched.opened(id),
    onEnded: (batch, result) => void night.ended(batch, result),
    opensAnother: () => outside.isExpected,
  });
  const night = new Night({ data, sessions, settings, push });
  const watched = new WatchedFolders(watchHost(data, sessions, push));
  const thumbnails = new Thumbnails(utilityMaker(data), sessions);
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
      thumbnails,
      desktop,
      samples: join(app.isPackaged ? process.resourcesPath : appAssets(), 'sample-shots'),
      onSettings: async (chosen) => {
        applyTheme(chosen.theme);
        await sessions.configure(chosen);
      },
    }),
  );
  buildMenu();
  applyTheme((await settings.read()).theme);
  followTheme();
  await openWindow(place);
  outside.deliver(sessions, push);
  await night.takeUp();
}

function appAssets(): string {
  return join(app.getAppPath(), 'assets');
}

function fatal(error: unknown): void {
  console.error(error);
  app.exit(1);
}
