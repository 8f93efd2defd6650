import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { setAside, writeAtomically } from '../../engine/lib/atomic-file.ts';

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
    /** Who may read it, as `chmod` has it; not given: as all files of this user. */
    private readonly mode?: number,
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
    const text = `${JSON.stringify(value, null, 2)}\n`;
    const folder = mkdir(dirname(this.path), { recursive: true });
    this.#writing = Promise.all([folder, this.#writing.catch(() => undefined)]).then(() =>
      writeAtomically(this.path, text, this.mode),
    );
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
    await setAside(this.path);
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
