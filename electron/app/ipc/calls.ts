import { formatFrames, parseFrames } from '../../../shared/frames.ts';
import type { BatchJob, PickedFrames } from '../../../shared/job.ts';
import { olderPicks } from '../../../shared/older-files.ts';
import {
  changedPriorities,
  type PriorityChange,
  prioritiesInPlace,
} from '../../../shared/order.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { AppInfo } from '../../../shared/view.ts';
import {
  type BatchProcessor,
  begunElsewhere,
  type ChoiceChange,
  frameVersions,
  nightLogs,
  nightReport,
  repeatCommand,
  settingPlaces,
  shotBlender,
} from '../../engine/index.ts';
import type { Desktop } from '../desktop/desktop.ts';
import { placesOf } from '../desktop/reveal.ts';
import type { AfterBatch } from '../night/after-batch.ts';
import type { Queue } from '../night/queue.ts';
import type { TellingElsewhere } from '../night/telling-elsewhere.ts';
import { Refusal } from '../refusal.ts';
import type { BatchController } from '../sessions/batch-controller.ts';
import { openScene } from '../sessions/open-scene.ts';
import { nightCharts, reportText, writeBatchReport } from '../sessions/reports.ts';
import { stripCellOf } from '../sessions/rows.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { ShotSetups } from '../sessions/shot-setups.ts';
import { nameOf } from '../sessions/view.ts';
import type { BlenderShelf } from '../stores/blenders.ts';
import type { ClusterShelf } from '../stores/cluster.ts';
import type { JsonFile } from '../stores/json-file.ts';
import { sampleFolder } from '../stores/samples.ts';
import type { TrustStore } from '../stores/trust.ts';
import type { Thumbnails } from '../thumbnails/thumbnails.ts';
import type { Updates } from '../updates/updates.ts';
import type { WatchedFolders } from '../watch/watched-folders.ts';
import type { DroppedPaths } from './dropped-paths.ts';
import type { Handlers } from './ipc.ts';

/** Lines of a log that are shown when it is opened. */
const LOG_LINES = 1000;

interface CallsOptions {
  readonly info: () => AppInfo;
  readonly sessions: Sessions;
  readonly night: {
    readonly tonight: Omit<Queue, 'takeUp' | 'close'>;
    readonly after: Pick<AfterBatch, 'stay'>;
  };
  readonly watched: Pick<WatchedFolders, 'list' | 'set' | 'changed'>;
  readonly settings: JsonFile<Settings>;
  readonly trust: TrustStore;
  readonly blenders: BlenderShelf;
  readonly cluster: Pick<ClusterShelf, 'look'>;
  readonly telling: TellingElsewhere;
  readonly thumbnails: Pick<Thumbnails, 'clear' | 'get'>;
  readonly updates: Pick<Updates, 'view' | 'check' | 'download' | 'stop' | 'restart'>;
  readonly desktop: Desktop;
  readonly dropped: Pick<DroppedPaths, 'check'>;
  readonly onSettings: (settings: Settings) => Promise<void>;
  /** Where the app brings its sample shots; may be read-only. */
  readonly samples: string;
}

