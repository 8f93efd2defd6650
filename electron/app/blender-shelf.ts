import type { BlenderInfo } from '../../shared/batch.ts';
import type { Settings } from '../../shared/view.ts';
import { blenderInfo, findBlenders } from '../batch/index.ts';

/** The Blenders of this machine. Looking for them takes a moment, so what was found is kept. */
export class BlenderShelf {
  #found: Promise<readonly BlenderInfo[]> | null = null;
  #chosen: BlenderInfo | null = null;

  /** Looks again. */
  look(): Promise<readonly BlenderInfo[]> {
    const found = findBlenders();
    this.#found = found;
    return found;
  }

  /** The one that a batch will be rendered with; `null`: there is none. */
  async forSettings({ blenderPath }: Settings): Promise<BlenderInfo | null> {
    const found = await (this.#found ?? this.look());
    if (blenderPath === null) return found[0] ?? null;
    const known = found.find(({ path }) => path === blenderPath);
    if (known) return known;
    if (this.#chosen?.path === blenderPath) return this.#chosen;
    const answer = await blenderInfo(blenderPath);
    this.#chosen = answer.ok ? answer.value : null;
    return this.#chosen;
  }
}
