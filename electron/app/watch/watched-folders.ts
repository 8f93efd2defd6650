import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Batch } from '../../../shared/batch.ts';
import type { Push } from '../../../shared/ipc.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { printable } from '../../../shared/safe-text.ts';
import {
  changedShots,
  replacedShots,
  SerialQueue,
  type ShotWatch,
  type WatchOptions,
  watchShots,
} from '../../engine/index.ts';
import { noticeOf } from '../refusal.ts';
import type { BatchController } from '../sessions/batch-controller.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { JsonFile } from '../stores/json-file.ts';

/** What is asked of an open batch. */
export interface WatchedBatch extends Pick<BatchController, 'running' | 'addProblems'> {
  readonly processor: Pick<BatchController['processor'], 'batch' | 'takeIn'>;
}

/** What the watched folders need of the rest of the app. */
export interface WatchHost {
  /** Ids of the batches that are to be watched, kept over restarts. */
  readonly chosen: () => Promise<readonly string[]>;
  readonly choose: (batchIds: readonly string[]) => Promise<void>;
  readonly find: (batchId: string) => WatchedBatch | undefined;
  readonly watch: (folder: string, options: WatchOptions) => ShotWatch;
  /** What the folder of an open batch holds now. */
  readonly read: (batchId: string) => Promise<Batch>;
  /** Opens a batch that is at rest anew, with what its folder holds now. @param show in the window, if it shows it */
  readonly reopen: (batchId: string, show: boolean) => Promise<void>;
  readonly tell: (batchIds: readonly string[]) => void;
  readonly say: (sentence: string) => void;
  readonly failed: (error: unknown) => void;
}

/** Folders whose shots join their batch as they come; those that have changed are offered again. */
export class WatchedFolders {
  readonly #watches = new Map<string, ShotWatch>();
  /** Batches whose folder has changed in a way that a run can't take in. */
  readonly #stale = new Set<string>();
  /** Batches whose shot files were changed in the window while they rendered. */
  readonly #edited = new Set<string>();
  /** Of two that are chosen at once the second would keep what was so before the first. */
  readonly #choosing = new SerialQueue();

  constructor(private readonly host: WatchHost) {}

