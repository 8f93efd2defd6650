import { type BatchConfig, DEFAULT_CONFIG, type Expectation } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { goesInOrder } from '../../../shared/order.ts';
import { thisMachine } from '../capacity/machine.ts';
import {
  EVERY_MS,
  FEW_FRAMES,
  LAST_PART,
  LATER,
  LEAST_SHARE,
  MEASURED_DOUBT,
  RANGE,
  REST_TIMES,
  SHARED_DOUBT,
  SUPPOSED_SECONDS,
} from './constants.ts';
import type { ShotMeasure } from './measure-shot.ts';
import { expectedWorkers } from './pool-model.ts';
import { Guessed, Rates } from './rates.ts';
import { entryOf, framesLeft, KinBook, type OwnTimes, type ShotEntry } from './shot-work.ts';

/** What is known of the run whose end is looked for. */
interface RunFacts {
  /** `null`: nothing runs, so that nothing can be learnt from how time passes. */
  readonly elapsedSeconds: number | null;
  /** Of all frames that are done, those of earlier runs too. */
  readonly renderSeconds: number;
  /** Workers that may be at work at once. */
  readonly workers: number;
}

/**
 * When a batch will be done, from the times of each shot's own frames and, for shots that nobody has begun, from
 * those of the others. It corrects itself as frames come in. What has not changed since is not looked at again.
 */
export class Outlook {
  readonly #jobs: () => readonly BatchJob[];
  readonly #clock: () => number;
  readonly #entries = new Map<string, ShotEntry>();
  readonly #kin = new KinBook();
  readonly #pace = new Pace();
  readonly #measured = new Measured();
  #rates = new Rates();
  #found: Expectation | null = null;
  #nextAt = Number.NEGATIVE_INFINITY;

  /** @param clock ms that only go forward */
  constructor(jobs: () => readonly BatchJob[], clock: () => number = () => performance.now()) {
    this.#jobs = jobs;
    this.#clock = clock;
  }

  /** What shots were found to cost by trying some of their frames, in place of what was found before. */
  learn(measures: ReadonlyMap<string, ShotMeasure>): void {
    this.#measured.set(measures);
    this.#entries.clear();
    this.#nextAt = Number.NEGATIVE_INFINITY;
  }

  /** Whether anything was found by trying. */
  get hasLearnt(): boolean {
    return !this.#measured.isEmpty;
  }

  /**
   * How long what is left will take; `null` while nothing is known.
   * @param now ms since 1970, by which running frames have begun
   */
  expectation(run: RunFacts, now: number): Expectation | null {
    const at = this.#clock();
    if (at < this.#nextAt) return this.#found;
    this.#found = this.#look(run, now);
    const took = this.#clock() - at;
    this.#nextAt = at + Math.max(EVERY_MS, took * REST_TIMES);
    return this.#found;
  }

  /** Seconds of what is left of a shot, with as many workers as are on it now; `null`: over, or unknown. */
  shotSeconds(job: BatchJob): number | null {
    const entry = this.#entry(job);
    const left = framesLeft(entry);
    if (left === 0 || left === null) return null;
    const each = this.#each(entry);
    // Which worker comes to help later can't be known.
    return each === null ? null : (left * each) / Math.max(1, job.counts.running);
  }

  /** Seconds of one frame of a shot that nobody has begun, as far as trying has shown; `null`: it has not. */
  triedSeconds(job: BatchJob): number | null {
    const entry = this.#entry(job);
    return this.hasLearnt && entry.own === null && framesLeft(entry) !== 0
      ? this.#each(entry)
      : null;
  }

  /** Of a shot that nobody has begun the others say something only where they were tried. */
  #each(entry: ShotEntry): number | null {
    const own = this.#own(entry);
    if (own !== null) return own.each;
    return this.hasLearnt || entry.job.status === 'running' ? this.#rates.each(entry) : null;
  }

  #look(run: RunFacts, now: number): Expectation | null {
    this.#kin.clear();
    const rates = new Rates();
    const entries = this.#jobs().map((job) => this.#entry(job));
    this.#measured.compareAll(entries);
    for (const entry of entries) rates.learn(entry, this.#own(entry));
    this.#rates = rates;
    const packing = new Packing();
    const guessed = new Guessed();
    let variance = 0;
    let begun = 0;
    let tried = 0;
    for (const entry of entries) {
      const left = framesLeft(entry);
      if (left === 0) continue;
      const frames = left ?? rates.length;
      const own = this.#own(entry);
      const rate = own === null ? rates.rate(entry) : null;
      const each = own?.each ?? (rate && rate.units * rate.from.rate);
      if (each === null) return null;
      if (rate) guessed.add(rate, frames, left === null ? each : null);
      if (own !== null) variance += ownVariance(own, frames);
      if (own !== null && entry.own === null) tried += frames * each;
      if (run.elapsedSeconds === null) packOpening(packing, entry);
      begun += pack(packing, entry.job, frames, each, now);
    }
    variance += guessed.variance(rates.lengths) + this.#measured.sharedVariance(tried);
    variance += packing.variance(run.workers);
    const share = this.#share(run, run.renderSeconds + begun);
    return expected(packing.packed(run.workers) / share, variance, packing.seconds);
  }

