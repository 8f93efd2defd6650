import type { StartWorker, WorkerOptions } from './types.ts';
import { type Starting, spawnWorker, startWorker } from './worker.ts';

/**
 * A Blender that starts while it is still being found out what to render. It comes up by itself; the
 * lane that it was started for takes it over: from then on it is like any other.
 */
export class HeadStart {
  readonly #options: Omit<WorkerOptions, 'onLog' | 'onSamples'>;
  #spawned: Promise<Starting | null> | null;
  /** What it says goes here, and before somebody listens into `early`. */
  #onLog: WorkerOptions['onLog'] | null = null;
  readonly #early: Parameters<WorkerOptions['onLog']>[0][] = [];
  #onSamples: WorkerOptions['onSamples'] = () => {};

  constructor(options: Omit<WorkerOptions, 'onLog' | 'onSamples'>) {
    this.#options = options;
    this.#spawned = this.#spawn();
  }

  /** Gives its lane the one that has been started already, once; starts others as usual. */
  readonly startWorker: StartWorker = async (options, limits) => {
    const { lane, blenderPath } = this.#options;
    const fits = options.lane === lane && options.blenderPath === blenderPath;
    const starting = fits ? await this.#take() : null;
    if (!starting) return startWorker(options, limits);
    for (const line of this.#early) options.onLog(line);
    this.#onLog = options.onLog;
    this.#onSamples = options.onSamples;
    return starting.ready(limits);
  };

  /** Ends it if nobody has taken it over. Idempotent. */
  async close(): Promise<void> {
    await (await this.#take())?.worker.close();
  }

  async #take(): Promise<Starting | null> {
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
