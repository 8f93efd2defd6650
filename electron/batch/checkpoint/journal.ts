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
