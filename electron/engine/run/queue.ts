import TinyQueue from 'tinyqueue';
import type { BatchJob } from '../../../shared/job.ts';
import { priorityOf } from '../../../shared/order.ts';
import { sideByFile } from '../capacity/gpus.ts';
import { type Expected, ExpectedWork, likenessOf, UNKNOWN } from '../estimate/expected-work.ts';
import { NextFrames } from './next-frames.ts';

/** Jobs of one side and of one Blender. */
interface Line {
  /** Where that Blender is; `null`: nobody knows yet. */
  readonly path: string | null;
  readonly waiting: WaitingLine;
}

/** Which jobs wait, which run, who works on what, and what must not be tried yet. */
export class RunQueue {
  readonly delays = new Delays();
  readonly frames = new NextFrames();
  readonly #work = new ExpectedWork();
  /** Jobs that nobody has started, by where their shot files want them, since a lane is of one side, and by their Blender. */
  readonly #lines = new Map<string, Line>();
  /** In which of them each job is. */
  readonly #lineOf = new Map<string, Line>();
  readonly #blenderOf: (jobId: string) => string | null;
  /** The waiting ones by what they have in common. */
  readonly #alike = new Map<string, Map<string, BatchJob>>();
  readonly #running = new Set<string>();
  readonly #lanes = new Map<number, string>();
  readonly #lanesOn = new Map<string, number>();
  readonly #threads = new Map<number, number>();
  readonly #back = new Set<number>();
  readonly #openFailures = new Map<string, number>();
  /** When each came in, which is the order of the folder and of those that join it. */
  readonly #places = new Map<string, number>();
  #last = 0;
  /** Where the artist ordered the jobs by hand: the place of each. */
  #byHand: ReadonlyMap<string, number> | null = null;

  /** @param blenderOf the path of the Blender that a job needs; `null`: nobody knows yet */
  constructor(blenderOf: (jobId: string) => string | null = () => null) {
    this.#blenderOf = blenderOf;
  }

  /** A job waits for its turn: see `byTurn`. */
  add(job: BatchJob): void {
    this.#openFailures.delete(job.id);
    this.delays.clear(job.id);
    this.frames.rewind(job.id);
    this.#last += 1;
    this.#places.set(job.id, this.#last);
    this.#put(job);
  }