  list(): readonly string[] {
    return [...this.#watches.keys()];
  }

  /** Turns it on or off for an open batch. Resolves when it is so, and stays so at the next start. */
  async set(batchId: string, on: boolean): Promise<void> {
    await this.#choosing.take(() => this.#choose(batchId, on));
    if (on) await this.#begin(batchId);
    else await this.#end(batchId);
    this.host.tell(this.list());
  }

  /** A batch was opened: it is watched if it was chosen once. Never rejects. */
  async opened(batchId: string): Promise<void> {
    if (this.#watches.has(batchId) || !(await this.host.chosen()).includes(batchId)) return;
    await this.#begin(batchId);
    this.host.tell(this.list());
  }

  /** A run is over: what it could not take in is offered now. */
  ended(batchId: string): void {
    const isEdited = this.#edited.delete(batchId);
    if (this.#stale.has(batchId)) void this.#look(batchId).catch(this.host.failed);
    else if (isEdited) void this.host.reopen(batchId, true).catch(this.host.failed);
  }

  /**
   * Shot files of a batch were changed in the window, whether its folder is watched or not: it is read anew now, and where it
   * renders when that is over. Who has changed them asks for what it holds then.
   */
  async changed(batchId: string): Promise<void> {
    if (this.host.find(batchId)?.running) this.#edited.add(batchId);
    else await this.host.reopen(batchId, false);
  }

  /** Resolves when nothing is watched any more. */
  async close(): Promise<void> {
    await Promise.all(this.list().map((batchId) => this.#end(batchId)));
  }

  async #choose(batchId: string, on: boolean): Promise<void> {
    const chosen = await this.host.chosen();
    if (chosen.includes(batchId) === on) return;
    await this.host.choose(on ? [...chosen, batchId] : chosen.filter((id) => id !== batchId));
  }

  async #begin(batchId: string): Promise<void> {
    const session = this.host.find(batchId);
    if (!session || this.#watches.has(batchId)) return;
    const { folder, outputRoot } = session.processor.batch;
    const watch = this.host.watch(folder, {
      leftOut: [outputRoot, join(folder, 'renders')],
      onChange: () => this.#look(batchId),
      onError: this.host.failed,
    });
    this.#watches.set(batchId, watch);
    await watch.ready;
  }

  async #end(batchId: string): Promise<void> {
    const watch = this.#watches.get(batchId);
    this.#watches.delete(batchId);
    this.#stale.delete(batchId);
    await watch?.close();
  }

  async #look(batchId: string): Promise<void> {
    const session = this.host.find(batchId);
    if (!session || !this.#watches.has(batchId)) return;
    const before = session.processor.batch.jobs;
    const now = await this.host.read(batchId);
    const joined = await session.processor.takeIn(now);
    const taken = new Set(joined);
    if (joined.length > 0) {
      session.addProblems(now.problems.filter(({ jobId }) => jobId !== null && taken.has(jobId)));
      const [first] = replacedShots(before, now, joined);
      const older =
        first && `${printable(first.name)}, which is older now, is rendered to its end.`;
      this.#say(newText(now, joined, older));
    }
    const { jobs, leftOut } = session.processor.batch;
    const { added, changed, gone } = changedShots(jobs, now);
    const isSame = added.length + changed.length + gone.length === 0;
    if (isSame && isDeepStrictEqual(leftOut, now.leftOut)) {
      this.#stale.delete(batchId);
    } else if (session.running) {
      this.#stale.add(batchId);
    } else {
      this.#stale.delete(batchId);
      await this.host.reopen(batchId, true);
      this.#say(offeredText(before, now, added));
    }
  }

  #say(text: string | null): void {
    if (text !== null) this.host.say(text);
  }
}

/**
 * Said when a folder was read anew and shots have come: which, and what is left out for them; `null`: none has.
 * @param before the jobs as they were read before
 * @param added ids of those that have come since
 */
export function offeredText(
  before: readonly BatchJob[],
  now: Batch,
  added: readonly string[],
): string | null {
  const older = replacedShots(before, now, added);
  return newText(now, added, older.length > 0 ? 'Older versions are left out.' : undefined);
}

function newText({ jobs }: Batch, ids: readonly string[], more: string | undefined): string | null {
  const names = jobs.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  return names.length === 0 ? null : [newShotsText(names), more].filter(Boolean).join(' ');
}

/** Said when shots have come into a folder: `New in the folder: hero and lamp.` */
export function newShotsText(names: readonly string[]): string {
  const [first = '', second = ''] = names.map(printable);
  if (names.length === 1) return `New in the folder: ${first}.`;
  if (names.length === 2) return `New in the folder: ${first} and ${second}.`;
  return `New in the folder: ${first} and ${names.length - 1} more shots.`;
}

/** The batches of the app and their folders, as the watched folders see them. */
export function watchHost(data: string, sessions: Sessions, push: Push): WatchHost {
  const chosen = new JsonFile<string[]>(join(data, 'watched.json'), z.array(z.string()), []);
  return {
    chosen: () => chosen.read(),
    choose: (batchIds) => chosen.write([...batchIds]),
    find: (batchId) => sessions.find(batchId),
    watch: watchShots,
    read: (batchId) => sessions.readAnew(batchId),
    reopen: async (batchId, show) => {
      const session = await sessions.reopenAtRest(batchId);
      if (show && session && sessions.followed === batchId)
        push('folder:opened', session.snapshot());
    },
    tell: (batchIds) => push('watch:changed', batchIds),
    say: (sentence) => push('notice', sentence),
    failed: (error) => push('notice', noticeOf(error)),
  };
}
