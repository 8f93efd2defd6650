import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeQuickly } from '../../engine/lib/atomic-file.ts';

interface Entry {
  readonly bytes: number;
  /** When its file was last marked as used, ms since 1970. */
  markedAt: number;
}

/** What a file takes on most disks is a multiple of it. */
const BLOCK = 4096;
/** A use is noted on disk only so often: nothing but the order after the next start depends on it. */
const MARK_MS = 3_600_000;
const ENDING = '.webp';

/**
 * Thumbnails on disk, one folder a batch, never more than `limit` bytes: the longest unused go first.
 * The folder is looked through once; from then on bytes are counted as they come and go. What can't be
 * written is not kept: nothing here is needed.
 */
export class ThumbnailCache {
  /** By path below the folder; the longest unused first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #ready: Promise<void> | null = null;

  constructor(
    private readonly folder: string,
    private readonly limit: number,
  ) {}

  /** Disk that all entries take. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The picture, if it is there and whole; a broken one is removed.
   * @param name batch and picture, `film/9f…-row`, made from the content of the frame, so that one that was rendered
   * anew has another; both parts are safe as file names
   */
  async get(name: string): Promise<Buffer | null> {
    await this.#opened();
    const path = `${name}${ENDING}`;
    const entry = this.#entries.get(path);
    if (!entry) return null;
    const data = await readFile(join(this.folder, path)).catch(() => null);
    if (!data || !(await isWhole(data))) {
      await this.#remove(path);
      return null;
    }
    // Meanwhile it may have had to make room; then nothing is counted for it any more.
    if (this.#entries.get(path) !== entry) return data;
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    await this.#mark(path, entry);
    return data;
  }

  async put(name: string, data: Buffer): Promise<void> {
    await this.#opened();
    const path = `${name}${ENDING}`;
    const file = join(this.folder, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeQuickly(file, data);
    } catch {
      return;
    }
    this.#forget(path);
    this.#add(path, data.length, Date.now());
    await this.#shrink();
  }

  /** Removes all thumbnails of a batch. */
  async clear(batchId: string): Promise<void> {
    await this.#opened();
    for (const path of this.#entries.keys()) if (path.startsWith(`${batchId}/`)) this.#forget(path);
    await rm(join(this.folder, batchId), { recursive: true, force: true }).catch(() => undefined);
  }

  /** Removes what begins with this name. */
  async drop(begin: string): Promise<void> {
    await this.#opened();
    for (const path of [...this.#entries.keys()])
      if (path.startsWith(begin)) await this.#remove(path);
  }

  #opened(): Promise<void> {
    this.#ready ??= this.#look();
    return this.#ready;
  }

  async #look(): Promise<void> {
    const found: { path: string; bytes: number; at: number }[] = [];
    for (const batch of await readdir(this.folder).catch(() => [])) {
      for (const name of await readdir(join(this.folder, batch)).catch(() => [])) {
        const path = `${batch}/${name}`;
        const file = join(this.folder, path);
        // Left by a writer that died.
        if (!name.endsWith(ENDING)) await rm(file, { force: true }).catch(() => undefined);
        const known = await stat(file).catch(() => null);
        if (known?.isFile()) found.push({ path, bytes: known.size, at: known.mtimeMs });
      }
    }
    found.sort((a, b) => a.at - b.at);
    for (const { path, bytes, at } of found) this.#add(path, bytes, at);
    await this.#shrink();
  }

  async #shrink(): Promise<void> {
    for (const path of this.#entries.keys()) {
      if (this.#bytes <= this.limit) return;
      await this.#remove(path);
    }
  }

  async #mark(path: string, entry: Entry): Promise<void> {
    const now = new Date();
    if (now.getTime() - entry.markedAt < MARK_MS) return;
    entry.markedAt = now.getTime();
    await utimes(join(this.folder, path), now, now).catch(() => undefined);
  }

  #add(path: string, size: number, at: number): void {
    const bytes = Math.ceil(size / BLOCK) * BLOCK;
    this.#entries.set(path, { bytes, markedAt: at });
    this.#bytes += bytes;
  }

  async #remove(path: string): Promise<void> {
    this.#forget(path);
    await rm(join(this.folder, path), { force: true }).catch(() => undefined);
  }

  #forget(path: string): void {
    this.#bytes -= this.#entries.get(path)?.bytes ?? 0;
    this.#entries.delete(path);
  }
}

/** A power cut leaves files that are short or full of zeros. */
async function isWhole(data: Buffer): Promise<boolean> {
  if (data.length < 12 || data.readUInt32LE(4) + 8 !== data.length) return false;
  const { default: sharp } = await import('sharp');
  return sharp(data, { failOn: 'warning' })
    .raw()
    .toBuffer()
    .then(
      () => true,
      () => false,
    );
}
