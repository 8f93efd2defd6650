import type { BlenderInfo } from '../../shared/batch.ts';
import type { GpuList } from '../../shared/gpu.ts';
import type { Settings } from '../../shared/view.ts';
import { blenderInfo, findBlenders, findGpus } from '../batch/index.ts';
import { Refusal } from './refusal.ts';

/** The Blenders of this machine. Looking for them takes a moment, so what was found is kept. */
export class BlenderShelf {
  #found: Promise<readonly BlenderInfo[]> | null = null;
  #chosen: BlenderInfo | null = null;
  readonly #shown = new Set<string>();

  /** Looks again. */
  look(): Promise<readonly BlenderInfo[]> {
    const found = findBlenders();
    this.#found = found;
    return found;
  }

  /** Notes one that the artist showed in a dialog. */
  show(blender: BlenderInfo | null): BlenderInfo | null {
    if (blender) this.#shown.add(blender.path);
    return blender;
  }

  /** Whether a program is one that was found or shown. Any other path is not run to find out what it is. */
  async knows(path: string): Promise<boolean> {
    if (this.#shown.has(path)) return true;
    return (await (this.#found ?? this.look())).some((blender) => blender.path === path);
  }

  /** Asks a Blender, the newest with `null`, for its GPUs; only one that was found or shown is started. */
  async gpus(path: string | null, factoryStartup: boolean): Promise<GpuList> {
    const chosen = path ?? (await (this.#found ?? this.look()))[0]?.path ?? null;
    if (chosen === null) return { chosen: false, devices: [] };
    if (!(await this.knows(chosen)) && this.#chosen?.path !== chosen) {
      throw new Refusal('This program was not chosen as a Blender.', 'Choose it in the settings.');
    }
    const list = await findGpus(chosen, factoryStartup);
    if (!list.ok) throw new Refusal(list.failure.message, list.failure.nextStep);
    return list.value;
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
