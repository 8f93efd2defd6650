import type { RunOutcome } from '../../../shared/batch.ts';
import type { Stretch, UseSpan, WorkerUse } from '../../../shared/charts/night-charts.ts';
import type { BatchEvent, JobEvent } from '../../../shared/events.ts';

/** Bins of a lane at most: finer than a chart is wide would be of no use. */
export const MOST_BINS = 512;
const FINEST_MS = 50;
/** More runs than these are told as one with the first of them. */
const MOST_RUNS = 20;

interface Lane {
  readonly worker: number;
  readonly node: string | null;
  readonly bins: LaneBins;
  /** Frames in hand now, and the most that ever were. */
  open: number;
  atOnce: number;
  busyMs: number;
  failed: number;
  /** Frames that are done, by job. */
  readonly done: Map<string, number>;
}

interface Frame {
  readonly job: string;
  readonly worker: number;
  readonly lane: Lane;
  /** In night time; `null`: its worker has turned to the next one already. */
  since: number | null;
}

/**
 * What each worker, or node of a cluster, was at over a night, out of the events of its journal in their order. A run that goes on with one
 * that broke off or was cancelled is of the same night; any other begins a new one. Takes the same room for any night.
 */
export class Timeline {
  #runs: Stretch[] = [];
  /** Night time at the start of the newest run. */
  #before = 0;
  #isRunning = false;
  #outcome: RunOutcome | null = null;
  #binMs = FINEST_MS;
  /** By number of a worker, or name of a node. */
  #lanes = new Map<number | string, Lane>();
  #pauses = new LaneBins();
  #pausedSince: number | null = null;
  readonly #names = new Map<string, string>();
  /** Numbers of the jobs that have a span. */
  #shots = new Map<string, number>();
  /** By job and number. */
  #open = new Map<string, Frame>();
  /** The newest one of each worker. */
  #current = new Map<number, Frame>();