/** What the main process answers, call by call. */
export function callHandlers(options: CallsOptions): Handlers {
  const { sessions, settings, trust, desktop, blenders, night, watched, thumbnails } = options;
  const { updates, telling } = options;
  const setups = new ShotSetups({
    changed: (batchId) => watched.changed(batchId),
    renamed: (folder, files) => sessions.shotsRenamed(folder, files),
  });
  /** Folders for frames that the artist showed in a dialog; `null`: those of the shots, always. */
  const outputs = new Set<string | null>([null]);
  const open = async (path: string) => (await sessions.openPath(path)).snapshot();
  const choose = async (batchId: string, change: ChoiceChange) =>
    (await sessions.choose(batchId, change)).snapshot();
  /** There is no batch of this id any more. */
  const letGo = async (batchId: string) => {
    await night.tonight.remove(batchId);
    await watched.set(batchId, false);
    void thumbnails.clear(batchId);
  };
  return {
    'app:info': options.info,
    'batches:list': () => sessions.list(),
    'folder:open': ({ path }) => {
      options.dropped.check([path]);
      return open(path);
    },
    'files:open': async ({ paths }) => {
      options.dropped.check(paths);
      return (await sessions.openPaths(paths)).snapshot();
    },
    'folder:choose': async () => {
      const path = await desktop.chooseFolder();
      return path === null ? null : open(path);
    },
    'samples:open': async () => {
      const folder = await sampleFolder(options.samples, options.info().dataDirectory);
      // They are our own.
      await trust.decide(folder, true);
      return open(folder);
    },
    'batch:last': () => sessions.lastSeen(),
    'batch:open': async ({ batchId }) => (await sessions.openBatch(batchId)).snapshot(),
    'batch:whole-folder': ({ batchId }) => open(sessions.get(batchId).processor.batch.folder),
    'batch:snapshot': ({ batchId }) => sessions.get(batchId).snapshot(),
    'batch:test': async ({ batchId, test }) => (await sessions.openTest(batchId, test)).snapshot(),
    'batch:trust': async ({ batchId, trusted }) => {
      const session = sessions.get(batchId);
      await trust.decide(session.processor.batch.folder, trusted);
      session.trust(trusted ? 'trusted' : 'untrusted');
      // What could not be read without it is read now.
      const again = trusted && session.processor.jobs.some(isUnread);
      const now = again ? await sessions.reopenAtRest(batchId) : null;
      return (now ?? session).snapshot();
    },
    'batch:render': ({ batchId }) =>
      night.tonight.render(sessions.get(batchId).id, { do: 'left', only: null }),
    'batch:pause': ({ batchId }) => sessions.get(batchId).processor.pause(),
    'batch:unpause': ({ batchId }) => {
      sessions.get(batchId).processor.unpause();
      return night.tonight.goesOn();
    },
    'batch:cancel': ({ batchId }) => sessions.get(batchId).cancel(),
    'batch:estimate': ({ batchId }) => sessions.estimate(sessions.get(batchId)),
    'batch:stop-estimate': () => sessions.stopEstimate(),
    'batch:left-out': ({ batchId }) => sessions.get(batchId).leftOut(),
    'shots:leave-out': ({ batchId, jobIds }) => {
      const session = sessions.get(batchId);
      const files = jobIds.map((id) => session.job(id).shotFile);
      return choose(batchId, { do: 'leave-out', files });
    },
    'shots:take-in': ({ batchId, jobIds }) => {
      const ids = new Set(jobIds);
      const { shots = [] } = sessions.get(batchId).processor.batch.leftOut ?? {};
      const some = shots.filter(({ id }) => ids.has(id));
      const files = new Map(some.map(({ file, reason }) => [file, reason]));
      return choose(batchId, { do: 'take-in', files });
    },
    'shots:take-all-in': ({ batchId, reasons }) => choose(batchId, { do: 'take-all-in', reasons }),
    'shots:rules-again': ({ batchId }) => choose(batchId, { do: 'rules-again' }),
    'batch:clear': async ({ batchId }) => {
      const session = await sessions.clear(batchId);
      void thumbnails.clear(batchId);
      return session.snapshot();
    },
    'batch:reveal': async ({ batchId }) => desktop.reveal(await sessions.folderOf(batchId)),
    'batch:forget': async ({ batchId }) => {
      await sessions.forget(batchId);
      await letGo(batchId);
    },
    'batch:locate': async ({ batchId, openedAs }) => {
      const folder =
        openedAs === undefined
          ? await desktop.locateFolder(nameOf(await sessions.folderOf(batchId)))
          : sessions.get(openedAs).processor.batch.folder;
      if (folder === null) return null;
      const session = await sessions.locate(batchId, folder);
      if (session.id !== batchId) await letGo(batchId);
      return session.snapshot();
    },
    'batch:frames-to': async ({ batchId, answer }) => {
      const session = await sessions.framesTo(batchId, answer);
      if (session.id !== batchId) await letGo(batchId);
      return session.snapshot();
    },
    'nights:list': ({ batchId }) => sessions.nightsOf(batchId),
    'nights:open': async ({ batchId, night, what }) => {
      const nights = await sessions.nightsOf(batchId);
      if (!nights.some(({ id }) => id === night)) {
        throw new Refusal('Nothing of this night is kept any more.');
      }
      const directory = sessions.checkpointOf(batchId);
      if (what === 'report') await desktop.openFile(await nightReport(directory, night));
      else desktop.reveal(nightLogs(directory, night));
    },
    'jobs:render': ({ batchId, jobIds }) =>
      night.tonight.render(batchId, {
        do: 'left',
        only: idsOf(sessions.get(batchId), jobIds),
      }),
    'tonight:get': () => night.tonight.tonight,
    'tonight:add': async ({ batchId }) => {
      const { id } = await sessions.openBehind(batchId);
      await night.tonight.add(id);
    },
    'tonight:remove': ({ batchId }) => night.tonight.remove(batchId),
    'tonight:move': ({ batchId, before }) => night.tonight.move(batchId, before),
    'tonight:start': () => night.tonight.start(),
    'tonight:stop': () => night.tonight.stop(),
    'schedule:set': ({ batchId, ...times }) => night.tonight.plan(sessions.get(batchId).id, times),
    'watch:list': () => watched.list(),
    'watch:set': ({ batchId, on }) => watched.set(sessions.get(batchId).id, on),
    'power:stay': () => night.after.stay(),
    'jobs:cancel': async ({ batchId, jobIds }) => {
      const session = sessions.get(batchId);
      const jobs = jobIds.map((id) => session.job(id));
      await session.cancelJobs(jobs.map(({ id }) => id));
    },
    'jobs:retry': ({ batchId, jobIds }) =>
      night.tonight.render(batchId, {
        do: 'retry',
        jobs: idsOf(sessions.get(batchId), jobIds),
      }),
    'frames:again': ({ batchId, jobIds, frames }) => {
      const picked = pickedFrames(sessions.get(batchId), jobIds, frames);
      return night.tonight.render(batchId, { do: 'again', picked });
    },
    'frames:rejected-again': async ({ batchId }) => {
      const picked = await sessions.get(batchId).processor.rejected();
      if (picked.length > 0) return night.tonight.render(batchId, { do: 'again', picked });
      throw new Refusal('No frame is rejected.', 'Press R on a picture to reject it.');
    },
    'frames:keep-older': async ({ batchId, jobIds }) => {
      const session = sessions.get(batchId);
      await session.processor.keepOlder(idsOf(session, jobIds));
    },
    'frames:older-again': ({ batchId, jobIds }) => {
      const session = sessions.get(batchId);
      const picked = olderPicks(idsOf(session, jobIds).map((id) => session.job(id)));
      if (picked.length > 0) return night.tonight.render(batchId, { do: 'again', picked });
      throw new Refusal(
        'No frame of these shots is older than their files.',
        'There is nothing to render again.',
      );
    },
    'frames:review': async ({ batchId, jobId, frames, review }) => {
      const session = sessions.get(batchId);
      const numbers = [...frames].sort((a, b) => a - b);
      await session.processor.reviewFrames(session.job(jobId).id, numbers, review);
    },
    'jobs:blender': async ({ batchId, jobIds, version }) => {
      const session = sessions.get(batchId);
      await session.processor.chooseBlender(idsOf(session, jobIds), { version });
    },
    'jobs:other-blender': async ({ batchId, jobIds, otherBlender }) => {
      const session = sessions.get(batchId);
      await session.processor.chooseBlender(idsOf(session, jobIds), { otherBlender });
    },
    'batch:begun-elsewhere': async ({ batchId, jobIds }) => {
      const session = sessions.get(batchId);
      const { jobs, config, here } = session.processor;
      const taken = jobIds === null ? jobs : idsOf(session, jobIds).map((id) => session.job(id));
      return await begunElsewhere(taken, config, here);
    },
    'job:blender': async ({ batchId, jobId }) => {
      const session = sessions.get(batchId);
      // Each row that is selected asks: nobody looks over the machine for it.
      const installs = () => blenders.found();
      return await shotBlender(session.job(jobId), session.processor.config, { installs });
    },
    'jobs:prioritize': async ({ batchId, jobIds, change }) => {
      const session = sessions.get(batchId);
      return await prioritizeJobs(session.processor, idsOf(session, jobIds), change);
    },
    'jobs:move': ({ batchId, jobIds, before }) => {
      const session = sessions.get(batchId);
      const ids = idsOf(session, jobIds);
      return moveJobs(session.processor, ids, before === null ? null : session.job(before).id);
    },
    'job:detail': ({ batchId, jobId }) => sessions.get(batchId).detail(jobId),
    'frame:versions': async ({ batchId, jobId, frame }) => {
      const { plan } = sessions.get(batchId).job(jobId);
      const versions = plan ? await frameVersions(plan, frame) : [];
      return versions.map(({ at }) => at);
    },
    'job:places': ({ batchId, jobId }) => {
      const session = sessions.get(batchId);
      return settingPlaces(session.processor.batch.folder, session.job(jobId).shotFile);
    },
    'jobs:setup': ({ batchId, jobIds }) => setups.read(sessions.get(batchId), jobIds),
    'jobs:change-setup': ({ batchId, jobIds, ...change }) =>
      setups.change(sessions.get(batchId), jobIds, change),
    'jobs:split': ({ batchId, jobIds, by }) => setups.split(sessions.get(batchId), jobIds, by),
    'batch:undo-setup': ({ batchId }) => setups.undo(sessions.get(batchId).id),
    'job:strip-cell': ({ batchId, jobId, cell }) =>
      stripCellOf(sessions.get(batchId).job(jobId), cell),
    'job:log': ({ batchId, jobId }) => sessions.get(batchId).followLog(jobId, LOG_LINES),
    'job:open-in-blender': ({ batchId, jobId }) => {
      const session = sessions.get(batchId);
      return openScene(session.job(jobId), session.processor, blenders);
    },
    'jobs:reveal': async ({ batchId, jobIds }) => {
      const session = sessions.get(batchId);
      const jobs = jobIds.map((id) => session.job(id));
      for (const path of await placesOf(jobs)) desktop.reveal(path);
    },
    'jobs:commands': ({ batchId, jobIds }) => {
      const session = sessions.get(batchId);
      return jobIds.map((id) => repeatCommand(session.job(id), session.processor.run));
    },
    'report:export': async ({ batchId }) => {
      const { processor } = sessions.get(batchId);
      const file = await desktop.chooseReport(processor.batch);
      if (file !== null) await writeBatchReport(processor, file, (wish) => thumbnails.get(wish));
      return file;
    },
    'report:copy': async ({ batchId }) =>
      desktop.copy(await reportText(sessions.get(batchId).processor)),
    'batch:charts': ({ batchId }) => nightCharts(sessions.get(batchId).processor),
    'settings:get': () => settings.read(),
    'settings:set': async (chosen) => {
      const { blenderPath, outputFolder } = chosen;
      const before = await settings.read();
      const isKnown = blenderPath === null || blenderPath === before.blenderPath;
      if (!isKnown && !(await blenders.knows(blenderPath))) {
        throw new Refusal(
          'This program was not chosen as a Blender.',
          'Choose it in the settings.',
        );
      }
      if (outputFolder !== before.outputFolder && !outputs.has(outputFolder)) {
        throw new Refusal('This folder was not chosen for frames.', 'Choose it in the settings.');
      }
      await settings.write(chosen);
      try {
        await options.onSettings(chosen);
      } catch (error) {
        // What the system refused is not chosen.
        await settings.write({ ...chosen, startAtLogin: before.startAtLogin });
        throw error;
      }
      return chosen;
    },
    'blender:list': ({ again }) => blenders.look(again),
    'blender:gpus': ({ path, factoryStartup }) => blenders.gpus(path, factoryStartup),
    'blender:add': async ({ what }) => {
      const place = await desktop.chooseBlender(what);
      return place === null ? null : await blenders.add(place);
    },
    'blender:forget': ({ place }) => blenders.forget(place),
    'cluster:look': ({ again }) => options.cluster.look(again),
    'updates:view': () => updates.view(),
    'updates:check': () => updates.check(),
    'updates:download': () => updates.download(),
    'updates:stop': () => updates.stop(),
    'updates:restart': () => updates.restart(),
    'telling:get': () => telling.view(),
    'telling:save': (draft) => telling.save(draft),
    'telling:remove': ({ service }) => telling.remove(service),
    'telling:stalled': ({ minutes }) => telling.setStalledMinutes(minutes),
    'telling:test': (draft) => telling.test(draft),
    'telling:preview': ({ draft, event }) => telling.preview(draft, event),
    'menu:offer': ({ commands }) => desktop.offer(commands),
    'output:choose': async () => {
      const folder = await desktop.chooseOutput();
      outputs.add(folder);
      return folder;
    },
  };
}

