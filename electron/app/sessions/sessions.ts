import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Batch, BatchConfig, BatchPlace, BatchResult } from '../../../shared/batch.ts';
import type { BatchSignal } from '../../../shared/events.ts';
import type { FramesTo, Push } from '../../../shared/ipc.ts';
import type { KeptNight } from '../../../shared/night-record.ts';
import { MOST_PICKED } from '../../../shared/picked-files.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { TestPass } from '../../../shared/test-pass.ts';
import type { BatchSnapshot, BatchSummary } from '../../../shared/view.ts';
import {
  BatchCheckpoint,
  BatchProcessor,
  type ChoiceChange,
  changeFolderChoices,
  checkpointDirectory,
  createBatchFromDirectory,
  doneInFolder,
  finalsElsewhere,
  finalsOf,
  finalsRoot,
  folderBatches,
  folderChoices,
  isBlendFile,
  keptNights,
  leaveFrames,
  moveBatch,
  moveFolderChoices,
  moveFrames,
  outputFor,
  pickedFiles,
  placeAfter,
  readDetached,
  readingOf,
  SerialQueue,
} from '../../engine/index.ts';
import { noticeOf, Refusal } from '../refusal.ts';
import type { BlenderShelf } from '../stores/blenders.ts';
import type { ClusterShelf } from '../stores/cluster.ts';
import { JsonFile } from '../stores/json-file.ts';
import { configOf } from '../stores/settings.ts';
import type { TrustStore } from '../stores/trust.ts';
import { Throttle } from '../throttle.ts';
import { BatchController, type RenderWish } from './batch-controller.ts';
import { History, withoutFolder } from './history.ts';
import { LastSeen, memoryOf } from './last-seen.ts';
import { SceneChecks, type TrialShelf } from './scene-checks.ts';

const SIDEBAR_MS = 1000;
/** What is shown now is remembered so often while it renders. */
const REMEMBER_MS = 30_000;

/** `outputRoot`: `null` where nobody has written it down. */
type KnownPlace = Omit<BatchPlace, 'outputRoot'> & { readonly outputRoot: string | null };

/** See `createBatchFromDirectory`. */
interface Reading {
  readonly output?: string | null;
  readonly test?: TestPass;
  readonly files?: readonly string[];
}

/** The batches that are open. The window follows one of them; at most one renders. */
export class Sessions {
  readonly #open = new Map<string, BatchController>();
  readonly #sidebar = new Throttle(SIDEBAR_MS, () => void this.#tellSidebar());
  readonly #history: History;
  readonly #seen: LastSeen;
  /** Batches whose frames stay where they are although frames go somewhere else now, and where that was. */
  readonly #kept: JsonFile<Record<string, string>>;
  readonly #remembering = new Throttle(REMEMBER_MS, () => void this.#remember());
  #reading: string | null = null;
  readonly #checks: SceneChecks;
  #followed: string | null = null;
  /** Folders are opened one after another: two drops of the same must not make two sessions. */
  readonly #openings = new SerialQueue();

  constructor(private readonly options: SessionsOptions) {
    this.#history = new History(options.data);
    this.#checks = new SceneChecks(options.trials.keep);
    this.#seen = new LastSeen(options.data);
    const kept = z.record(z.string(), z.string());
    this.#kept = new JsonFile(join(options.data, 'frames-kept.json'), kept, {});
  }

  /** The batch that renders now. */
  get rendering(): BatchController | null {
    return [...this.#open.values()].find((session) => session.running) ?? null;
  }

  /** Nothing is in the window, or on its way to it. */
  get showsNothing(): boolean {
    return this.#followed === null && this.#reading === null && !this.options.opensAnother?.();
  }

  /** The batch that the window shows. */
  get followed(): string | null {
    return this.#followed;
  }

  /** Opens a shot folder, or the folder of a file in it, and follows it. Renders nothing. */
  async openPath(path: string): Promise<BatchController> {
    const found = await stat(path).catch(() => null);
    if (!found) throw nothingAt(path);
    const folder = found.isDirectory() ? path : dirname(path);
    const output = outputFor(folder, await this.options.settings.read());
    return this.#openings.take(async () => {
      const root = await realpath(folder);
      const now = await finalsOf(root, output);
      const begun = await finalsElsewhere(this.options.data, root, now);
      if (begun === null) return this.#openFolder(folder, { output });
      // Frames go somewhere else now: that makes no second batch of the folder.
      const session = await this.#openFolder(folder, { output: begun });
      const isKept = (await this.#kept.read())[session.id] === now;
      session.asksFor(isKept || session.isLive ? null : now);
      return session;
    });
  }

