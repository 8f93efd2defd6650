import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

/**
 * One small JSON document on disk: read once, parsed by a schema, written whole.
 * A file that can't be parsed is set aside with `.bad` behind its name, and the fallback counts.
 */
export class JsonFile<T> {
  #value: T | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    readonly path: string,
    private readonly schema: z.ZodType<T>,
    private readonly fallback: T,
  ) {}

  async read(): Promise<T> {
    if (this.#value !== null) return this.#value;
    const kept = await this.#load();
    // What was written meanwhile counts.
    this.#value ??= kept;
    return this.#value;
  }

  /** Resolves when the new content is on disk; writes never overtake each other. */
  write(value: T): Promise<void> {
    this.#value = value;
    this.#writing = this.#writing.catch(() => undefined).then(() => writeWhole(this.path, value));
    return this.#writing;
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => undefined);
  }

  async #load(): Promise<T> {
    const text = await readFile(this.path, 'utf8').catch(() => null);
    if (text === null) return this.fallback;
    const parsed = this.schema.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    await rename(this.path, `${this.path}.bad`).catch(() => undefined);
    return this.fallback;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Beside it, synced, then renamed over it: after a power cut it is the old one or the new one. */
async function writeWhole(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.new`;
  const file = await open(beside, 'w');
  try {
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