/** Its shot file names another computer of the network, which was not looked at. */
function isUnread({ shotConfig, error }: BatchJob): boolean {
  return shotConfig === null && error?.cause === 'not-trusted';
}

/** The frames that these jobs have of some, such as `30-40, 77`; refuses what is no frame of any. */
function pickedFrames(
  session: BatchController,
  jobIds: readonly string[],
  text: string | null,
): readonly PickedFrames[] {
  const jobs = jobIds.map((id) => session.job(id));
  if (text === null) return jobs.map(({ id }) => ({ job: id, frames: null }));
  const parsed = parseFrames(text);
  if (!parsed.ok) throw new Refusal(parsed.message, 'Correct the frames.');
  const wanted = new Set(parsed.frames);
  const having = jobs.filter(({ plan, shotConfig }) => {
    const known = plan?.frames ?? shotConfig?.frames ?? null;
    return known === null || known.some((frame) => wanted.has(frame));
  });
  if (having.length > 0) return having.map(({ id }) => ({ job: id, frames: parsed.frames }));
  const [first] = jobs;
  const who = jobs.length === 1 && first ? `${first.name} has no` : 'None of the shots has a';
  const own = jobs.length === 1 ? first?.plan?.frames : null;
  const next = own ? `Its frames are ${formatFrames(own)}.` : 'Correct the frames.';
  throw new Refusal(`${who} frame of ${formatFrames(parsed.frames)}.`, next);
}

