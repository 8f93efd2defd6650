import type { RunOutcome } from '../../../shared/batch.ts';
import type { Stretch, UseLane, UseSpan, WorkerUse } from '../../../shared/charts/night-charts.ts';
import type { BatchEvent, JobEvent } from '../../../shared/events.ts';

/** The most spans a worker has in a chart: finer than a chart is wide would be of no use. */
export const MOST_BINS = 512;

/** Time of one worker, or of one node of a cluster. */
interface Lane {
  readonly worker: number;
  readonly node: string | null;
  /** When it had a frame in hand, in run time; the frames of one shot in a row are one. */
  readonly busy: (Stretch & { readonly job: string })[];
  readonly failures: number[];
  /** Frames in hand now, and the most there ever were. */
  open: number;
  atOnce: number;
  /** Finished frames, by job. */
  readonly done: Map<string, number>;
}

interface Frame {
  readonly job: string;
  readonly worker: number;
  readonly lane: Lane;
  /** Run time; `null`: its worker has turned to the next frame already. */
  since: number | null;
}

/**
 * Collects what each worker, or node of a cluster, did from the events of a journal in their order. A run that resumes
 * a broken or cancelled one continues its time line; any other begins a new one.
 */
export class Timeline {
  #runs: Stretch[] = [];
  /** Run time at the start of the newest run. */
  #before = 0;
  #isRunning = false;
  #outcome: RunOutcome | null = null;
  /** By number of a worker, or name of a node. */
  readonly #lanes = new Map<number | string, Lane>();
  #pauses: Stretch[] = [];
  #pausedSince: number | null = null;
  readonly #names = new Map<string, string>();
  /** By job and number. */
  readonly #open = new Map<string, Frame>();
  /** The newest frame of each worker. */
  readonly #current = new Map<number, Frame>();

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

  /** Returns what came of it, as of the last event. Call it once, at the end. */
  end(): WorkerUse {
    const totalMs = this.#total;
    const binMs = totalMs / MOST_BINS;
    if (this.#isRunning) this.#end(totalMs);
    const lanes = [...this.#lanes.values()].sort(inOrder).map((lane) => {
      return { lane, spans: spansOf(lane, binMs) };
    });
    // Shots take their colours in the order in which they begin; shots too short to be seen have none.
    const byStart = lanes.flatMap(({ spans }) => spans).sort((a, b) => a.from - b.from);
    const seen = [...new Set(byStart.map(({ job }) => job))];
    const nameOf = (job: string) => this.#names.get(job) ?? '';
    return {
      runs: this.#runs,
      totalMs,
      shots: seen.map(nameOf),
      lanes: lanes.map(({ lane, spans }): UseLane => {
        const { worker, node, atOnce, failures, done } = lane;
        const busyMs = lane.busy.reduce((sum, { from, to }) => sum + to - from, 0);
        return {
          ...{ worker, node, atOnce, failed: failures.length },
          busyMs: Math.min(busyMs, totalMs * atOnce),
          frames: [...done.values()].reduce((sum, frames) => sum + frames, 0),
          done: [...done]
            .map(([job, frames]) => ({ shot: nameOf(job), frames }))
            .sort((a, b) => b.frames - a.frames),
          spans: spans.map(({ job, ...span }) => ({ ...span, shot: seen.indexOf(job) })),
          failures: [...new Set(failures.map((at) => Math.floor(at / binMs)))].map((bin) =>
            Math.min(totalMs, (bin + 0.5) * binMs),
          ),
        };
      }),
      pauses: this.#pauses,
    };
  }

