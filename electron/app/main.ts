import { join } from 'node:path';
import { app, BrowserWindow, session, utilityProcess } from 'electron';
import { z } from 'zod';
import type { BatchSignal } from '../../shared/events.ts';
import type { ThumbnailWish } from '../../shared/thumbnail.ts';
import { dataDirectory, liveBatches, WALL_CLOCK } from '../engine/index.ts';
import {
  claimScheme,
  denyPermissions,
  guardContents,
  serveWindow,
} from './desktop/app-protocol.ts';
import { appInfo, desktop, systemSafe } from './desktop/desktop.ts';
import { buildMenu } from './desktop/menu.ts';
import { OpenedFromOutside } from './desktop/opened-from-outside.ts';
import { endWell } from './desktop/quit.ts';
import { startAtLogin } from './desktop/start-at-login.ts';
import {
  applyTheme,
  followTheme,
  openWindow,
  rememberPlace,
  windowPlaceFile,
} from './desktop/window.ts';
import { callHandlers } from './ipc/calls.ts';
import { DroppedPaths } from './ipc/dropped-paths.ts';
import { answerCalls, push } from './ipc/ipc.ts';
import { NightControl } from './night/night-control.ts';
import { TellingElsewhere } from './night/telling-elsewhere.ts';
import { noticeOf, refusalOf } from './refusal.ts';
import { writeNightPage } from './sessions/reports.ts';
import { Sessions } from './sessions/sessions.ts';
import { BlenderShelf } from './stores/blenders.ts';
import { ClusterShelf } from './stores/cluster.ts';
import { JsonFile } from './stores/json-file.ts';
import { settingsFile } from './stores/settings.ts';
import { TellingStore } from './stores/telling.ts';
import { TrustStore } from './stores/trust.ts';
import type { StartMaker } from './thumbnails/maker.ts';
import { Thumbnails } from './thumbnails/thumbnails.ts';
import { hostOfUpdates, packagingOf, thisProgram } from './updates/packaging.ts';
import { holdText, type UpdateSource, Updates } from './updates/updates.ts';
import { WatchedFolders, watchHost } from './watch/watched-folders.ts';

const data = dataDirectory();
// All in one place; the single-instance lock is then per data directory, too.
app.setPath('userData', join(data, 'window'));
// By it Windows knows whose notifications they are: the `appId` of build/electron-builder.config.mjs.
app.setAppUserModelId('io.nightshift.app');
claimScheme();

if (app.requestSingleInstanceLock()) {
  const fromOutside = new OpenedFromOutside();
  app.whenReady().then(() => start(fromOutside), fatal);
} else {
  // The first instance was told and shows the folder.
  app.exit(0);
}

