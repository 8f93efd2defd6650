import { type Placed, UNPLACED } from '../capacity/gpus.ts';
import { NextFrames } from './scheduler.ts';

/** Where a job stands in a run. `outside`: it was never taken in. */
type Stage = 'outside' | 'held' | 'waiting' | 'running' | 'ended';

/** The jobs of one run, one record each: what a run knows of a job beside its state in the store. */
export class JobsInRun {
  readonly #jobs = new Map<string, JobInRun>();
  readonly #held = new Set<JobInRun>();
  readonly #running = new Set<JobInRun>();
  readonly #ports: JobPorts;

  constructor(ports: JobPorts) {
    this.#ports = ports;
  }

  get(id: string): JobInRun {
    const job = this.#jobs.get(id) ?? new JobInRun(id, this.#ports, null);
    this.#jobs.set(id, job);
    return job;
  }

  find(id: string): JobInRun | undefined {
    return this.#jobs.get(id);
  }

  /** Whether a job, or everything, is to stop now. */
  isAborted(id: string): boolean {
    return this.#ports.stop.aborted || this.#jobs.get(id)?.isAborted === true;
  }

  /** A job is taken in, again perhaps: all that was found out about it until now counts no more. */
  renew(id: string): JobInRun {
    const before = this.get(id);
    this.move(before, 'ended');
    const job = new JobInRun(id, this.#ports, before);
    this.#jobs.set(id, job);
    this.move(job, 'waiting');
    return job;
  }

  move(job: JobInRun, stage: Exclude<Stage, 'outside'>): void {
    job.stage = stage;
    this.#held.delete(job);
    this.#running.delete(job);
    if (stage === 'held') this.#held.add(job);
    if (stage === 'running') this.#running.add(job);
  }

  /** Whether jobs wait for others that they depend on. */
  get someHeld(): boolean {
    return this.#held.size > 0;
  }

  /** In the order in which they were started. */
  get running(): ReadonlySet<JobInRun> {
    return this.#running;
  }
}

interface JobPorts {
  /** Aborted when everything is to stop now. */
  readonly stop: AbortSignal;
  /** Ms that stand still in a pause. */
  readonly clock: () => number;
}

/** What one job carries through a run, from when it is taken in until it is taken in anew. */
class JobInRun {
  readonly id: string;
  /** By `JobsInRun.move` alone. */
  stage: Stage = 'outside';

  // Of the whole run.
  /** How often it has started over because its files had changed. */
  startsOver: number;
  /** How often what it is made from became something else: a scene that was opened before is another shot now. */
  scene: number;
  /** How often finished frames of it were found gone. */
  timesLost: number;
  /** Seconds that opening it took; 0: not known. */
  openSeconds: number;

  // Since it was taken in.
  readonly clock: JobClock;
  readonly delays = new Delays();
  /** Which of its frames comes next. */
  readonly frames = new NextFrames();
  /** Openings, and encodings, that failed and were tried again. */
  openFailures = 0;
  /** Keepings of its scene that are being checked now, and how often checking them has failed. */
  readonly checking = new Set<string>();
  readonly checkFailures = new Map<string, number>();
  /** With which files, and on what, a kept scene came out the same. */
  readonly provedScenes = new Set<string>();
  /** What was found out about the side that it is rendered on. */
  placed: Placed = UNPLACED;
  /** Its scene is inspected when it is opened next. */
  looksNext = true;
  /** How often its files were found saved without a frame of it done since the time before, and how many were done then. */
  #inVain = 0;
  #doneBefore = 0;
  readonly #stop: AbortSignal;
  readonly #own = new AbortController();
  #signal: AbortSignal | null = null;

  constructor(id: string, { stop, clock }: JobPorts, before: JobInRun | null) {
    this.id = id;
    this.#stop = stop;
    this.clock = new JobClock(clock);
    this.startsOver = before?.startsOver ?? 0;
    this.scene = before?.scene ?? 0;
    this.timesLost = before?.timesLost ?? 0;
    this.openSeconds = before?.openSeconds ?? 0;
  }

  /** Aborted when this job, or everything, is to stop now. */
  get signal(): AbortSignal {
    // One a job: Nodes that we support keep each composed signal as long as the whole night's lives.
    this.#signal ??= AbortSignal.any([this.#stop, this.#own.signal]);
    return this.#signal;
  }

  /** Whether it has ever been part of this run. */
  get isTaken(): boolean {
    return this.stage !== 'outside';
  }

  get isAborted(): boolean {
    return this.#stop.aborted || this.#own.signal.aborted;
  }

  /** Whoever is at work on it stops. */
  abort(): void {
    this.#own.abort();
  }

  /** Its files were saved while frames of it are done. How often in a row that has happened without one more. */
  savedInVain(done: number): number {
    this.#inVain = done > this.#doneBefore ? 0 : this.#inVain + 1;
    this.#doneBefore = done;
    this.looksNext = true;
    return this.#inVain;
  }
}

/**
 * How long a job has been at work. Pauses are left out, and so is the time in which no lane is on it: it waits for
 * its next try, or is set aside for a shot of higher priority.
 */
class JobClock {
  readonly #now: () => number;
  /** `null`: not started. */
  #workedMs: number | null = null;
  /** `null`: it rests. */
  #since: number | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** False if it was started before. */
  start(): boolean {
    if (this.#workedMs !== null) return false;
    this.#workedMs = 0;
    this.goOn();
    return true;
  }

  goOn(): void {
    if (this.#workedMs !== null) this.#since ??= this.#now();
  }

  /** Stands still until `goOn`. */
  rest(): void {
    if (this.#workedMs !== null) this.#workedMs = this.workedMs;
    this.#since = null;
  }

  get workedMs(): number {
    return (this.#workedMs ?? 0) + (this.#since === null ? 0 : this.#now() - this.#since);
  }
}

/** A frame by its number, the opening (or the encoding), or one more lane on a scene that others have open. */
type Delayed = number | 'opening' | 'helping';

/** What of a job must not be tried yet. All times are of `performance.now()`. */
class Delays {
  readonly #until = new Map<Delayed, number>();

  set(what: Delayed, until: number): void {
    this.#until.set(what, until);
  }

  /** The time from which it may be tried; 0: at once. */
  until(what: Delayed): number {
    return this.#until.get(what) ?? 0;
  }

  /** When the next thing may be tried again; `null`: nothing is held back. Forgets what is over. */
  next(now: number): number | null {
    let soonest: number | null = null;
    for (const [what, until] of this.#until) {
      if (until <= now) this.#until.delete(what);
      else if (what !== 'helping') soonest = Math.min(soonest ?? until, until);
    }
    return soonest;
  }
}