  #share({ elapsedSeconds, workers }: RunFacts, rendered: number): number {
    if (elapsedSeconds !== null) return this.#pace.share(elapsedSeconds, rendered, workers);
    this.#pace.forget();
    return 1;
  }

  /** What the frames of a shot take: from those that are done, else as it was tried. */
  #own(entry: ShotEntry): OwnTimes | null {
    return entry.own ?? this.#measured.timesOf(entry);
  }

  #entry(job: BatchJob): ShotEntry {
    const known = this.#entries.get(job.id);
    if (known?.job === job) return known;
    const entry = entryOf(job, this.#kin.of(job), this.#measured.of(job.id));
    this.#entries.set(job.id, entry);
    return entry;
  }
}

/** How long jobs that nobody renders now will take, by what some of them were found to cost; `null`: none of them was. */
export function expectedNight(
  jobs: readonly BatchJob[],
  measures: ReadonlyMap<string, ShotMeasure>,
  config: Partial<BatchConfig> = {},
): Expectation | null {
  if (measures.size === 0) return null;
  const outlook = new Outlook(() => jobs);
  outlook.learn(measures);
  const left = jobs.filter(({ status }) => status === 'waiting' || status === 'running').length;
  const workers = expectedWorkers({ ...DEFAULT_CONFIG, ...config }, thisMachine(), left);
  return outlook.expectation({ elapsedSeconds: null, renderSeconds: 0, workers }, Date.now());
}

/** What frames that are to come may take more or less than expected, of a shot that was rendered in part, or tried; s². */
function ownVariance(own: OwnTimes, frames: number): number {
  const each = own.spread ** 2;
  const mean = each / own.measured + (own.drift * own.each) ** 2;
  return frames * frames * mean + frames * each;
}

/** A run that goes on shows by its pace what openings take. */
function packOpening(packing: Packing, { job, measure }: ShotEntry): void {
  if (measure !== null && job.status === 'waiting') packing.add(1, measure.openSeconds);
}

/** Adds the frames of a shot, those that run with what is left of them. Returns the seconds that are done of these. */
function pack(packing: Packing, job: BatchJob, frames: number, each: number, now: number): number {
  if (goesInOrder(job)) packing.inOrder(frames, each);
  if (job.counts.running === 0) {
    packing.add(frames, each);
    return 0;
  }
  packing.add(frames - job.counts.running, each);
  let done = 0;
  for (const [, { since }] of job.frames.inState('running')) {
    const elapsed = Math.max(0, now - since) / 1000;
    done += elapsed;
    packing.add(1, Math.max(LAST_PART * each, each - elapsed));
  }
  return done;
}

function expected(seconds: number, variance: number, work: number): Expectation {
  if (work === 0) return { seconds, low: seconds, high: seconds };
  const off = Math.sqrt(Math.log(1 + variance / work ** 2 + SHARED_DOUBT ** 2));
  return {
    seconds,
    low: seconds * Math.exp(-RANGE * off),
    high: seconds * Math.exp(RANGE * off * (1 + LATER * off)),
  };
}

/**
 * Which share of the workers' time is spent in frames: the rest goes into starting Blenders, opening scenes,
 * frames that failed, and waiting for each other. Known from the run itself.
 */
class Pace {
  #began: { readonly elapsedSeconds: number; readonly renderSeconds: number } | null = null;
  /** Seconds of all workers since then, until `#until`: they are more at one time than at another. */
  #spent = 0;
  #until = 0;

  /** A run has begun, or is over. */
  forget(): void {
    this.#began = null;
  }

  /**
   * From 0.4 to 1.
   * @param elapsedSeconds since the run began, without pauses
   * @param renderSeconds of all frames that are done, those of earlier runs too, and of what is done of running ones
   */
  share(elapsedSeconds: number, renderSeconds: number, workers: number): number {
    const began = this.#began;
    // Time runs backwards at a new run only, and seconds get fewer where frames were lost.
    if (began === null || elapsedSeconds < this.#until || renderSeconds < began.renderSeconds) {
      this.#began = { elapsedSeconds, renderSeconds };
      this.#spent = 0;
      this.#until = elapsedSeconds;
      return 1;
    }
    this.#spent += (elapsedSeconds - this.#until) * Math.max(1, workers);
    this.#until = elapsedSeconds;
    const used = renderSeconds - began.renderSeconds;
    const share = (used + SUPPOSED_SECONDS) / (this.#spent + SUPPOSED_SECONDS);
    return Math.min(1, Math.max(LEAST_SHARE, share));
  }
}

/** Frames to come, and how workers share them. */
export class Packing {
  #frames = 0;
  #seconds = 0;
  #longest = 0;
  #serial = 0;
  readonly #few: { readonly frames: number; readonly seconds: number }[] = [];

