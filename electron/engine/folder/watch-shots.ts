import nodePath, { basename, type PlatformPath } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { watch } from 'chokidar';
import type { Batch } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { LeftOutShot } from '../../../shared/shot.ts';

export interface WatchOptions {
  /** Absolute folders in which nothing is looked at: where frames go. */
  readonly leftOut: readonly string[];
  /** A file whose size stands still for so long is whole, ms. */
  readonly settleMs?: number;
  /** Told when shots, scenes or scripts of the folder are others than before. One call at a time. */
  readonly onChange: () => Promise<void>;
  /** It can't be watched (any more). */
  readonly onError: (error: Error) => void;
}

export interface ShotWatch {
  /** Resolves when everything is being watched. */
  readonly ready: Promise<void>;
  /** Resolves when nothing is told any more. Idempotent. */
  close(): Promise<void>;
}

/** A scene is copied or saved in many small pieces. */
const SETTLE_MS = 2000;
const POLL_MS = 100;
/** What a shot is made of; pictures that are rendered are none of it. */
const SOURCES = /\.(ya?ml|blend|py)$/i;
const FOREIGN_FOLDERS = new Set(['node_modules', '__pycache__', '__MACOSX']);

/**
 * Watches a shot folder: files that come, change or go are told once they are whole, hidden ones and
 * those in folders of frames apart. What is there at the beginning is not told.
 * @param folder absolute, links resolved
 */
export function watchShots(folder: string, options: WatchOptions): ShotWatch {
  const root = asAsked(folder);
  const leftOut = new Set(options.leftOut.map((path) => asAsked(path)));
  const watcher = watch(folder, {
    ignoreInitial: true,
    awaitWriteFinish: {
      stabilityThreshold: options.settleMs ?? SETTLE_MS,
      pollInterval: Math.min(POLL_MS, options.settleMs ?? POLL_MS),
    },
    ignored: (path, stats) => {
      if (path === root) return false;
      const name = basename(path);
      if (name.startsWith('.') || FOREIGN_FOLDERS.has(name) || leftOut.has(path)) return true;
      return stats?.isFile() === true && !SOURCES.test(name);
    },
  });
  const telling = new Telling(options.onChange, options.onError);
  for (const event of ['add', 'change', 'unlink', 'unlinkDir'] as const) {
    watcher.on(event, () => telling.ask());
  }
  watcher.on('error', (error) => options.onError(sentence(error, folder)));
  const ready = new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return {
    ready,
    close: async () => {
      telling.stop();
      await watcher.close();
      await telling.settled;
    },
  };
}

/** How chokidar writes the paths that it asks about: on Windows not as the system does. */
export function asAsked(
  path: string,
  system: Pick<PlatformPath, 'normalize' | 'sep'> = nodePath,
): string {
  return system.normalize(path).replaceAll(system.sep, '/');
}

/** Linux says of too many watches that a disk is full. */
function sentence(error: unknown, folder: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EMFILE') return error as Error;
  return new Error(
    `The system watches no more files, so not all changes in ${folder} are seen. Open the folder again to read it, or raise the limit (on Linux fs.inotify.max_user_watches).`,
    { cause: error },
  );
}

/** Tells of many changes at once, and of those that come meanwhile afterwards. */
class Telling {
  settled: Promise<void> = Promise.resolve();
  #asked = false;
  #busy = false;
  #stopped = false;

  constructor(
    private readonly tell: () => Promise<void>,
    private readonly onError: (error: Error) => void,
  ) {}

  ask(): void {
    this.#asked = true;
    if (!this.#busy) this.settled = this.#work();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#asked && !this.#stopped) {
      // The files of one copy come in one after another.
      await new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));
      this.#asked = false;
      if (!this.#stopped) await this.tell().catch(this.onError);
    }
    this.#busy = false;
  }
}

const TOGETHER_MS = 50;

/** How a folder that was read anew differs from what is known of it: ids of jobs. */
export interface ChangedShots {
  readonly added: readonly string[];
  /** Their shot file, scene or script is another one. */
  readonly changed: readonly string[];
  readonly gone: readonly string[];
}

/** @param known the jobs as they were read before, or are now */
export function changedShots(known: readonly BatchJob[], now: Batch): ChangedShots {
  const before = new Map(known.map((job) => [job.id, job]));
  const here = new Set(now.jobs.map(({ id }) => id));
  return {
    added: now.jobs.filter(({ id }) => !before.has(id)).map(({ id }) => id),
    changed: now.jobs.filter((job) => isOther(before.get(job.id), job)).map(({ id }) => id),
    gone: known.filter(({ id }) => !here.has(id)).map(({ id }) => id),
  };
}

/**
 * The versions that were the newest until newer ones came.
 * @param known the jobs as they were read before
 * @param come ids of jobs that have come since
 */
export function replacedShots(
  known: readonly BatchJob[],
  { jobs, leftOut }: Batch,
  come: readonly string[],
): readonly LeftOutShot[] {
  const before = new Set(known.map(({ id }) => id));
  const files = new Set(jobs.filter(({ id }) => come.includes(id)).map(({ shotFile }) => shotFile));
  return (leftOut?.shots ?? []).filter(
    ({ id, newer }) => newer !== null && files.has(newer) && before.has(id),
  );
}

function isOther(before: BatchJob | undefined, now: BatchJob): boolean {
  if (!before) return false;
  return before.source !== now.source || !isDeepStrictEqual(before.shotConfig, now.shotConfig);
}