async function start(fromOutside: OpenedFromOutside): Promise<void> {
  const settings = settingsFile(data);
  const trust = new TrustStore(data);
  const place = windowPlaceFile(data);
  const blenders = new BlenderShelf(data);
  const cluster = new ClusterShelf();
  void cluster.look();
  const sessions: Sessions = new Sessions({
    data,
    settings,
    trust,
    blenders,
    cluster,
    push,
    onSignal: (batch, signal) => {
      night.heard(batch, signal);
      if (signal !== null) telling.heard(batch, signal);
      if (signal === null) watched.ended(batch.id);
      if (signal === null || beginsRun(signal)) void updates.nightMoved();
    },
    onOpened: ({ id }) => void watched.opened(id),
    onEnded: async (batch, result) => {
      // Told before the next one begins.
      telling.ended(batch, result);
      void writeNightPage(batch.processor, (wish) => thumbnails.get(wish));
      if (await night.ended(batch, result)) telling.nightOver();
    },
    onBroken: async (batch, why) => {
      telling.brokeOff(batch, why);
      if (await night.ended(batch, why)) telling.nightOver();
    },
    placeOf: (batchId) => night.tonight.placeOf(batchId),
    opensAnother: () => fromOutside.isExpected,
    trials: {
      keep: (batchId, job, picture) => thumbnails.keepTrial(batchId, job, picture),
      of: (batchId, jobs) => thumbnails.trialsOf(batchId, jobs),
    },
  });
  const night = new NightControl({
    data,
    sessions,
    settings,
    trust,
    push: (name, payload) => {
      push(name, payload);
      void updates.nightMoved();
    },
  });
  const watched = new WatchedFolders(watchHost(data, sessions, push));
  const kept = join(data, 'thumbnails');
  const thumbnails = new Thumbnails(
    pictureProcess('thumbnails', [kept, String(THUMBNAIL_BYTES)]),
    pictureProcess('viewer', [join(data, 'film'), String(THUMBNAIL_BYTES), 'in-front']),
    sessions,
    kept,
  );
  const updates = await updatesOf(data, night);
  const store = new TellingStore(data, systemSafe);
  await store.load();
  const pictureOf = (wish: ThumbnailWish) => thumbnails.get(wish);
  const telling = new TellingElsewhere({ store, pictureOf, push, clock: WALL_CLOCK, fetch });
  endWell({
    busy: () => night.busy(),
    leave: () => updates.leave(),
    stopped: () => void night.tonight.rest(),
    close: async () => {
      const [window] = BrowserWindow.getAllWindows();
      const nightClosed = night.close();
      thumbnails.close();
      updates.close();
      const closing = [nightClosed, watched.close(), sessions.closeAll(), settings.settled()];
      await Promise.all([...closing, rememberPlace(window, place)]);
      await telling.close();
    },
  });
  // A fault must neither end the night nor show a stack trace.
  process.on('uncaughtException', (error) => {
    console.error(error);
    push('notice', refusalOf(error).message);
  });
  // Who comes back from Blender may have saved there.
  app.on('browser-window-focus', () => void sessions.lookAtFiles());
  guardContents();
  denyPermissions(session.defaultSession);
  serveWindow(join(app.getAppPath(), 'out/renderer'), thumbnails);
  let atLogin = (await settings.read()).startAtLogin;
  const dropped = new DroppedPaths();
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
      telling,
      thumbnails,
      updates,
      desktop,
      dropped,
      samples: join(app.isPackaged ? process.resourcesPath : appAssets(), 'sample-shots'),
      onSettings: async (chosen) => {
        // Only where it is another one: what stands there may be of another Nightshift.
        if (chosen.startAtLogin !== atLogin) {
          await startAtLogin(chosen.startAtLogin);
          atLogin = chosen.startAtLogin;
        }
        applyTheme(chosen.theme);
        updates.lookByItself(chosen.lookForUpdates);
        await sessions.configure(chosen);
      },
    }),
    dropped,
  );
  buildMenu((command) => push('menu:command', command));
  const { theme, lookForUpdates } = await settings.read();
  applyTheme(theme);
  followTheme();
  await openWindow(place);
  fromOutside.deliver(async (paths) => {
    try {
      push('folder:opened', (await sessions.openPaths(paths)).snapshot());
    } catch (error) {
      push('notice', noticeOf(error));
    }
  });
  await night.takeUp();
  await updates.begin();
  updates.lookByItself(lookForUpdates);
}

function beginsRun(signal: BatchSignal): boolean {
  return signal.type === 'event' && signal.event.type === 'batch-started';
}

/** Newer versions, and what of the night is in their way. */
async function updatesOf(data: string, night: NightControl): Promise<Updates> {
  // A package says where its updates come from. A clone asks nobody; its tests bring what a package brings, by a variable
  // that no package reads, and try what an AppImage does.
  const tried = app.isPackaged ? undefined : process.env.NIGHTSHIFT_TRY_UPDATES;
  const channel = tried ?? join(process.resourcesPath, 'app-update.yml');
  const packaging = tried ? 'app-image' : await packagingOf(thisProgram(app.isPackaged));
  let source: Promise<UpdateSource> | null = null;
  const openSource = async () =>
    (await import('./updates/updater.ts')).openUpdater(packaging, channel);
  const expected = new JsonFile(join(data, 'update.json'), z.string().nullable(), null);
  return new Updates(
    {
      current: app.getVersion(),
      packaging,
      from: await hostOfUpdates(channel),
      source: () => (source ??= openSource()),
      holds: async () =>
        holdText({
          busy: night.busy(),
          countsDown: night.after.countsDown,
          renders: (await liveBatches(data)).length > 0,
        }),
      expected,
      tell: (view) => push('updates:changed', view),
      say: (sentence) => push('notice', sentence),
      quit: () => app.quit(),
    },
    WALL_CLOCK,
  );
}

/** Disk that all thumbnails together may take, and all small pictures of films. */
const THUMBNAIL_BYTES = 200 * 2 ** 20;

/** Starts processes that make pictures. @param args as `thumbnails/worker.ts` takes them */
function pictureProcess(name: string, args: readonly string[]): StartMaker {
  return (hears, exited) => {
    const child = utilityProcess.fork(
      join(app.getAppPath(), 'out/main/thumbnail-worker.js'),
      [...args],
      { serviceName: `Nightshift ${name}`, stdio: 'ignore' },
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