  /** A job's priority has changed. */
  reorder(job: BatchJob): void {
    if (this.#lineOf.has(job.id)) this.#put(job);
  }

  /** The artist ordered the jobs by hand: within a priority that decides, and not what is expected of their work. */
  arrange(order: readonly string[] | null): void {
    this.#byHand = order && new Map(order.map((id, place) => [id, place]));
    const waiting = [...this.#alike.values()].flatMap((alike) => [...alike.values()]);
    for (const job of waiting) this.#put(job);
  }

  /**
   * The id of the job to start next among those that a lane may run; `null`: none.
   * @param blender the one that the lane has up: of the same priority its jobs go first, unless they are ordered by hand
   */
  next(
    mayRun: (jobId: string) => boolean = () => true,
    blender: string | null = null,
  ): string | null {
    let best: Waiter | null = null;
    let own: Waiter | null = null;
    for (const { waiting, path } of this.#lines.values()) {
      const { first } = waiting;
      if (!first || !mayRun(first.id)) continue;
      if (!best || byTurn(first, best) < 0) best = first;
      if (path !== null && path === blender && (!own || byTurn(first, own) < 0)) own = first;
    }
    const stays = own && own.priority === best?.priority && this.#byHand === null;
    return (stays ? own : best)?.id ?? null;
  }

  /** Whether any job waits to be started, by whatever lane. */
  get hasWaiting(): boolean {
    return this.#lineOf.size > 0;
  }

  get running(): readonly string[] {
    return [...this.#running];
  }

  started(job: BatchJob): void {
    this.#drop(job);
    this.#running.add(job.id);
  }

  ended(job: BatchJob): void {
    if (!this.#running.delete(job.id)) this.#drop(job);
    this.frames.rewind(job.id);
  }

  /** A frame of a job took so long: what that says of waiting jobs of its like. */
  measured(job: BatchJob, seconds: number): void {
    if (!this.#work.note(job, seconds)) return;
    for (const alike of this.#alike.get(likenessOf(job) ?? '')?.values() ?? []) {
      this.reorder(alike);
    }
  }

  /** Says what a lane is at work on; `null`: nothing. */
  occupy(lane: number, jobId: string | null): void {
    this.#threads.delete(lane);
    this.#back.delete(lane);
    const before = this.#lanes.get(lane);
    if (before !== undefined) this.#count(before, -1);
    if (jobId === null) this.#lanes.delete(lane);
    else {
      this.#lanes.set(lane, jobId);
      this.#count(jobId, 1);
    }
  }

  /** Says with how many threads a lane renders, until it is occupied anew. */
  setThreads(lane: number, threads: number): void {
    this.#threads.set(lane, threads);
  }

  /** Threads of the frame that a lane is rendering; 0: none. */
  threadsOf(lane: number): number {
    return this.#threads.get(lane) ?? 0;
  }

  /** Says that a lane may not work beside the others now, until it is occupied anew. */
  standBack(lane: number): void {
    this.#back.add(lane);
  }

  /** Lanes that may not: no core waits for them. */
  get standingBack(): number {
    return this.#back.size;
  }

  laneJob(lane: number): string | null {
    return this.#lanes.get(lane) ?? null;
  }

  lanesOn(jobId: string): number {
    return this.#lanesOn.get(jobId) ?? 0;
  }

  get busyLanes(): number {
    return this.#lanes.size;
  }

  /** Counts an opening, or an encoding, that failed and is tried again. */
  openFailed(jobId: string): void {
    this.#openFailures.set(jobId, this.openFailures(jobId) + 1);
  }

  openFailures(jobId: string): number {
    return this.#openFailures.get(jobId) ?? 0;
  }

  #put(job: BatchJob): void {
    const byHand = this.#byHand?.get(job.id);
    const behind = (this.#byHand?.size ?? 0) + (this.#places.get(job.id) ?? 0);
    const line = this.#lineFor(job);
    const before = this.#lineOf.get(job.id);
    if (before !== line) before?.waiting.remove(job.id);
    this.#lineOf.set(job.id, line);
    line.waiting.put({
      id: job.id,
      priority: priorityOf(job),
      expected: this.#byHand ? UNKNOWN : this.#work.of(job),
      place: byHand ?? behind,
    });
    const key = likenessOf(job) ?? '';
    const alike = this.#alike.get(key) ?? new Map<string, BatchJob>();
    this.#alike.set(key, alike.set(job.id, job));
  }

  #drop(job: BatchJob): void {
    this.#lineOf.get(job.id)?.waiting.remove(job.id);
    this.#lineOf.delete(job.id);
    const key = likenessOf(job) ?? '';
    const alike = this.#alike.get(key);
    if (alike?.delete(job.id) && alike.size === 0) this.#alike.delete(key);
  }

  #lineFor(job: BatchJob): Line {
    const path = this.#blenderOf(job.id);
    const key = JSON.stringify([sideByFile(job), path]);
    const line = this.#lines.get(key) ?? { path, waiting: new WaitingLine() };
    this.#lines.set(key, line);
    return line;
  }

  #count(jobId: string, by: 1 | -1): void {
    const count = this.lanesOn(jobId) + by;
    if (count === 0) this.#lanesOn.delete(jobId);
    else this.#lanesOn.set(jobId, count);
  }
}

/** A job that nobody has started, and what decides its turn. */
interface Waiter {
  readonly id: string;
  readonly priority: number;
  readonly expected: Expected;
  /** The batch's own order: decides where all else is the same. */
  readonly place: number;
}

/** Jobs that nobody has started; who comes first is known at once, whatever their number. */
class WaitingLine {
  readonly #waiters = new Map<string, Waiter>();
  /** May hold what was put anew or has left since: it is passed over when it comes up. */
  #heap = new TinyQueue<Waiter>([], byTurn);

  get size(): number {
    return this.#waiters.size;
  }

  get(id: string): Waiter | undefined {
    return this.#waiters.get(id);
  }

  /** Adds a job, or gives it another turn. */
  put(waiter: Waiter): void {
    this.#waiters.set(waiter.id, waiter);
    if (this.#heap.length > 4 * this.#waiters.size + 64) {
      this.#heap = new TinyQueue([...this.#waiters.values()], byTurn);
    } else {
      this.#heap.push(waiter);
    }
  }

  remove(id: string): void {
    this.#waiters.delete(id);
  }

  get first(): Waiter | null {
    for (let waiter = this.#heap.peek(); waiter; waiter = this.#heap.peek()) {
      if (this.#waiters.get(waiter.id) === waiter) return waiter;
      this.#heap.pop();
    }
    return null;
  }
}

/**
 * Who goes first is negative. Higher priority first. Within one priority: shots that were begun, since Resume goes
 * on where it stopped; then those that nothing is known of, as they stand in the folder, since the longest of the
 * night may be among them; then what is known from their like. What is known goes longest first, so that the
 * night ends on short shots.
 */
function byTurn(a: Waiter, b: Waiter): number {
  return (
    b.priority - a.priority ||
    RANKS[a.expected.kind] - RANKS[b.expected.kind] ||
    b.expected.seconds - a.expected.seconds ||
    a.place - b.place
  );
}

const RANKS: Readonly<Record<Expected['kind'], number>> = { begun: 0, unknown: 1, alike: 2 };

/**
 * What must not be tried yet. All times are of `performance.now()`. Of a job that is `opening` (or its
 * encoding), a frame by its number, and `helping`: one more lane on a scene that others have open.
 */
class Delays {
  readonly #jobs = new Map<string, Map<number | 'opening' | 'helping', number>>();

  set(jobId: string, what: number | 'opening' | 'helping', until: number): void {
    const delays = this.#jobs.get(jobId) ?? new Map<number | 'opening' | 'helping', number>();
    this.#jobs.set(jobId, delays.set(what, until));
  }

  /** Before this time it must not be tried; 0: any time. */
  until(jobId: string, what: number | 'opening' | 'helping'): number {
    return this.#jobs.get(jobId)?.get(what) ?? 0;
  }

  /** When the next thing of a job may be tried again; `null`: nothing is held back. Forgets what is over. */
  next(jobId: string, now: number): number | null {
    const delays = this.#jobs.get(jobId);
    let soonest: number | null = null;
    for (const [what, until] of delays ?? []) {
      if (until <= now) delays?.delete(what);
      else if (what !== 'helping') soonest = Math.min(soonest ?? until, until);
    }
    return soonest;
  }

  clear(jobId: string): void {
    this.#jobs.delete(jobId);
  }
}
