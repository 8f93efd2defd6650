import { type FileHandle, open } from 'node:fs/promises';

/** What a journal needs of an open file: a test may give one whose disk fills up. */
export type JournalFile = Pick<FileHandle, 'write' | 'datasync' | 'truncate' | 'stat' | 'close'>;
export type OpenJournalFile = (file: string) => Promise<JournalFile>;

/** Opens for reading and writing at any place, and makes the file if it is not there. */
export async function openJournalFile(file: string): Promise<JournalFile> {
  return open(file, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return open(file, 'wx+');
    throw error;
  });
}

/** The writing end of a journal. One write at a time; the caller sees to that. */
export class Journal {
  readonly #handle: JournalFile;
  #length: number;
  /** Something of a failed write may stand after the last good line. */
  #torn = false;

  /** `length`: where the next line goes; anything after it is overwritten. */
  constructor(handle: JournalFile, length: number) {
    this.#handle = handle;
    this.#length = length;
  }

  /**
   * Writes whole lines (each with its line end) after the last good one. If it rejects, none of
   * them is in the journal, and a later write goes to the same place.
   */
  async write(text: string, sync: boolean): Promise<void> {
    const bytes = Buffer.from(text, 'utf8');
    if (this.#torn) await this.cutTail();
    this.#torn = true;
    try {
      await this.#writeAll(bytes);
      if (sync) await this.#handle.datasync();
      // An unlinked file can still be written to, and nobody would ever read it.
      if ((await this.#handle.stat()).nlink === 0) {
        throw Object.assign(new Error('the journal was deleted'), { code: 'ENOENT' });
      }
    } catch (error) {
      // If even this fails, the next write tries it again before anything else.
      await this.cutTail().catch(() => {});
      throw error;
    }
    this.#length += bytes.length;
    this.#torn = false;
  }

  /** Cuts what stands after the last good line. */
  async cutTail(): Promise<void> {
    await this.#handle.truncate(this.#length);
    this.#torn = false;
  }

  /** Brings what was written without a sync to the disk too; one that refuses has done so before. */
  async close(): Promise<void> {
    await this.#handle.datasync().catch(() => {});
    await this.#handle.close();
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        written,
        bytes.length - written,
        this.#length + written,
      );
      if (bytesWritten === 0) {
        throw Object.assign(new Error('nothing could be written'), { code: 'ENOSPC' });
      }
      written += bytesWritten;
    }
  }
}

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects what is added while a commit is under way and commits it together, in order of the
 * calls. `commit` answers, for each item, null or the error of that item alone; if it throws, all
 * of its items are rejected.
 */
export class GroupCommit<T> {
  readonly #commit: (items: readonly T[]) => Promise<readonly (Error | null)[]>;
  #queue: Waiting<T>[] = [];
  #draining: Promise<void> | null = null;

  constructor(commit: (items: readonly T[]) => Promise<readonly (Error | null)[]>) {
    this.#commit = commit;
  }

  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when everything added so far has been answered. */
  async settled(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
  }

  async #drain(): Promise<void> {
    // The calls of the same tick belong together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const taken = this.#queue;
      this.#queue = [];
      try {
        const errors = await this.#commit(taken.map((waiting) => waiting.item));
        for (const [index, waiting] of taken.entries()) {
          const error = errors[index];
          if (error) waiting.reject(error);
          else waiting.resolve();
        }
      } catch (error) {
        for (const waiting of taken) waiting.reject(error);
      }
    }
    this.#draining = null;
  }
}

/** Why a journal can't be used. */
interface Reason {
  /** What happened; the folder follows. */
  readonly what: string;
  readonly nextStep: string;
}

const FULL: Reason = {
  what: 'The disk that holds the checkpoint is full',
  nextStep: 'Make room on it and start again: what is finished stays finished.',
};
const REFUSED: Reason = {
  what: 'Nightshift may not use the folder of the checkpoint',
  nextStep: 'Change its permissions and start again.',
};
const DELETED: Reason = {
  what: 'The checkpoint was deleted while the batch was running',
  nextStep:
    'Start again and let it keep every whole frame that is there (--existing skip): none is lost.',
};

const REASONS: Readonly<Record<string, Reason>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EROFS: {
    what: 'The disk that holds the checkpoint is read-only',
    nextStep: 'Make it writable and start again.',
  },
  EACCES: REFUSED,
  EPERM: REFUSED,
  EISDIR: {
    what: 'A folder called journal.jsonl stands where the checkpoint is kept',
    nextStep: 'Move it away and start again.',
  },
};

/**
 * An error of the file system as a sentence that names the checkpoint's folder, with the same `code` and
 * a `nextStep`; every other error as it is.
 * @param isOpen it could be used until now
 */
export function journalError(directory: string, error: unknown, isOpen: boolean): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!code) return error;
  const reason = code === 'ENOENT' && isOpen ? DELETED : REASONS[code];
  const what = reason?.what ?? `The checkpoint can't be written (${message})`;
  const nextStep = reason?.nextStep ?? 'Mend that and start again.';
  return Object.assign(new Error(`${what}: ${directory}.`, { cause: error }), { code, nextStep });
}
