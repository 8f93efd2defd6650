import type { BlenderInfo } from '../../shared/batch.ts';
import type { StartWorker, WorkerOptions } from './types.ts';
import { within } from './within.ts';
import { type Starting, spawnWorker, startWorker } from './worker.ts';

/**
 * A Blender that starts while it is still being found out what to render. It comes up by itself; the
 * lane that it was started for takes it over: from then on it is like any other.
 */
export class HeadStart {
  readonly #options: Omit<WorkerOptions, 'onLog' | 'onSamples'>;
  readonly #first: Promise<Starting | null>;
  readonly #unused: NodeJS.Timeout;
  #spawned: Promise<Starting | null> | null;
  /** What it says goes here, and before somebody listens into `early`. */
  #onLog: WorkerOptions['onLog'] | null = null;
  readonly #early: Parameters<WorkerOptions['onLog']>[0][] = [];
  #onSamples: WorkerOptions['onSamples'] = () => {};

  constructor(options: Omit<WorkerOptions, 'onLog' | 'onSamples'>) {
    this.#options = options;
    this.#first = this.#spawn();
    this.#spawned = this.#first;
    this.#unused = setTimeout(() => void this.close(), UNUSED_MS).unref();
  }

  /** Gives its lane the one that has been started already, once; starts others as usual. */
  readonly startWorker: StartWorker = async (options, limits) => {
    const { lane, blenderPath } = this.#options;
    const fits = options.lane === lane && options.blenderPath === blenderPath;
    const starting = fits ? await this.#take() : null;
    // One that died in the meantime says nothing about the shot that it was started for.
    if (!starting?.worker.alive) {
      await starting?.worker.close();
      return startWorker(options, limits);
    }
    for (const line of this.#early) options.onLog(line);
    this.#onLog = options.onLog;
    this.#onSamples = options.onSamples;
    return starting.ready(limits);
  };

  /** Which Blender it is, as soon as it has come up; `null`: it did not in time, and can't be asked any more. */
  async info(): Promise<BlenderInfo | null> {
    const starting = await this.#first;
    const version = starting && (await within(COMES_UP_MS, starting.version));
    return version ? { path: this.#options.blenderPath, version } : null;
  }

  /** Ends it if nobody has taken it over. Idempotent. */
  async close(): Promise<void> {
    await (await this.#take())?.worker.close();
  }

  async #take(): Promise<Starting | null> {
    clearTimeout(this.#unused);
    const spawned = this.#spawned;
    this.#spawned = null;
    return spawned;
  }

  /** `null`: it could not be started, which the next one will say better. */
  async #spawn(): Promise<Starting | null> {
    const spawned = spawnWorker({
      ...this.#options,
      onLog: (line) => {
        if (this.#onLog) this.#onLog(line);
        else if (this.#early.length < MOST_EARLY) this.#early.push(line);
      },
      onSamples: (samples) => this.#onSamples(samples),
    });
    return spawned.then(
      (answer) => (answer.ok ? answer.value : null),
      () => null,
    );
  }
}

const MOST_EARLY = 1000;
/** Where its lane is kept from work, as by too little memory, it would hold some all night. */
const UNUSED_MS = 120_000;
/** As long as one that is asked for its version may take. */
const COMES_UP_MS = 20_000;
