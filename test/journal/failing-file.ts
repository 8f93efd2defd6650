import type { JournalFile } from '../../electron/engine/journal/journal.ts';

/** A real file on a disk that fills up when told to: half of a line gets through, as it does. */
export class FailingFile implements JournalFile {
  fails: 'write' | 'sync' | 'write and truncate' | null = null;
  syncs = 0;
  readonly #file: JournalFile;

  constructor(file: JournalFile) {
    this.#file = file;
  }

  // Only the form that the journal uses.
  write = (async (bytes: Uint8Array, offset: number, length: number, position: number) => {
    if (this.fails?.startsWith('write')) {
      await this.#file.write(bytes, offset, Math.floor(length / 2), position);
      throw full();
    }
    return this.#file.write(bytes, offset, length, position);
  }) as JournalFile['write'];

  async datasync(): Promise<void> {
    this.syncs += 1;
    if (this.fails === 'sync') throw full();
    await this.#file.datasync();
  }

  async truncate(length?: number): Promise<void> {
    if (this.fails === 'write and truncate') throw full();
    await this.#file.truncate(length);
  }

  stat = (() => this.#file.stat()) as JournalFile['stat'];

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function full(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}
