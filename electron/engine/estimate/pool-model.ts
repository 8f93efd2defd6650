import type { BatchConfig, MachineInfo } from '../../../shared/batch.ts';
import type { FrameList } from '../../../shared/frame-list.ts';
import { clusterOf, type HostConfig } from '../../../shared/hosts.ts';
import { workersFor } from '../capacity/machine.ts';
import {
  FEWEST_SEEN,
  GAIN_SECONDS,
  GAIN_SHARE,
  LEAST_OF_A_CORE,
  LONG_FRAME_SECONDS,
  OWN_FRAME_SECONDS,
  REMEMBERED,
  START_SECONDS,
  STEADY,
  WORTH_A_BLENDER,
} from './constants.ts';

/*
 * How many Blenders with how many threads each finish first what is left. A frame has a part that one core does, however
 * many there are, and a part that all threads share: with t threads it takes `serial + parallel / t` seconds. Both are
 * known from one frame: it took so many seconds by the clock, and so many of processor time.
 */

/** What a frame of a shot costs, in seconds of one core. */
export interface FrameCost {
  readonly serial: number;
  readonly parallel: number;
}

/** What one frame took. */
export interface FrameTaken {
  /** By the clock. */
  readonly seconds: number;
  /** Of processor time, all threads together. */
  readonly cpuSeconds: number;
  readonly threads: number;
}

/**
 * The two parts of a frame; `null`: one thread says nothing of them, nor does a frame that had less than one core: it waited for a
 * disk, for a GPU, or for others that keep the computer busy, and who can't be told.
 */
export function costOf({ seconds, cpuSeconds, threads }: FrameTaken): FrameCost | null {
  if (threads < 2 || cpuSeconds < LEAST_OF_A_CORE * seconds) return null;
  const shared = ((cpuSeconds - seconds) * threads) / (threads - 1);
  const parallel = Math.min(Math.max(0, shared), seconds * threads);
  return { serial: seconds - parallel / threads, parallel };
}

/** Seconds of a frame. @param threads may be a broken number: what each of some lanes has on average */
export function secondsWith({ serial, parallel }: FrameCost, threads: number): number {
  return serial + parallel / Math.max(1, threads);
}

/**
 * Threads for a frame near the end of what is left, so that all cores are at work until it is done: those that other frames
 * hold now come free while it is rendered. A broken number.
 * @param others core seconds that go into all other frames that are being rendered or wait
 */
export function threadsToTheEnd(
  { serial, parallel }: FrameCost,
  cores: number,
  others: number,
): number {
  // It holds `threads` for `serial + parallel / threads` seconds, in which `cores` do all that is left.
  const half = (parallel + others - cores * serial) / 2;
  if (serial <= 0) return parallel > 0 ? (cores * parallel) / (parallel + others) : 1;
  const threads = (Math.sqrt(half ** 2 + serial * cores * parallel) - half) / serial;
  return Math.min(cores, Math.max(1, threads));
}

/** What the newest frames of a shot took with each number of threads. */
export class FrameTimesByThreads {
  readonly #by = new Map<number, Seen>();
  #frames = 0;
  /** The newest that was seen with more than one thread. */
  #split: { readonly cost: FrameCost; readonly cpuSeconds: number } | null = null;
  #cpuSeconds = 0;

  /** Of a shot of which frames were rendered before, as far as their records tell. */
  static of(frames: FrameList): FrameTimesByThreads {
    const times = new FrameTimesByThreads();
    const taken: FrameTaken[] = [];
    let index = frames.lastIndex('done');
    // Not all of ten thousand are looked at for those that tell it.
    for (let looks = 0; index !== -1 && looks < STEADY; looks += 1) {
      const frame = frames.get(index);
      const record = frame?.status === 'done' ? frame.record : null;
      if (record?.cpu) {
        const { seconds, cpu } = record;
        taken.push({ seconds, cpuSeconds: cpu.seconds, threads: cpu.threads });
      }
      index = index === 0 ? -1 : frames.lastIndex('done', index - 1);
    }
    for (const each of taken.reverse()) times.note(each);
    return times;
  }

