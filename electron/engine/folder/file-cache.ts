import { access, constants, realpath, type Stats, stat } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { contentHash } from './fingerprint.ts';

// These cost a third of what their counterparts in node:fs/promises do.
const look = promisify(stat);
const allowed = promisify(access);
const resolved = promisify(realpath.native);

/** How far a path exists: the folder as it is written, and where it really leads. */
interface Deepest {
  readonly written: string;
  readonly real: string;
}

/**
 * Looks at files that many shots share: each is asked for once, and every shot of one reading sees the
 * same. Made for one reading and thrown away with it, so that nothing gets stale. All paths absolute.
 */
export class FileLooks {
  readonly #known = new Map<string, Promise<unknown>>();
  readonly #deepest = new Map<string, Promise<Deepest>>();

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
    const { written, real } = await this.#deepestOf(path);
    return join(real, relative(written, path));
  }

  /** A path of thousands of folders makes no text for each of them: that alone would cost a second. */
  #deepestOf(path: string): Promise<Deepest> {
    const deepest = this.#deepest.get(path) ?? this.#findDeepest(path);
    this.#deepest.set(path, deepest);
    return deepest;
  }

  async #findDeepest(path: string): Promise<Deepest> {
    const parent = dirname(path);
    const above = parent === path ? null : await this.#deepestOf(parent);
    // What is in a folder that is not there is not there either.
    if (above && above.written !== parent) return above;
    return resolved(path).then(
      (real) => ({ written: path, real }),
      () => above ?? { written: path, real: path },
    );
  }

  #once<T>(what: string, path: string, ask: () => Promise<T>): Promise<T> {
    const key = `${what} ${path}`;
    const answer = (this.#known.get(key) as Promise<T> | undefined) ?? ask();
    this.#known.set(key, answer);
    return answer;
  }
}