  /** What becomes of the frames of a batch that asks for that. Resolves with the batch that is open then, and follows it. */
  framesTo(batchId: string, answer: FramesTo): Promise<BatchController> {
    return this.#openings.take(async () => {
      const session = this.get(batchId);
      const { goesTo } = session;
      if (goesTo === null) return session;
      if (answer === 'keep') {
        await this.#kept.write({ ...(await this.#kept.read()), [batchId]: goesTo });
        session.asksFor(null);
        return session;
      }
      if (session.isLive) throw stillRenders('move its frames');
      const { folder, outputRoot } = session.processor.batch;
      await this.#letGo(batchId);
      const { data } = this.options;
      try {
        if (answer === 'move') await moveFrames(data, batchId, goesTo);
        else await leaveFrames(data, batchId, { folder, outputRoot: goesTo });
      } catch (error) {
        const asBefore = await this.#openFolder(folder, { output: outputRoot });
        asBefore.asksFor(goesTo);
        throw error;
      }
      this.changed();
      return this.#openFolder(folder, { output: goesTo });
    });
  }

  /**
   * Opens .blend files as a batch of just these, and folders, or the folders of other files, and follows what was opened
   * last. Renders nothing.
   */
  async openPaths(paths: readonly string[]): Promise<BatchController> {
    const isBlend = await Promise.all(paths.map(isBlendFile));
    const blends = paths.filter((_, index) => isBlend[index]);
    let last: BatchController | null = null;
    for (const path of paths.filter((_, index) => !isBlend[index]))
      last = await this.openPath(path);
    for (const { folder, files } of await pickedFiles(blends)) {
      if (files.length > MOST_PICKED) throw tooManyPicked();
      const output = outputFor(folder, await this.options.settings.read());
      last = await this.#openings.take(() => this.#openFolder(folder, { output, files }));
    }
    if (!last) throw nothingAt(paths[0] ?? '');
    return last;
  }

  /** Opens a batch of the sidebar and follows it. */
  async openBatch(batchId: string): Promise<BatchController> {
    const open = this.#open.get(batchId);
    if (open?.running) {
      this.#followed = batchId;
      return open;
    }
    if (open) {
      const { batch } = open.processor;
      if (!(await stat(batch.folder).catch(() => null))) {
        this.changed();
        throw folderGone(batch.folder);
      }
      return this.#openings.take(() => this.#openFolder(batch.folder, readingOf(batch)));
    }
    return this.#reopen(await this.#placeOf(batchId)).finally(() => {
      if (this.#reading === batchId) this.#reading = null;
    });
  }

  /**
   * Somebody was in other windows: looks whether files of the shown batch were saved since its frames were made, where it is at
   * rest, and whether folders were moved. Never rejects.
   */
  async lookAtFiles(): Promise<void> {
    this.#sidebar.ask();
    await this.#open
      .get(this.#followed ?? '')
      ?.lookAtFiles()
      .catch(() => undefined);
  }

  /** Reads the folder of an open batch anew; the window stays with what it shows. `null`: it renders. */
  reopenAtRest(batchId: string): Promise<BatchController | null> {
    return this.#openings.take(async () => {
      const open = this.#open.get(batchId);
      if (!open || open.running) return null;
      const { batch } = open.processor;
      return this.#openFolder(batch.folder, readingOf(batch), false);
    });
  }

  /** Opens a batch that is not open yet; the window stays with what it shows. */
  async openBeside(batchId: string, place: BatchPlace): Promise<BatchController> {
    const { folder } = place;
    if (!(await stat(folder).catch(() => null))) throw folderGone(folder);
    return this.#openings.take(
      async () => this.#open.get(batchId) ?? this.#openFolder(folder, readingOf(place), false),
    );
  }

  /** Opens a test pass of an open batch, which may be one itself, and follows it. Renders nothing. */
  async openTest(batchId: string, test: TestPass): Promise<BatchController> {
    const { batch } = this.get(batchId).processor;
    if (!(await stat(batch.folder).catch(() => null))) throw folderGone(batch.folder);
    const reading = { ...readingOf(batch), output: finalsRoot(batch), test };
    return this.#openings.take(() => this.#openFolder(batch.folder, reading));
  }

  async #reopen({ folder, outputRoot, test, files }: KnownPlace): Promise<BatchController> {
    if (!(await stat(folder).catch(() => null))) throw folderGone(folder);
    const reading =
      outputRoot === null ? { ...(files && { files }) } : readingOf({ outputRoot, test, files });
    return this.#openings.take(() => this.#openFolder(folder, reading));
  }

  /** A batch of the sidebar, opened if it is not; the window stays with what it shows. */
  async openBehind(batchId: string): Promise<BatchController> {
    const open = this.#open.get(batchId);
    if (open) return open;
    const { outputRoot, ...place } = await this.#placeOf(batchId);
    if (outputRoot === null) throw unknownBatch();
    return this.openBeside(batchId, { ...place, outputRoot });
  }

  find(batchId: string): BatchController | undefined {
    return this.#open.get(batchId);
  }

  /** The open batch with this id. */
  get(batchId: string): BatchController {
    const session = this.#open.get(batchId);
    if (session) return session;
    if (batchId === this.#reading) {
      throw new Refusal('The folder of this batch is still being read.', 'Try again in a moment.');
    }
    throw new Refusal('This batch is not open any more.', 'Open its folder again.');
  }

  /** Lets a batch render, if no other one does: each pool is made for the whole machine. */
  async render(batchId: string, wish: RenderWish): Promise<void> {
    let places: Partial<BatchConfig> = {};
    if (!this.get(batchId).running) {
      places = await this.options.cluster.placesFor(await this.options.settings.read());
      // An opening replaces a controller at rest, whose run nobody could see or end.
      await this.#openings.settled();
    }
    const controller = this.get(batchId);
    const other = this.rendering;
    if (other && other !== controller) throw otherRenders(other.name);
    if (!controller.running) controller.processor.configure(places);
    // Not waited for: its Blender is gone in a moment, and the run begins now.
    void this.#checks.stop();
    await controller.render(wish);
    // From now on a crash leaves an interrupted run.
    void this.#remember();
    await this.#history.unmarkStopped(batchId);
    this.changed();
  }

  /** Tries a few frames of a batch, to say how long it will take. */
  estimate(session: BatchController): void {
    void this.#checks.estimate(session, this.rendering);
  }

  /** Whatever is being tried: it is let be. */
  stopEstimate(): void {
    void this.#checks.stopEstimate();
  }

  /** For a start: the interrupted batch that was shown last; it is what will be asked for next. */
  async lastSeen(): Promise<BatchSnapshot | null> {
    if (this.#followed !== null || this.options.opensAnother?.()) return null;
    const last = await this.#seen.read();
    this.#reading = last?.view.id ?? null;
    return last;
  }

  /** Changes which shots of its folder are in a batch that is at rest. Resolves with the batch as it is then. */
  async choose(batchId: string, change: ChoiceChange): Promise<BatchController> {
    const session = this.get(batchId);
    if (session.isLive) throw rendersNow();
    await changeFolderChoices(this.options.data, session.processor.batch.folder, change);
    return (await this.reopenAtRest(batchId)) ?? session;
  }

  /** Shots have another file from now on, by the one that they had: which of them were taken in by hand stays so. */
  async shotsRenamed(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
    const { takenIn } = await folderChoices(this.options.data, folder);
    const taken = takenIn.flatMap((file) => files.get(file) ?? []);
    if (taken.length === 0) return;
    const reasons = new Map(taken.map((file) => [file, 'older-version' as const]));
    await changeFolderChoices(this.options.data, folder, { do: 'take-in', files: reasons });
  }

  /** What the folder of an open batch holds now. */
  readAnew(batchId: string): Promise<Batch> {
    const { batch, config } = this.get(batchId).processor;
    return this.#read(batch.folder, readingOf(batch), () => config.trusted);
  }

  #read(
    folder: string,
    reading: Reading,
    isTrusted: (root: string) => boolean | Promise<boolean>,
  ): Promise<Batch> {
    const choices = (root: string) => folderChoices(this.options.data, root);
    return createBatchFromDirectory(folder, { ...reading, isTrusted, choices });
  }

  /** The shot folder of a batch of the sidebar. */
  async folderOf(batchId: string): Promise<string> {
    return (this.#open.get(batchId)?.processor.batch ?? (await this.#placeOf(batchId))).folder;
  }

  /** Lets go of a batch and of its checkpoint; its frames stay. Refuses one that renders. */
  forget(batchId: string): Promise<void> {
    return this.#openings.take(async () => {
      const open = this.#open.get(batchId);
      if (open?.running) throw stillRenders('remove it');
      // The name of any other folder is no batch.
      if (!open && !(await this.#history.find(batchId))) throw unknownBatch();
      if (this.#followed === batchId) await this.#checks.stop();
      await open?.close();
      this.#open.delete(batchId);
      // With its nights.
      await new BatchCheckpoint(this.checkpointOf(batchId)).clear();
      if (this.#followed === batchId) this.#followed = null;
      await Promise.all([this.#history.unmarkStopped(batchId), this.#seen.forget(batchId)]);
      this.changed();
    });
  }

  /** Goes on with a batch whose shot folder is somewhere else now, and follows it. Refuses one that renders. */
  locate(batchId: string, folder: string): Promise<BatchController> {
    return this.#openings.take(async () => {
      const open = this.#open.get(batchId);
      const before = open?.processor.batch ?? (await this.#placeOf(batchId));
      const { outputRoot, test, files } = before;
      if (outputRoot === null) throw unknownBatch();
      const place = placeAfter({ folder: before.folder, outputRoot }, await realpath(folder));
      // It may have been opened where it is now, as if it had never been rendered.
      const asNew = [...this.#open.values()].find(({ id, processor: { batch } }) => {
        const isThere = batch.folder === place.folder && batch.outputRoot === place.outputRoot;
        return isThere && id !== batchId;
      });
      if (asNew?.isLive) throw stillRenders('put another one in its place');
      if (asNew) await this.#letGo(asNew.id);
      await moveFolderChoices(this.options.data, before.folder, place.folder);
      await this.#move(batchId, place);
      // Its finals, and its other test passes: they went along. One that can't says so when it is opened itself.
      for (const { id, outputRoot } of await folderBatches(this.options.data, before.folder)) {
        if (id === batchId || outputRoot === null) continue;
        const to = placeAfter({ folder: before.folder, outputRoot }, place.folder);
        await this.#move(id, to).catch(() => undefined);
      }
      this.changed();
      return this.#openFolder(
        place.folder,
        readingOf({ outputRoot: place.outputRoot, test, files }),
      );
    });
  }

  async #move(batchId: string, to: { folder: string; outputRoot: string }): Promise<void> {
    if (this.#open.get(batchId)?.running) throw stillRenders('move it');
    await this.#letGo(batchId);
    await moveBatch(this.options.data, batchId, to);
  }

  async #letGo(batchId: string): Promise<void> {
    await this.#open.get(batchId)?.close();
    this.#open.delete(batchId);
    await Promise.all([this.#history.unmarkStopped(batchId), this.#seen.forget(batchId)]);
  }

  /** What is kept of the nights of a batch, newest first; whether it can be opened or not. */
  nightsOf(batchId: string): Promise<readonly KeptNight[]> {
    return keptNights(this.checkpointOf(batchId));
  }

  /** The folder of a batch's checkpoint. */
  checkpointOf(batchId: string): string {
    return checkpointDirectory(this.options.data, batchId);
  }

  /** Forgets the checkpoint of an open batch; its frames stay. Refuses one that renders. */
  clear(batchId: string): Promise<BatchController> {
    // A run that began meanwhile would have the journal taken from under it.
    return this.#openings.take(async () => {
      const session = this.get(batchId);
      if (session.running) throw stillRenders('start it from nothing');
      await session.clear();
      this.changed();
      return session;
    });
  }

  list(): Promise<readonly BatchSummary[]> {
    const open = [...this.#open.values()].map((session) => {
      const isThere = session.isLive || existsSync(session.processor.batch.folder);
      return isThere ? session.summary() : withoutFolder(session.summary());
    });
    return this.#history.list(open);
  }

  async configure(settings: Settings): Promise<void> {
    const blender = await this.options.blenders.forSettings(settings);
    for (const session of this.#open.values()) session.configure(configOf(settings), blender);
  }

  /** What is on disk has changed: the sidebar is read anew, soon. */
  changed(): void {
    this.#history.changed();
    this.#sidebar.ask();
  }

  /** Stops every Blender; done frames stay. Safe to call twice. */
  async closeAll(): Promise<void> {
    for (const throttle of [this.#sidebar, this.#remembering]) throttle.stop();
    // As it is now, before all of it is stopped.
    const remembered = this.#remember();
    // What ends now would be remembered as cancelled.
    this.#followed = null;
    if (this.rendering) await this.#history.markStopped(this.rendering.id);
    const sessions = [...this.#open.values()].map((session) => session.close());
    await Promise.all([remembered, this.#checks.stop(), ...sessions]);
    this.#open.clear();
  }

  async #openFolder(folder: string, reading: Reading, follow = true): Promise<BatchController> {
    const { data, settings, trust, blenders } = this.options;
    const chosen = await settings.read();
    const isTrusted = async (root: string) => (await trust.of(root, true)) === 'trusted';
    const batch = await this.#read(folder, reading, isTrusted);
    const trusted = await trust.of(batch.folder, batch.wantsTrust);
    const old = this.#open.get(batch.id);
    if (old?.running) return this.#follow(old, follow);
    const config = { ...configOf(chosen), trusted: trusted === 'trusted' };
    const processor = new BatchProcessor(batch, {
      config,
      dataDirectory: data,
      installs: (again) => blenders.found(again),
    });
    const rendered = await doneInFolder(data, batch);
    const loaded = await this.#history.asTheArtistSees(batch.id, await processor.load());
    const blender = await blenders.forSettings(chosen);
    // Until here a journal that can't be read leaves the window with what it shows, alive.
    await old?.close();
    if (follow) this.#followed = batch.id;
    const found = { loaded, trust: trusted, blender };
    const session: BatchController = new BatchController(processor, found, {
      update: (update) => {
        if (this.#followed === update.batchId) this.options.push('batch:update', update);
        this.#sidebar.ask();
        this.#remembering.ask();
      },
      log: (jobId, lines) => this.options.push('log:lines', { batchId: batch.id, jobId, lines }),
      signal: (signal) => this.options.onSignal(session, signal),
      ended: (result) => {
        this.options.onSignal(session, null);
        this.options.onEnded(session, result);
        this.changed();
        const shown = this.#open.get(this.#followed ?? '');
        // It was opened while the machine was needed for this one.
        if (shown && shown !== session) this.#checks.preflight(shown, this.rendering);
        void this.#remember();
      },
      broken: (error) => {
        this.options.onSignal(session, null);
        this.options.onBroken?.(session, noticeOf(error));
        this.options.push('notice', noticeOf(error));
        this.changed();
      },
    });
    // What is to be asked of it is still to be asked.
    session.asksFor(old?.goesTo ?? null);
    this.#open.set(batch.id, session);
    session.addProblems(rendered);
    void this.options.trials.of(batch.id, processor.jobs).then((tried) => session.showTried(tried));
    if (session.isElsewhere || (await readDetached(processor.checkpointPath))) session.follow();
    this.changed();
    this.#remembering.ask();
    // The look goes on in what the window shows, whatever is opened beside it.
    if (this.#followed === null || this.#followed === batch.id) {
      this.#checks.preflight(session, this.rendering);
    }
    this.options.onOpened?.(session);
    return session;
  }

  #follow(session: BatchController, follow: boolean): BatchController {
    if (follow) this.#followed = session.id;
    return session;
  }

  /** The one that was shown last is opened without a look at all others. */
  async #placeOf(batchId: string): Promise<KnownPlace> {
    const last = batchId === this.#reading ? await this.#seen.read() : null;
    if (last?.view.id === batchId) return last.view;
    const known = await this.#history.find(batchId);
    const queued = known?.folder ? null : (this.options.placeOf?.(batchId) ?? null);
    if (queued) return queued;
    if (!known?.folder) throw unknownBatch(known?.problem);
    const { folder, outputRoot, test, files } = known;
    return { folder, outputRoot, test, files };
  }

  async #remember(): Promise<void> {
    const shown = this.#open.get(this.#followed ?? '');
    const snapshot = shown && memoryOf(shown);
    if (snapshot) await this.#seen.keep(snapshot);
  }

  async #tellSidebar(): Promise<void> {
    this.options.push('batches:changed', await this.list());
  }
}

export interface SessionsOptions {
  readonly data: string;
  readonly settings: JsonFile<Settings>;
  readonly trust: TrustStore;
  readonly blenders: BlenderShelf;
  readonly cluster: Pick<ClusterShelf, 'placesFor'>;
  readonly push: Push;
  /** Pictures of frames that estimates have tried. */
  readonly trials: TrialShelf;
  /** Something happened that the taskbar, the power saver or a notification may show. */
  readonly onSignal: (session: BatchController, signal: BatchSignal | null) => void;
  readonly onEnded: (session: BatchController, result: BatchResult) => void;
  /** A run ended that no shot is to blame for. @param why in a sentence */
  readonly onBroken?: (session: BatchController, why: string) => void;
  /** Where a batch is that was never rendered and waits for its turn; `null`: it is none. */
  readonly placeOf?: (batchId: string) => BatchPlace | null;
  /** A batch is open, with what its folder holds now. */
  readonly onOpened?: (session: BatchController) => void;
  /** A folder is about to be opened from outside, in place of the one that was shown last. */
  readonly opensAnother?: () => boolean;
}

function nothingAt(path: string): Refusal {
  return new Refusal(
    `There is nothing at “${path}”.`,
    'It may have been moved, renamed or unmounted: bring it back or choose another folder.',
  );
}

function tooManyPicked(): Refusal {
  return new Refusal(
    `More than ${MOST_PICKED.toLocaleString('en')} files can’t be picked one by one.`,
    'Drop their folder.',
  );
}

function folderGone(folder: string): Refusal {
  return new Refusal(
    `The folder “${folder}” is not there any more.`,
    'Bring it back, or say where it is now: “Locate…” in the menu of the batch. What is done stays done.',
  );
}

/** @param name of the batch that is in the way */
function otherRenders(name: string): Refusal {
  return new Refusal(
    `“${name}” is rendering.`,
    'Wait until it is done or cancel it, then render this batch.',
  );
}

/** @param wish what can be done after it was cancelled, such as “remove it” */
function stillRenders(wish: string): Refusal {
  return new Refusal('This batch is rendering.', `Cancel it first, then ${wish}.`);
}

function rendersNow(): Refusal {
  return new Refusal(
    'This batch is rendering.',
    'When it has ended, shots can be left out and taken in.',
  );
}

function unknownBatch(problem?: string | null): Refusal {
  return new Refusal(
    problem ?? 'Nightshift does not know this batch any more.',
    'Drop the shot folder on the window to open it again.',
  );
}
