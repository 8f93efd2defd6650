import { join } from 'node:path';
import type { Batch, BatchConfig, BlenderInfo } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { repeatable } from '../../blender/blender-command.ts';
import { within } from '../../blender/clock.ts';
import { type FirstStart, type HeadStart, takeHeadStart } from '../../blender/head-start.ts';
import { isRunnerKept } from '../../blender/kept-runner.ts';
import type { StartWorker, WorkerOptions } from '../../blender/types.ts';
import { type Starting, spawnWorker, startWorker } from '../../blender/worker.ts';
import type { Seat } from '../capacity/seats.ts';
import type { Replayed } from '../journal/replay.ts';
import { makeFolder } from '../lib/make-folder.ts';
import type { BlenderRun } from './lane-ports.ts';

/** Blenders that come up before their lanes are there. */
export interface EarlyBlenders {
  /** Gives each of the first lanes its own one, and starts others as usual. */
  readonly startWorker: StartWorker;
  /** Which Blender they are; `null`: they can't be asked. */
  readonly info: () => Promise<BlenderInfo | null>;
  /** Ends those that nobody has taken. Idempotent. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the first Blenders of a run before it is known what exactly is left to render: they need half
 * a second to come up, in which the checkpoint is joined with the folder. `null` where that is too early.
 * @param likely the Blender that all shots will get; `null`: that is not clear yet
 * @param folders of the run
 * @param seats those of the first lanes: one for each
 */
export async function earlyBlenders(
  likely: Promise<string | null>,
  { trusted, factoryStartup }: BatchConfig,
  { temporary, runners }: Pick<BlenderRun, 'temporary' | 'runners'>,
  seats: readonly Seat[],
): Promise<EarlyBlenders | null> {
  const head = takeHeadStart();
  const begun = head?.begun ?? null;
  const closeBegun = async () => {
    await begun?.end();
    begun?.clearUp();
  };
  try {
    const blenderPath = await likely;
    if (blenderPath === null) {
      head?.remember(null);
      await closeBegun();
      return null;
    }
    const isFit = begun !== null && runners !== undefined && isRunnerKept(runners);
    if (!isFit) await begun?.end();
    const early = new Map<unknown, EarlyBlender>();
    for (const [at, host] of seats.entries()) {
      const about = { host, blenderPath, trusted, factoryStartup, runners };
      if (at === 0 && isFit) {
        const { temporary, token } = begun;
        early.set(host, new EarlyBlender({ ...about, temporary, token, begun }));
        continue;
      }
      const own = join(temporary, `early-${at + 1}`);
      await makeFolder(own);
      early.set(host, new EarlyBlender({ ...about, temporary: own }));
    }
    const [first] = early.values();
    const remembered = head && first ? keepStart(head, first) : null;
    return {
      startWorker: (options, limits) =>
        (early.get(options.host)?.startWorker ?? startWorker)(options, limits),
      info: async () => (await first?.info()) ?? null,
      close: async () => {
        await Promise.all([...early.values()].map((one) => one.close()));
        await remembered;
        await closeBegun();
      },
    };
  } catch {
    // What is in its way is told when a lane starts one.
    await closeBegun();
    return null;
  }
}

/** The next command begins with the first of its Blenders started like this one, where that is not just how it was begun. */
async function keepStart({ begun, remember }: HeadStart, first: EarlyBlender): Promise<void> {
  const version = await first.version();
  if (version === null || (begun?.isTaken && begun.version === version)) return;
  remember(await first.repeatable(version).catch(() => null));
}

/** How many shots there are probably to render; what lies on disk was not looked at yet. */
export function expectedWork(
  { jobs }: Batch,
  only: readonly string[] | null,
  known: Replayed,
): number {
  const isExpected = ({ id, shotConfig }: BatchJob) =>
    shotConfig !== null &&
    (only === null || only.includes(id)) &&
    known.jobs.get(id)?.status !== 'completed';
  return jobs.filter(isExpected).length;
}

/**
 * A Blender that starts while it is still being found out what to render. It comes up by itself; the
 * lane that it was started for takes it over: from then on it is like any other.
 */
export class EarlyBlender {
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
    const fits = options.blenderPath === this.#options.blenderPath;
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

  /**
   * Which Blender it is; `null`: it did not come up in time, and can't be asked any more. Of a file that has come up before it is
   * known, and who opens a scene in it hears it if that has changed.
   */
  async info(): Promise<BlenderInfo | null> {
    await this.#first;
    const { begun, blenderPath: path } = this.#options;
    const version = begun?.isTaken ? begun.version : await this.version();
    return version === null ? null : { path, version };
  }

  /** The version that it says itself, as soon as it has come up; `null`: it did not in time. */
  async version(): Promise<string | null> {
    const starting = await this.#first;
    return (starting && (await within(COMES_UP_MS, starting.version))) ?? null;
  }

  /** How one like it is started again; `null`: that can't be repeated. */
  repeatable(version: string): Promise<FirstStart | null> {
    return repeatable(this.#options, version);
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
