import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlenderInfo } from '../../../shared/batch.ts';
import {
  type BlenderInstall,
  type BlenderInstalls,
  type BlendersAdded,
  compareVersions,
  defaultBlender,
} from '../../../shared/blender-install.ts';
import type { GpuList } from '../../../shared/gpu.ts';
import type { Settings } from '../../../shared/settings.ts';
import {
  BLENDER_PLACES,
  BLENDER_PLACES_FILE,
  blenderInfo,
  blenderInstalls,
  blendersAt,
  findGpus,
} from '../../engine/index.ts';
import { Refusal } from '../refusal.ts';
import { JsonFile } from './json-file.ts';

/** The Blenders of this machine. Looking for them takes a moment, so what was found is kept. */
export class BlenderShelf {
  #installs: Promise<BlenderInstalls> | null = null;
  #chosen: BlenderInfo | null = null;
  readonly #places: JsonFile<readonly string[]>;

  /** @param data the app data directory */
  constructor(readonly data: string) {
    this.#places = new JsonFile(join(data, BLENDER_PLACES_FILE), BLENDER_PLACES, []);
  }

  /** Looks again. @param again also asks those that did not answer before */
  look(again = false): Promise<BlenderInstalls> {
    const installs = blenderInstalls(this.data, { again });
    this.#installs = installs;
    return installs;
  }

  /** Takes in what the artist showed in a dialog, a program or a folder, for good; refuses what holds no Blender. */
  async add(place: string): Promise<BlendersAdded> {
    const answers = await blendersAt(place);
    const [newest] = answers
      .flatMap((answer) => (answer.ok ? [answer.value] : []))
      .sort((a, b) => compareVersions(b.version, a.version));
    if (!newest) {
      const [first] = answers;
      if (first?.ok === false) throw new Refusal(first.failure.message, first.failure.nextStep);
      throw new Refusal(
        `There is no Blender in ${place}.`,
        'Show the folder that Blender was installed or unpacked into, or its program.',
      );
    }
    const places = await this.#places.read();
    if (!places.includes(place)) await this.#places.write([...places, place]);
    return { installs: await this.look(), path: newest.path };
  }

  /** Forgets a place that the artist added; what is found without it stays. */
  async forget(place: string): Promise<BlenderInstalls> {
    const places = await this.#places.read();
    await this.#places.write(places.filter((each) => each !== place));
    return await this.look();
  }

  /** Those that answer. @param again looks again, also where those that were found are all still there */
  async found(again = false): Promise<readonly BlenderInstall[]> {
    if (again) return (await this.look(true)).found;
    const { found } = await this.#now();
    const isThere = await Promise.all(found.map(({ path }) => exists(path)));
    return isThere.every(Boolean) ? found : (await this.look()).found;
  }

  /** Whether a program is one that was found or shown. Any other path is not run to find out what it is. */
  async knows(path: string): Promise<boolean> {
    return (await this.#now()).found.some((blender) => blender.path === path);
  }

  /** Asks a Blender, the newest with `null`, for its GPUs; only one that was found or shown is started. */
  async gpus(path: string | null, factoryStartup: boolean): Promise<GpuList> {
    const chosen = path ?? defaultBlender((await this.#now()).found)?.path ?? null;
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
    const { found } = await this.#now();
    if (blenderPath === null) return defaultBlender(found);
    const known = found.find(({ path }) => path === blenderPath);
    if (known) return known;
    if (this.#chosen?.path === blenderPath) return this.#chosen;
    const answer = await blenderInfo(blenderPath);
    this.#chosen = answer.ok ? answer.value : null;
    return this.#chosen;
  }

  #now(): Promise<BlenderInstalls> {
    return this.#installs ?? this.look();
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