  note(taken: FrameTaken): void {
    this.#frames += 1;
    const { threads } = taken;
    const before = this.#by.get(threads);
    const fresh = before === undefined || this.#frames - before.newest > REMEMBERED;
    const frames = fresh ? 1 : before.frames + 1;
    const weight = 1 / Math.min(frames, STEADY);
    const towards = (old: number, now: number) => (fresh ? now : old + weight * (now - old));
    const seen = {
      seconds: towards(before?.seconds ?? 0, taken.seconds),
      cpuSeconds: towards(before?.cpuSeconds ?? 0, taken.cpuSeconds),
      frames,
      newest: this.#frames,
    };
    this.#by.set(threads, seen);
    this.#cpuSeconds = seen.cpuSeconds;
    const cost = costOf({ ...seen, threads });
    if (cost) this.#split = { cost, cpuSeconds: seen.cpuSeconds };
  }

  /** What a frame to come costs; `null`: nothing is known of its parts. */
  get cost(): FrameCost | null {
    if (this.#split === null) return null;
    const { cost, cpuSeconds } = this.#split;
    // Frames become slower on the way of a camera: in which parts is known from when it was seen.
    const slower = cpuSeconds > 0 ? this.#cpuSeconds / cpuSeconds : 1;
    return { serial: cost.serial * slower, parallel: cost.parallel * slower };
  }

  /**
   * Seconds of a frame with so many threads: as it was seen lately, else as its parts say; `null`: nothing is known. What was
   * seen is better: several Blenders share more than cores.
   */
  seconds(threads: number): number | null {
    const { cost } = this;
    if (cost === null) return null;
    const [low, high] = [Math.floor(threads), Math.ceil(threads)];
    let [weights, off] = [0, 0];
    for (let each = low; each <= high; each += 1) {
      const seen = this.#by.get(each);
      if (seen === undefined || this.#frames - seen.newest > REMEMBERED) continue;
      const weight = Math.min(seen.frames, STEADY);
      weights += weight;
      off += (weight * seen.seconds) / secondsWith(cost, each);
    }
    const model = secondsWith(cost, threads);
    return weights < FEWEST_SEEN ? model : (model * off) / weights;
  }
}

interface Seen {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly frames: number;
  /** The how manyth frame of the shot was the newest of them. */
  readonly newest: number;
}

/**
 * Whether a frame says little of those to come: the first of its scene in its Blender loads what the others share. In shots of
 * a frame or two, all are such; beside a frame of seconds it does not show.
 * @param before frames of the scene that this Blender has rendered
 */
export function isUnlike(before: number, framesOfShot: number, seconds: number): boolean {
  return before === 0 && framesOfShot > 2 && seconds < LONG_FRAME_SECONDS;
}

/** What is left of a shot that was begun. */
export interface ShotLeft {
  /** That wait or are being rendered. */
  readonly frames: number;
  /** One worker alone renders it: its simulation is not baked. */
  readonly inOrder: boolean;
  /** Seconds that opening its scene took; 0: not known. */
  readonly openSeconds: number;
  readonly times: Pick<FrameTimesByThreads, 'seconds'>;
}

/** What the choice is made from. */
export interface PoolFacts {
  /** That the workers share. */
  readonly cores: number;
  /** Workers that may be at work at most: for memory, and by what was asked for. */
  readonly most: number;
  /** As many as were chosen before. */
  readonly now: number;
  /** Blenders that are up. */
  readonly up: number;
  readonly begun: readonly ShotLeft[];
  /**
   * Shots that nobody has begun, and how many frames they have together, as far as that is known. What they cost is taken from
   * those that were begun; of these the newest stay among them for that when none of their frames is left.
   */
  readonly unbegun: { readonly shots: number; readonly frames: number };
}

/**
 * With how many Blenders what is left is done first. Stays with what was chosen before where little is gained, as what
 * is known is never exact, and where nothing is known.
 */
export function bestWorkers(facts: PoolFacts): number {
  // Those that were chosen and are not up yet would still have to be started.
  const now = Math.min(facts.now, facts.most, Math.max(1, facts.up));
  const left = new WorkLeft(facts);
  const stay = left.seconds(now);
  // Who fits into memory is asked again when a scene is opened: it may be more of them by then.
  if (stay === null) return facts.now;
  // At the end each has its last frame, and those that are done give their cores to the others.
  if (left.frames <= facts.now) return facts.now;
  const all = Array.from({ length: facts.most }, (_, at) => left.seconds(at + 1) ?? stay);
  const least = Math.min(...all);
  const workers = 1 + all.findIndex((seconds) => seconds <= least * (1 + WORTH_A_BLENDER));
  const gain = stay - (all[workers - 1] ?? stay);
  return gain > GAIN_SECONDS && gain > GAIN_SHARE * stay ? workers : now;
}

/** What is left to do, and how long it takes with so many workers. */
export class WorkLeft {
  readonly #facts: PoolFacts;
  /** All frames. */
  readonly frames: number;
  readonly #openSeconds: number;
  /** Seconds of one core that a frame takes on average. */
  readonly #alone: number;
  /** By the number of workers that share the cores. */
  readonly #frameSeconds = new Map<number, FrameSeconds | null>();

  constructor(facts: PoolFacts) {
    const { begun, unbegun } = facts;
    this.#facts = facts;
    this.frames = begun.reduce((sum, { frames }) => sum + frames, unbegun.frames);
    const opened = begun.filter(({ openSeconds }) => openSeconds > 0);
    const opens = opened.reduce((sum, { openSeconds }) => sum + openSeconds, 0);
    this.#openSeconds = opened.length === 0 ? 0 : opens / opened.length;
    this.#alone = this.#with(facts.cores)?.average ?? 0;
  }

  /**
   * How long it takes with so many workers, seconds; `null`: of no shot it is known what its frames cost. All cores are
   * shared: the last frames, fewer than there are workers, have more threads each.
   */
  seconds(workers: number): number | null {
    const { cores, up, unbegun } = this.#facts;
    const each = this.#with(workers);
    if (each === null) return null;
    const [frames, openSeconds] = [this.frames, this.#openSeconds];
    const rounds = Math.floor(frames / workers);
    const last = Math.round(frames - rounds * workers);
    const rest = last > 0 ? (this.#with(last)?.average ?? 0) : 0;
    const opening = (unbegun.shots * openSeconds) / workers;
    const fresh = Math.max(0, Math.min(workers, frames) - up);
    const start = START_SECONDS + openSeconds;
    const shared = rounds * each.average + rest + opening + (fresh * start) / workers;
    const one = fresh > 0 ? start + each.average : each.average;
    const work = (frames * (this.#alone + OWN_FRAME_SECONDS)) / cores;
    return Math.max(shared, each.inOrder, one, work);
  }

  #with(workers: number): FrameSeconds | null {
    const known = this.#frameSeconds.get(workers);
    if (known !== undefined) return known;
    const found = frameSeconds(this.#facts, workers);
    this.#frameSeconds.set(workers, found);
    return found;
  }
}

interface FrameSeconds {
  /** Of the frames that are left. */
  readonly average: number;
  /** Of all frames of the longest shot that one worker alone renders. */
  readonly inOrder: number;
}

function frameSeconds({ begun, cores }: PoolFacts, workers: number): FrameSeconds | null {
  let [known, seconds, inOrder] = [0, 0, 0];
  for (const shot of begun) {
    const one = shot.times.seconds(cores / workers);
    if (one === null) continue;
    // A shot that is over says what the next ones take.
    const weight = Math.max(1, shot.frames);
    known += weight;
    seconds += weight * one;
    if (shot.inOrder) inOrder = Math.max(inOrder, shot.frames * one);
  }
  return known === 0 ? null : { average: seconds / known, inOrder };
}

/** How many workers a night of so many shots will mostly have, as far as that is known before it. */
export function expectedWorkers(
  config: Pick<BatchConfig, 'workers'> & HostConfig,
  machine: MachineInfo,
  shots: number,
): number {
  const workers = workersFor(config, machine);
  const isChosen = config.workers === 0 && clusterOf(config) === null;
  return isChosen ? Math.min(workers, firstWorkers(machine.cores, shots)) : workers;
}

/**
 * With how many Blenders a run begins, when nothing is known of its frames: one a shot, but with two threads each where there are
 * more than two cores, so that the first frames tell their parts; for a single shot as many as there are threads for each.
 */
export function firstWorkers(cores: number, shots: number): number {
  const alone = Math.max(1, Math.floor(Math.sqrt(cores)));
  const many = Math.min(shots, cores, Math.max(2, Math.ceil(cores / 2)));
  return Math.max(alone, many);
}
