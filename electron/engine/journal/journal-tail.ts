import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchEvent } from '../../../shared/events.ts';
import { eventOf } from './read-journal.ts';
import { type Replayed, replayFile } from './replay.ts';

/** So much before the end of what was read tells whether the file is still the same. */
const KNOWN_BYTES = 256;
const BLOCK_BYTES = 512 * 1024;

/** The journal of a batch that another process writes, on whatever computer: what is new in it is read, and no more. */
export class JournalTail {
  readonly #file: string;
  /** Length of the lines that were read; `null`: nothing was. */
  #length: number | null = null;
  /** The last bytes of them. */
  #known: Buffer = Buffer.alloc(0);

  /** @param directory the folder of the checkpoint */
  constructor(directory: string) {
    this.#file = join(directory, 'journal.jsonl');
  }

  /**
   * Reads on. Where nothing was read before, or the journal is another one by now, all of it comes as it stands, with
   * what is being rendered as such; else each new event. Throws what `replayFile` and the file system do.
   */
  async read(
    onAll: (replayed: Replayed) => void,
    onEvent: (event: BatchEvent) => void,
  ): Promise<void> {
    // Opened anew each time, since a network drive looks at a file then.
    const handle = await open(this.#file, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (!handle) {
      if (this.#length !== null && this.#length > 0) this.#length = null;
      return;
    }
    try {
      if (this.#length === null || !(await this.#isSame(handle, this.#length))) {
        const { replayed, length } = await replayFile(this.#file, { isLive: true });
        await this.#keep(handle, length);
        onAll(replayed);
      }
      await this.#readOn(handle, onEvent);
    } finally {
      await handle.close();
    }
  }

  async #isSame(handle: FileHandle, length: number): Promise<boolean> {
    return (await lastBytes(handle, length)).equals(this.#known);
  }

  async #keep(handle: FileHandle, length: number): Promise<void> {
    this.#known = await lastBytes(handle, length);
    this.#length = length;
  }

  async #readOn(handle: FileHandle, onEvent: (event: BatchEvent) => void): Promise<void> {
    let length = this.#length ?? 0;
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const block = Buffer.alloc(BLOCK_BYTES);
      const { bytesRead } = await handle.read(block, 0, BLOCK_BYTES, length + rest.length);
      if (bytesRead === 0) break;
      const bytes = Buffer.concat([rest, block.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf('\n') + 1;
      let start = 0;
      while (start < end) {
        const next = bytes.indexOf('\n', start);
        const event = eventOf(bytes.toString('utf8', start, next), bytes, start, next);
        if (event) onEvent(event);
        start = next + 1;
      }
      length += end;
      rest = bytes.subarray(end);
    }
    if (length !== this.#length) await this.#keep(handle, length);
  }
}

async function lastBytes(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(length, KNOWN_BYTES));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, length - bytes.length);
  return bytes.subarray(0, bytesRead);
}
