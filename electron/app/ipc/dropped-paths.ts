import { Refusal } from '../refusal.ts';
import { isOurWindow, type Sender } from './sender.ts';

/** One drop may hold this many files; a longer list drops its oldest entries. */
const MOST = 20_000;
const LONGEST = 32_768;

/**
 * The paths that the window may open: those of files and folders that a hand dropped on it.
 *
 * Only the preload sends here, on a channel that pages can't reach, and only with a path that `webUtils` read from a
 * `File` of a real drop: a page can't make such a `File`. Electron gives the main process no sight of a drop, so a
 * window whose sandboxed process is taken over completely could still send any path. It would open a folder as a batch
 * and see names in it; it could read no file.
 */
export class DroppedPaths {
  readonly #paths = new Set<string>();

  /** Takes in a path from the preload; ignores anything else. */
  add(path: unknown, sender: Sender): void {
    if (!isOurWindow(sender) || typeof path !== 'string') return;
    if (path === '' || path.length > LONGEST) return;
    this.#paths.delete(path);
    this.#paths.add(path);
    const [oldest] = this.#paths;
    if (this.#paths.size > MOST && oldest !== undefined) this.#paths.delete(oldest);
  }

  /** Throws a refusal where one of the paths was not dropped on the window. */
  check(paths: readonly string[]): void {
    if (paths.every((path) => this.#paths.has(path))) return;
    throw new Refusal(
      'Nightshift opens by its path only what was dropped on the window.',
      'Drop it again, or choose its folder with Open folder.',
    );
  }
}