  get #total(): number {
    const run = this.#runs.at(-1);
    return run ? this.#before + run.to - run.from : 0;
  }

  #begin(at: number): void {
    const resumes = this.#outcome === 'interrupted' || this.#outcome === 'cancelled';
    // A run without an end broke off.
    if (this.#isRunning) this.#end(this.#total);
    else if (!resumes) {
      this.#runs = [];
      this.#lanes.clear();
      this.#pauses = [];
    }
    this.#before = this.#total;
    this.#runs.push({ from: at, to: at });
    this.#isRunning = true;
    this.#outcome = null;
  }

  #end(at: number): void {
    for (const frame of this.#current.values()) leave(frame, at);
    this.#unpause(at);
    for (const lane of this.#lanes.values()) lane.open = 0;
    this.#open.clear();
    this.#current.clear();
    this.#isRunning = false;
  }

  /** Returns the run time of a moment and extends the newest run to it. A clock that was set back stands still. */
  #heard(at: number): number {
    const run = this.#runs.at(-1);
    if (!run) return 0;
    if (at > run.to) this.#runs[this.#runs.length - 1] = { from: run.from, to: at };
    return this.#before + Math.max(0, at - run.from);
  }

  #start(event: Extract<JobEvent, { type: 'frame-started' }>, at: number): void {
    const { job, frame, worker, node = null } = event;
    const last = this.#current.get(worker);
    // Verification of the last frame runs beside the next one.
    if (last) leave(last, at);
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
      leave(found, at);
      this.#current.delete(found.worker);
    }
    const { lane } = found;
    if (type === 'frame-done') lane.done.set(job, (lane.done.get(job) ?? 0) + 1);
    if (type === 'frame-failed') lane.failures.push(at);
  }

  #unpause(at: number): void {
    if (this.#pausedSince !== null) this.#pauses.push({ from: this.#pausedSince, to: at });
    this.#pausedSince = null;
  }

  #lane(worker: number, node: string | null): Lane {
    const key = node ?? worker;
    const known = this.#lanes.get(key);
    if (known) return known;
    const lane = { worker, node, busy: [], failures: [], open: 0, atOnce: 0, done: new Map() };
    this.#lanes.set(key, lane);
    return lane;
  }
}

/** Notes the time of a frame whose worker turns to something else. */
function leave(frame: Frame, to: number): void {
  const { since, lane, job } = frame;
  if (since === null) return;
  frame.since = null;
  lane.open -= 1;
  if (to <= since) return;
  const last = lane.busy.at(-1);
  const continues = last?.job === job && last.to === since;
  if (continues) lane.busy[lane.busy.length - 1] = { ...last, to };
  else lane.busy.push({ from: since, to, job });
}

const BY_NAME = new Intl.Collator('en', { numeric: true });

/** Sorts workers of this computer by number, then nodes by name. */
function inOrder(a: Lane, b: Lane): number {
  if (a.node === null || b.node === null) {
    return Number(a.node !== null) - Number(b.node !== null) || a.worker - b.worker;
  }
  return BY_NAME.compare(a.node, b.node);
}

type JobSpan = Omit<UseSpan, 'shot'> & { readonly job: string };

/** Cuts the time of a lane into bins and joins neighbours with the same shot and share. */
function spansOf({ busy, atOnce }: Lane, binMs: number): readonly JobSpan[] {
  const bins = Array.from({ length: MOST_BINS }, () => new Map<string, number>());
  for (const { from, to, job } of busy) {
    for (let index = Math.floor(from / binMs); index * binMs < to; index++) {
      const ms = Math.min(to, (index + 1) * binMs) - Math.max(from, index * binMs);
      const bin = bins[index];
      bin?.set(job, (bin.get(job) ?? 0) + ms);
    }
  }
  const spans: JobSpan[] = [];
  for (const [index, bin] of bins.entries()) {
    const [job = ''] = [...bin].sort(([, a], [, b]) => b - a)[0] ?? [];
    const busyMs = [...bin.values()].reduce((sum, ms) => sum + ms, 0);
    if (busyMs <= 0) continue;
    const [from, to] = [index * binMs, (index + 1) * binMs];
    const share = Math.min(1, Math.max(1, Math.round((4 * busyMs) / (binMs * atOnce))) / 4);
    const last = spans.at(-1);
    const continues = last?.to === from && last.job === job && last.share === share;
    if (continues) spans[spans.length - 1] = { ...last, to };
    else spans.push({ from, to, job, share });
  }
  return spans;
}
