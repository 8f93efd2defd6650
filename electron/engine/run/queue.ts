import TinyQueue from 'tinyqueue';
import { type Failure, failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { isRested } from '../../../shared/job-state.ts';
import { priorityOf } from '../../../shared/order.ts';
import type { ShotLink } from '../../../shared/shot.ts';
import type { BatchStore } from '../batch-store.ts';
import { needsGpu, sideByFile } from '../capacity/gpus.ts';
import { type Expected, ExpectedWork, likenessOf, UNKNOWN } from '../estimate/shot-work.ts';
import type { JobsInRun } from './jobs-in-run.ts';

/** The jobs that nobody has started, and whose turn it is. */
export class RunQueue {
  /** One for each that waits; it goes when the job leaves. */
  readonly #waiters = new Map<string, Waiter>();
  readonly #work = new ExpectedWork();
  /** By where their shot files want them, since a lane is of one side, and by their Blender. */
  readonly #lines = new Map<string, Line>();
  readonly #blenderOf: (jobId: string) => string | null;
  /** Ids of those that have in common what decides how long a frame takes. */
  readonly #alike = new Map<string, Set<string>>();
  /** How many have come in. */
  #count = 0;
  /** Where the artist ordered the jobs by hand: the place of each. */
  #byHand: ReadonlyMap<string, number> | null = null;

  /** @param blenderOf the path of the Blender that a job needs; `null`: nobody knows yet */
  constructor(blenderOf: (jobId: string) => string | null = () => null) {
    this.#blenderOf = blenderOf;
  }

  /** A job waits for its turn: see `byTurn`. */
  add(job: BatchJob): void {
    this.#count += 1;
    this.#put(job, this.#count);
  }

  /** A job's priority has changed. */
  reorder(job: BatchJob): void {
    const known = this.#waiters.get(job.id);
    if (known) this.#put(job, known.came);
  }

  /** The artist ordered the jobs by hand: within a priority that decides, and not what is expected of their work. */
  arrange(order: readonly string[] | null): void {
    this.#byHand = order && new Map(order.map((id, place) => [id, place]));
    for (const { job } of [...this.#waiters.values()]) this.reorder(job);
  }

  /** A job waits no more: it was started, or has ended. */
  remove(jobId: string): void {
    const known = this.#waiters.get(jobId);
    if (!known) return;
    this.#waiters.delete(jobId);
    known.line.size -= 1;
    const key = likenessOf(known.job) ?? '';
    const alike = this.#alike.get(key);
    if (alike?.delete(jobId) && alike.size === 0) this.#alike.delete(key);
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
    for (const line of this.#lines.values()) {
      const first = this.#firstOf(line);
      if (!first || !mayRun(first.job.id)) continue;
      if (!best || byTurn(first, best) < 0) best = first;
      const isOwn = line.path !== null && line.path === blender;
      if (isOwn && (!own || byTurn(first, own) < 0)) own = first;
    }
    const stays = own && own.priority === best?.priority && this.#byHand === null;
    return (stays ? own : best)?.job.id ?? null;
  }

  /** How many jobs wait to be started that must have a GPU, or that need none. */
  size(withGpu: boolean): number {
    const lines = [...this.#lines.values()].filter((line) => line.needsGpu === withGpu);
    return lines.reduce((sum, line) => sum + line.size, 0);
  }

  /** Whether any job waits to be started, by whatever lane. */
  get hasWaiting(): boolean {
    return this.#waiters.size > 0;
  }

  /** A frame of a job took so long: what that says of waiting jobs of its like. */
  measured(job: BatchJob, seconds: number): void {
    if (!this.#work.note(job, seconds)) return;
    for (const id of [...(this.#alike.get(likenessOf(job) ?? '') ?? [])]) {
      const waiter = this.#waiters.get(id);
      if (waiter) this.reorder(waiter.job);
    }
  }

  #put(job: BatchJob, came: number): void {
    this.remove(job.id);
    const line = this.#lineFor(job);
    const place = this.#byHand?.get(job.id) ?? (this.#byHand?.size ?? 0) + came;
    const expected = this.#byHand ? UNKNOWN : this.#work.of(job);
    const waiter = { job, line, came, place, expected, priority: priorityOf(job) };
    this.#waiters.set(job.id, waiter);
    line.size += 1;
    line.heap.push(waiter);
    if (line.heap.length > 4 * line.size + 64) {
      line.heap = new TinyQueue(line.heap.data.filter(this.#isThere), byTurn);
    }
    const key = likenessOf(job) ?? '';
    this.#alike.set(key, (this.#alike.get(key) ?? new Set()).add(job.id));
  }

  #firstOf(line: Line): Waiter | null {
    for (let waiter = line.heap.peek(); waiter; waiter = line.heap.peek()) {
      if (this.#isThere(waiter)) return waiter;
      line.heap.pop();
    }
    return null;
  }

  /** False for what has left since, or was put anew. */
  readonly #isThere = (waiter: Waiter): boolean => this.#waiters.get(waiter.job.id) === waiter;

  #lineFor(job: BatchJob): Line {
    const path = this.#blenderOf(job.id);
    const needs = needsGpu(job);
    const key = JSON.stringify([sideByFile(job), needs, path]);
    const fresh = { path, needsGpu: needs, heap: new TinyQueue<Waiter>([], byTurn), size: 0 };
    const line = this.#lines.get(key) ?? fresh;
    this.#lines.set(key, line);
    return line;
  }
}

/** Jobs of one side and of one Blender; who of them comes first is known at once, whatever their number. */
interface Line {
  /** Where that Blender is; `null`: nobody knows yet. */
  readonly path: string | null;
  /** They must have a GPU. */
  readonly needsGpu: boolean;
  /** May hold what was put anew or has left since: it is passed over when it comes up. */
  heap: TinyQueue<Waiter>;
  /** How many of them wait. */
  size: number;
}

/** A job that nobody has started, and what decides its turn. */
interface Waiter {
  readonly job: BatchJob;
  readonly line: Line;
  readonly priority: number;
  readonly expected: Expected;
  /** The how manyth it was to come in, which is the order of the folder and of those that join it. */
  readonly came: number;
  /** Decides where all else is the same. */
  readonly place: number;
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

interface DependencyPorts {
  readonly store: Pick<BatchStore, 'jobs' | 'has' | 'job' | 'record'>;
  readonly queue: RunQueue;
  readonly jobs: JobsInRun;
  /** Shots that are not in the batch, as the checkpoint knows them. */
  readonly elsewhere: ReadonlyMap<string, BatchJob>;
  /** A job can't start, since one that it depends on will not be complete. */
  readonly leaveOut: (job: BatchJob, why: Failure) => void;
}

/** How jobs come into a run: each takes its place in the queue when the shots that it depends on are done. */
export class Dependencies {
  readonly #ports: DependencyPorts;
  /** Which jobs depend on one, by its id. */
  readonly #dependents = new Map<string, string[]>();
  /** Jobs that have ended and whose dependents are being placed. */
  readonly #over: string[] = [];

  constructor(ports: DependencyPorts) {
    this.#ports = ports;
    this.#learn(ports.store.jobs);
  }

  /**
   * Takes in these jobs, and with them those that wait for one of them, or were left out because of one and wait
   * again now. Answers with all of them; none has its place yet.
   * @param late jobs that the batch did not have when the run began
   */
  takeIn(jobIds: readonly string[], late: readonly BatchJob[] = []): ReadonlySet<string> {
    this.#learn(late);
    const { store, jobs } = this.#ports;
    const all = new Set(jobIds);
    for (const id of all) {
      jobs.renew(id);
      for (const other of this.#dependents.get(id) ?? []) {
        const job = store.job(other);
        if (isLeftOut(job)) store.record({ type: 'job-reset', job: other, at: Date.now() });
        // One whose turn could come already is held back again: what it needs has lost its frames.
        else if (job.status !== 'waiting' || !jobs.find(other)?.isTaken) continue;
        all.add(other);
      }
    }
    return all;
  }

  /** Gives a waiting job its turn, holds it back, or leaves it out. */
  place(jobId: string): void {
    const { store, queue, jobs, elsewhere, leaveOut } = this.#ports;
    const job = store.job(jobId);
    const standing = readinessOf(job, (id) => ({
      job: facts(store.has(id) ? store.job(id) : elsewhere.get(id)),
      taken: jobs.find(id)?.isTaken === true,
    }));
    queue.remove(jobId);
    jobs.move(jobs.get(jobId), standing.kind === 'waits' ? 'held' : 'waiting');
    if (standing.kind === 'ready') queue.add(job);
    if (standing.kind === 'never') leaveOut(job, standing.why);
  }

  /** A job is over, however it ended: those that waited for it are placed anew. */
  ended(jobId: string): void {
    this.#over.push(jobId);
    // One that is left out takes others along, which end in here too: a long chain must not nest.
    if (this.#over.length > 1) return;
    const { jobs } = this.#ports;
    try {
      for (const id of this.#over) {
        const held = (this.#dependents.get(id) ?? []).filter(
          (other) => jobs.find(other)?.stage === 'held',
        );
        for (const other of held) this.place(other);
      }
    } finally {
      // What was left in it would hold back the dependents of every job that ends later.
      this.#over.length = 0;
    }
  }

  #learn(jobs: readonly BatchJob[]): void {
    for (const { id, shotConfig } of jobs) {
      for (const { job } of shotConfig?.dependsOn ?? []) {
        const dependents = this.#dependents.get(job);
        if (dependents) dependents.push(id);
        else this.#dependents.set(job, [id]);
      }
    }
  }
}

/** Where a shot stands that another one depends on. */
interface Needed {
  /** `null`: nothing is known of it here. */
  readonly job:
    | (Pick<BatchJob, 'status' | 'shotConfig' | 'error'> & { readonly isRested: boolean })
    | null;
  /** This run has taken it in. */
  readonly taken: boolean;
}

function facts(job: BatchJob | undefined): Needed['job'] {
  if (!job) return null;
  const { status, shotConfig, error } = job;
  return { status, shotConfig, error, isRested: isRested(job) };
}

/** Whether a job can start, as far as the shots go that it depends on. */
type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waits' }
  /** One of them will not be complete. */
  | { readonly kind: 'never'; readonly why: Failure };

/** Judges a job by the shots that it depends on. */
function readinessOf(job: BatchJob, lookUp: (jobId: string) => Needed): Readiness {
  let waits = false;
  for (const link of job.shotConfig?.dependsOn ?? []) {
    const needed = lookUp(link.job);
    if (needed.job?.status === 'completed') continue;
    const { job: other } = needed;
    const isComing =
      other?.status === 'running' || (other?.status === 'waiting' && !other.isRested);
    if (!isComing || !needed.taken) return { kind: 'never', why: needsAnother(link, needed) };
    waits = true;
  }
  return { kind: waits ? 'waits' : 'ready' };
}

/** Left out because of a shot that it depends on: it goes on when that one does. */
function isLeftOut({ status, error }: BatchJob): boolean {
  return status === 'skipped' && error?.cause === 'needs-another-shot';
}

function needsAnother({ name }: ShotLink, { job }: Needed): Failure {
  const cause = 'needs-another-shot';
  const goesOn = 'this shot then goes on by itself.';
  const never = (why: string, nextStep: string) =>
    failure(cause, `It needs ${name}, which ${why}.`, nextStep);
  if (job?.status === 'failed' && job.shotConfig === null) {
    return never('could not be read', `Correct ${name}, then retry when the batch has ended.`);
  }
  switch (job?.status) {
    case 'failed':
      return never('failed', `Retry ${name}; ${goesOn}`);
    case 'cancelled':
      return never('was cancelled', `Retry ${name}; ${goesOn}`);
    case 'skipped': {
      // The one at the root of it is told.
      const root = job.error?.cause === cause ? job.error.nextStep : `Retry ${name}; ${goesOn}`;
      return never('was not started', root);
    }
    default:
      return never(
        'is not complete and no part of this run',
        `Render ${name} first, or both together.`,
      );
  }
}