  /** So many frames of so many seconds each. A part of a frame is a shorter one. */
  add(frames: number, seconds: number): void {
    if (frames <= 0) return;
    this.#frames += frames;
    this.#seconds += frames * seconds;
    this.#longest = Math.max(this.#longest, seconds);
    if (this.#frames <= FEW_FRAMES) this.#few.push({ frames, seconds });
  }

  /** Frames among them that one worker renders one after another, whoever else is idle. */
  inOrder(frames: number, seconds: number): void {
    this.#serial = Math.max(this.#serial, frames * seconds);
  }

  /** Of all of them, one after another. */
  get seconds(): number {
    return this.#seconds;
  }

  /**
   * Seconds until the last worker is done: the longest frames first, each to the worker that is free first, as
   * idle workers help with the frames of a shot that runs. Never less than a fair share, nor than the longest frame.
   */
  packed(workers: number): number {
    const lanes = Math.max(1, Math.min(workers, Math.ceil(this.#frames)));
    if (lanes === 1) return this.#seconds;
    return Math.max(this.#serial, this.#shared(lanes));
  }

  #shared(lanes: number): number {
    if (this.#frames > FEW_FRAMES) return this.#evenedOut(lanes);
    const free = new Array<number>(lanes).fill(0);
    for (const seconds of this.#singles()) {
      const soonest = free.indexOf(Math.min(...free));
      free[soonest] = (free[soonest] ?? 0) + seconds;
    }
    return Math.max(...free);
  }

  /** How far the end may be off by which worker gets the last frames, as if it were that of all work, in s². */
  variance(workers: number): number {
    const lanes = Math.max(1, Math.min(workers, Math.ceil(this.#frames)));
    // The last one is done somewhere within a frame after the first one has nothing left: evenly spread.
    return ((lanes - 1) * this.#longest) ** 2 / 12;
  }

  /** At the end a worker waits for half a frame of the others on average. */
  #evenedOut(lanes: number): number {
    const wait = ((1 - 1 / lanes) * (this.#seconds / this.#frames)) / 2;
    return Math.max(this.#longest, this.#seconds / lanes + wait);
  }

  /** Each frame for itself, the longest first. */
  #singles(): readonly number[] {
    const all = this.#few.flatMap(({ frames, seconds }) => {
      const whole = new Array<number>(Math.floor(frames)).fill(seconds);
      const rest = frames - whole.length;
      return rest > 0 ? [...whole, rest * seconds] : whole;
    });
    return all.sort((a, b) => b - a);
  }
}

/** What shots were found to cost before the night, set right by what they cost in it. */
class Measured {
  #measures: ReadonlyMap<string, ShotMeasure> = new Map();
  #logs = 0;
  #compared = 0;

  /** In place of all that was known. */
  set(measures: ReadonlyMap<string, ShotMeasure>): void {
    this.#measures = measures;
    this.compareAll([]);
  }

  of(jobId: string): ShotMeasure | null {
    return this.#measures.get(jobId) ?? null;
  }

  get isEmpty(): boolean {
    return this.#measures.size === 0;
  }

  /** Looks at what shots took that have been rendered, or a part of them. */
  compareAll(entries: readonly ShotEntry[]): void {
    this.#logs = 0;
    this.#compared = 0;
    if (this.isEmpty) return;
    for (const { own, measure } of entries) {
      if (own === null || measure === null || measure.each === 0) continue;
      this.#logs += Math.log(own.whole / measure.each);
      this.#compared += 1;
    }
  }

  /** What the frames of a shot that nobody has begun are expected to take; `null`: it was not tried. */
  timesOf({ measure }: ShotEntry): OwnTimes | null {
    if (measure === null) return null;
    // Shots that were rendered count one by one; that it was right until then counts as one of them.
    const right = Math.exp(this.#logs / (this.#compared + 1));
    const each = measure.each * right;
    return {
      known: measure.tried,
      whole: each,
      each,
      measured: measure.tried,
      spread: measure.spread * right,
      drift: measure.doubt,
    };
  }

  /** Of so many seconds that were found by trying, in s²: what all of them share. */
  sharedVariance(seconds: number): number {
    return (MEASURED_DOUBT * seconds) ** 2 / (this.#compared + 1);
  }
}