/** Refuses an id that is not of this batch. */
function idsOf(session: BatchController, jobIds: readonly string[]): readonly string[] {
  return jobIds.map((id) => session.job(id).id);
}

/**
 * Gives jobs another priority. `first` puts those that wait before all others that do, too: the table shows the order in
 * which shots start. Resolves with the ids of all jobs in their order.
 */
export async function prioritizeJobs(
  processor: Pick<BatchProcessor, 'jobs' | 'order' | 'setPriority'>,
  jobIds: readonly string[],
  change: PriorityChange,
): Promise<readonly string[]> {
  for (const [priority, some] of changedPriorities(processor.jobs, jobIds, change)) {
    await processor.setPriority(some, priority);
  }
  const chosen = new Set(jobIds);
  const waiting = processor.jobs.filter(({ status }) => status === 'waiting');
  const [front] = waiting.filter(({ id }) => !chosen.has(id));
  const moving = waiting.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  if (change === 'first' && front && moving.length > 0)
    await processor.order.move(moving, front.id);
  return processor.jobs.map(({ id }) => id);
}

/**
 * Puts jobs before another one, `null`: at the end, and lets them start there: where priorities would keep them from
 * that, they take their neighbours'. Resolves with the ids of all jobs in their new order.
 */
export async function moveJobs(
  processor: Pick<BatchProcessor, 'jobs' | 'order' | 'setPriority'>,
  jobIds: readonly string[],
  before: string | null,
): Promise<readonly string[]> {
  try {
    await processor.order.move(jobIds, before);
  } finally {
    // It counts now also where it could not be kept.
    for (const [priority, ids] of prioritiesInPlace(processor.jobs, jobIds)) {
      await processor.setPriority(ids, priority);
    }
  }
  return processor.jobs.map(({ id }) => id);
}
