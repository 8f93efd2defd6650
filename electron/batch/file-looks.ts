import { access, constants, realpath, type Stats, stat } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { contentHash } from './shots/fingerprint.ts';

// These cost a third of what their counterparts in node:fs/promises do.
const look = promisify(stat);
const allowed = promisify(access);
const resolved = promisify(realpath.native);

interface RealPlace {
  readonly path: string;
  /** False also where nobody may look. */
  readonly isMissing: boolean;
}

/**
 * Looks at files that many shots share: each is asked for once, and every shot of one reading sees the
 * same. Made for one reading and thrown away with it, so that nothing gets stale. All paths absolute.
 */
export class FileLooks {
  readonly #known = new Map<string, Promise<unknown>>();

  /** Throws what the file system says. */
  stat(path: string): Promise<Stats> {
    return this.#once('stat', path, () => look(path));
  }

  /** Throws what the file system says if the file may not be read. */
  readable(path: string): Promise<void> {
    return this.#once('readable', path, () => allowed(path, constants.R_OK));
  }

  /** See `contentHash`. */
  contentHash(path: string): Promise<string> {
    return this.#once('hash', path, () => contentHash(path));
  }

  /** Where a path really leads: links resolved as far as it exists, the rest as it is written. */
  async realPlace(path: string): Promise<string> {
    return (await this.#place(path)).path;
  }

  #place(path: string): Promise<RealPlace> {
    return this.#once('place', path, async () => {
      const parent = dirname(path);
      const above = parent === path ? null : await this.#place(parent);
      const asWritten = above ? join(above.path, basename(path)) : path;
      // What is in a folder that is not there is not there either.
      if (above?.isMissing) return { path: asWritten, isMissing: true };
      return resolved(path).then(
        (real) => ({ path: real, isMissing: false }),
        (error: NodeJS.ErrnoException) => ({ path: asWritten, isMissing: isGone(error) }),
      );
    });
  }

  #once<T>(what: string, path: string, ask: () => Promise<T>): Promise<T> {
    const key = `${what} ${path}`;
    const known = this.#known.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asked = ask();
    this.#known.set(key, asked);
    return asked;
  }
}

function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR';
}