  add(event: BatchEvent): void {
    if (event.type === 'batch-started') this.#begin(event.run.startedAt);
    if (event.type === 'job-added') this.#names.set(event.job, event.name);
    if (!this.#isRunning) return;
    const at = this.#heard(event.at);
    switch (event.type) {
      case 'batch-paused':
        this.#pausedSince ??= at;
        break;
      case 'batch-unpaused':
        this.#unpause(at);
        break;
      case 'batch-finished':
        this.#end(at);
        this.#outcome = event.outcome;
        break;
      case 'frame-started':
        this.#start(event, at);
        break;
      case 'frame-done':
      case 'frame-failed':
      case 'frame-released':
        this.#finish(event, at);
        break;
      default:
        break;
    }
  }

  /** What came of it, as of the last event. To be called once, at the end. */
  end(): WorkerUse {
    const totalMs = this.#total;
    if (this.#isRunning) this.#end(totalMs);
    const lanes = [...this.#lanes.values()].sort(inOrder);
    const spans = lanes.map(({ bins, atOnce }) => bins.spans(this.#binMs, totalMs, atOnce));
    // Of shots that took most of no bin nothing can be seen. As they began: at no time do two lanes look alike.
    const byStart = spans.flat().sort((a, b) => a.from - b.from);
    const seen = [...new Set(byStart.map(({ shot }) => shot))];
    const places = new Map(seen.map((shot, place) => [shot, place]));
    const jobs = [...this.#shots.keys()];
    return {
      runs: this.#runs,
      totalMs,
      shots: seen.map((shot) => this.#names.get(jobs[shot] ?? '') ?? ''),
      lanes: lanes.map(({ worker, node, atOnce, bins, busyMs, failed, done }, index) => ({
        ...{ worker, node, atOnce, failed },
        busyMs: Math.min(busyMs, totalMs * atOnce),
        frames: [...done.values()].reduce((sum, frames) => sum + frames, 0),
        done: [...done]
          .map(([job, frames]) => ({ shot: this.#names.get(job) ?? '', frames }))
          .sort((a, b) => b.frames - a.frames),
        spans: (spans[index] ?? []).map((span) => ({ ...span, shot: places.get(span.shot) ?? 0 })),
        failures: bins.failures(this.#binMs, totalMs),
      })),
      pauses: joined(this.#pauses.spans(this.#binMs, totalMs, 1)),
    };
  }

  get #total(): number {
    const run = this.#runs.at(-1);
    return run ? this.#before + run.to - run.from : 0;
  }

  #begin(at: number): void {
    const resumes = this.#outcome === 'interrupted' || this.#outcome === 'cancelled';
    // Of one that broke off nobody has seen the end.
    if (this.#isRunning) this.#end(this.#total);
    else if (!resumes) this.#forget();
    this.#before = this.#total;
    const [first, second, ...rest] = this.#runs;
    if (first && second && rest.length >= MOST_RUNS - 2) {
      const length = first.to - first.from + second.to - second.from;
      this.#runs = [{ from: second.to - length, to: second.to }, ...rest];
    }
    this.#runs.push({ from: at, to: at });
    this.#isRunning = true;
    this.#outcome = null;
  }

  #forget(): void {
    this.#runs = [];
    this.#before = 0;
    this.#binMs = FINEST_MS;
    this.#lanes = new Map();
    this.#pauses = new LaneBins();
    this.#shots = new Map();
  }

  #end(at: number): void {
    for (const frame of this.#current.values()) this.#busy(frame, at);
    this.#unpause(at);
    for (const { lane } of this.#current.values()) lane.open = 0;
    this.#open = new Map();
    this.#current = new Map();
    this.#isRunning = false;
  }

  /** Night time of a moment; the newest run goes on at least to it. A clock that was set back stands still. */
  #heard(at: number): number {
    const run = this.#runs.at(-1);
    if (!run) return 0;
    if (at > run.to) this.#runs[this.#runs.length - 1] = { from: run.from, to: at };
    const night = this.#before + Math.max(0, at - run.from);
    while (night >= MOST_BINS * this.#binMs) {
      this.#binMs *= 2;
      this.#pauses.halve();
      for (const { bins } of this.#lanes.values()) bins.halve();
    }
    return night;
  }

  #start(event: Extract<JobEvent, { type: 'frame-started' }>, at: number): void {
    const { job, frame, worker, node = null } = event;
    const last = this.#current.get(worker);
    // It is proved beside the next one, which the worker has begun.
    if (last) this.#leave(last, at);
    const lane = this.#lane(worker, node);
    lane.open += 1;
    lane.atOnce = Math.max(lane.atOnce, lane.open);
    const begun = { job, worker, lane, since: at };
    this.#open.set(`${job} ${frame}`, begun);
    this.#current.set(worker, begun);
  }

  #finish(
    { job, frame, type }: { readonly job: string; readonly frame: number; readonly type: string },
    at: number,
  ): void {
    const key = `${job} ${frame}`;
    const found = this.#open.get(key);
    if (!found) return;
    this.#open.delete(key);
    if (this.#current.get(found.worker) === found) {
      this.#leave(found, at);
      this.#current.delete(found.worker);
    }
    const { lane } = found;
    if (type === 'frame-done') lane.done.set(job, (lane.done.get(job) ?? 0) + 1);
    if (type !== 'frame-failed') return;
    lane.failed += 1;
    lane.bins.fail(at, this.#binMs);
  }

  /** Its worker has turned to something else. */
  #leave(frame: Frame, at: number): void {
    this.#busy(frame, at);
    frame.lane.open -= 1;
  }

  #busy(frame: Frame, to: number): void {
    const { since, lane, job } = frame;
    frame.since = null;
    if (since === null || to <= since) return;
    const shot = this.#shots.get(job) ?? this.#shots.size;
    this.#shots.set(job, shot);
    lane.busyMs += to - since;
    lane.bins.add(since, to, shot, this.#binMs);
  }

  #unpause(at: number): void {
    if (this.#pausedSince !== null) this.#pauseTo(this.#pausedSince, at);
    this.#pausedSince = null;
  }

  #pauseTo(from: number, to: number): void {
    this.#pauses.add(from, to, 0, this.#binMs);
  }

  #lane(worker: number, node: string | null): Lane {
    const key = node ?? worker;
    const known = this.#lanes.get(key);
    if (known) return known;
    const counts = { open: 0, atOnce: 0, busyMs: 0, failed: 0 };
    const lane = { worker, node, bins: new LaneBins(), ...counts, done: new Map() };
    this.#lanes.set(key, lane);
    return lane;
  }
}

const BY_NAME = new Intl.Collator('en', { numeric: true });

/** Workers of this computer by number, then nodes by name. */
function inOrder(a: Lane, b: Lane): number {
  if (a.node === null || b.node === null) {
    return Number(a.node !== null) - Number(b.node !== null) || a.worker - b.worker;
  }
  return BY_NAME.compare(a.node, b.node);
}

interface Bin {
  busyMs: number;
  /** The shot that took most of it, and how much. */
  shot: number;
  shotMs: number;
  failed: number;
}

/** What one worker was at, in bins that all have the same width. The caller keeps the width, and their number small. */
class LaneBins {
  #bins: Bin[] = [];

  /** Busy with a shot from one moment of the night to another. */
  add(from: number, to: number, shot: number, binMs: number): void {
    for (let index = Math.floor(from / binMs); index * binMs < to; index++) {
      const ms = Math.min(to, (index + 1) * binMs) - Math.max(from, index * binMs);
      const bin = this.#at(index);
      bin.busyMs += ms;
      if (bin.shot === shot) bin.shotMs += ms;
      else if (ms > bin.shotMs) Object.assign(bin, { shot, shotMs: ms });
    }
  }

  fail(at: number, binMs: number): void {
    this.#at(Math.floor(at / binMs)).failed += 1;
  }

  /** Half as many bins, twice as wide. */
  halve(): void {
    this.#bins = Array.from({ length: Math.ceil(this.#bins.length / 2) }, (_, index) => {
      const [a, b] = [this.#at(2 * index), this.#at(2 * index + 1)];
      const most = a.shotMs >= b.shotMs ? a : b;
      const shotMs = a.shot === b.shot ? a.shotMs + b.shotMs : most.shotMs;
      const { shot } = most;
      return { busyMs: a.busyMs + b.busyMs, shot, shotMs, failed: a.failed + b.failed };
    });
  }

  /**
   * Neighbours with the same shot and share as one.
   * @param endMs of the night, which the last bin does not pass
   * @param atOnce so many could be busy at a time
   */
  spans(binMs: number, endMs: number, atOnce: number): readonly UseSpan[] {
    const spans: UseSpan[] = [];
    for (const [index, { busyMs, shot }] of this.#bins.entries()) {
      const from = index * binMs;
      const to = Math.min(endMs, from + binMs);
      if (busyMs <= 0 || to <= from) continue;
      const share = Math.min(1, Math.max(1, Math.round((4 * busyMs) / ((to - from) * atOnce))) / 4);
      const last = spans.at(-1);
      const goesOn = last?.to === from && last.shot === shot && last.share === share;
      if (goesOn) spans[spans.length - 1] = { ...last, to };
      else spans.push({ from, to, shot, share });
    }
    return spans;
  }

  /** The middles of the bins in which a try failed. */
  failures(binMs: number, endMs: number): readonly number[] {
    return this.#bins.flatMap(({ failed }, index) =>
      failed > 0 ? [Math.min(endMs, (index + 0.5) * binMs)] : [],
    );
  }

  #at(index: number): Bin {
    for (let next = this.#bins.length; next <= index; next++) {
      this.#bins.push({ busyMs: 0, shot: -1, shotMs: 0, failed: 0 });
    }
    return this.#bins[index] as Bin;
  }
}

/** Spans of whatever shot as stretches of time. */
function joined(spans: readonly UseSpan[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { from, to } of spans) {
    const last = stretches.at(-1);
    if (last?.to === from) stretches[stretches.length - 1] = { from: last.from, to };
    else stretches.push({ from, to });
  }
  return stretches;
}
