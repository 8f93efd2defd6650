import type { BatchEvent } from '../../../shared/events.ts';
import type { FrameList } from '../../../shared/frame-list.ts';
import type { FrameState } from '../../../shared/frame-state.ts';
import { formatFrames } from '../../../shared/frames.ts';
import { type BatchJob, type FramePlan, waitsFor } from '../../../shared/job.ts';
import { frameState, isPoisoned, knownCounts, poisonedFrames } from '../../../shared/job-state.ts';
import type { Split } from '../../../shared/more-shots.ts';
import { type Night, pausedWithin } from '../../../shared/night.ts';
import { olderFrames, olderNote, undecidedFrames } from '../../../shared/older-files.ts';
import { priorityOf } from '../../../shared/order.ts';
import { pictureSize } from '../../../shared/picture-size.ts';
import { printable } from '../../../shared/safe-text.ts';
import type {
  FrameDetail,
  FrameStrip,
  JobDetail,
  JobRow,
  NewestFrame,
  StripCell,
} from '../../../shared/view.ts';
import { type BatchProcessor, STALL_BOUNDS, stallLimit } from '../../engine/index.ts';
import { problemsOf } from './shot-problems.ts';

/** What the row of a job says that the job alone does not know. */
export interface RowFacts
  extends Pick<
    JobRow,
    | 'problems'
    | 'errors'
    | 'newest'
    | 'standIn'
    | 'waitsFor'
    | 'remainingSeconds'
    | 'triedSeconds'
    | 'blocked'
  > {
  readonly night: Night;
  readonly more?: readonly Split[];
}

/** One row of the job table. */
export function rowOf(job: BatchJob, { night, more = [], ...facts }: RowFacts): JobRow {
  const counts = knownCounts(job);
  return {
    ...facts,
    ...(more.length > 0 && { more }),
    id: job.id,
    name: job.name,
    shotFile: printable(job.shotFile),
    status: job.status,
    error: job.error,
    counts,
    strip: job.plan ? stripOf(job.frames) : unopenedStrip(counts.total),
    frames: framesOf(job),
    engine: job.plan?.engine ?? job.shotConfig?.render.engine ?? null,
    ...pictureSize(job),
    startTime: job.startTime,
    endTime: job.endTime,
    renderSeconds: job.renderSeconds,
    averageSeconds: averageSeconds(job),
    retryCount: job.retryCount,
    warnings: job.warnings.length,
    warning: firstWarning(job),
    poisoned: poisonedFrames(job).length,
    approved: job.frames.reviewed('approved'),
    rejected: job.frames.reviewed('rejected'),
    older: olderNote(job, undecidedFrames(job)),
    ...(job.keptScene && { keptScene: job.keptScene }),
    pausedMs: pausedMs(job, night),
    priority: priorityOf(job),
  };
}

function firstWarning({ warnings: [first] }: BatchJob): string | null {
  return first ? printable(first.message) : null;
}

/** Of pauses that are over: in one that goes on the window stops the clock. */
function pausedMs({ startTime, endTime }: BatchJob, night: Night): number {
  if (startTime === null) return 0;
  const now = Math.min(endTime ?? Date.now(), night.pausedSince ?? Number.POSITIVE_INFINITY);
  return pausedWithin(night, startTime, now);
}

/** What the inspector shows of one job: what was found about it, and the line that renders it in a terminal. */
export function detailOf(job: BatchJob, { problems, more = [], command }: DetailFacts): JobDetail {
  return {
    jobId: job.id,
    shotConfig: job.shotConfig,
    outputPath: job.plan?.directory ?? job.outputPath,
    opened: job.plan && openedOf(job.plan),
    frames: frameDetails(job),
    fps: job.plan?.fps ?? null,
    problems: problemsOf(job, problems),
    more,
    retries: job.retries,
    older: olderFrames(job).map(
      ({ files: { saved, files, kept = false }, frames, mayShow = false }) => {
        return { frames: formatFrames(frames), count: frames.length, saved, files, kept, mayShow };
      },
    ),
    stall: stallLimit(job),
    openStallMs: STALL_BOUNDS.openMs,
    command,
  };
}

interface DetailFacts extends Pick<JobDetail, 'problems' | 'command'> {
  readonly more?: JobDetail['more'];
}

/** Without its frames and inputs, which may be many. */
function openedOf({ settings, format, pattern, simulation }: FramePlan): JobDetail['opened'] {
  return { settings, format, pattern, ...(simulation && { simulation }) };
}

function frameDetails({ plan, shotConfig, frames }: BatchJob): readonly FrameDetail[] {
  const numbers = plan?.frames ?? shotConfig?.frames ?? [];
  return numbers.map((frame, index) => ({ frame, state: frames.get(index) ?? UNTOUCHED }));
}

const UNTOUCHED: FrameState = { status: 'waiting', tries: 0 };

function framesOf(job: BatchJob): string | null {
  const frames = job.plan?.frames ?? job.shotConfig?.frames;
  return frames ? formatFrames(frames) : null;
}

/** Mean over the frames whose time is known, those of earlier runs among them. */
function averageSeconds(job: BatchJob): number | null {
  const { sum, known } = job.frames.times;
  return known === 0 ? null : sum / known;
}

/** Which shots of a batch wait for which others, for rows that say so. */
export class Waiting {
  readonly #processor: BatchProcessor;
  #dependents = new Map<string, string[]>();
  /** The jobs that they are made of: a batch grows by shots that join its run. */
  #of: readonly BatchJob[] = [];

  constructor(processor: BatchProcessor) {
    this.#processor = processor;
  }

  /** Names of the shots that keep a job waiting. */
  of(job: BatchJob): readonly string[] {
    return waitsFor(job, (id) => this.#processor.job(id));
  }

  /** Ids of the jobs whose waiting changes with this one's state. */
  on(jobId: string): readonly string[] {
    const { jobs } = this.#processor.batch;
    if (jobs !== this.#of) this.#learn(jobs);
    return this.#dependents.get(jobId) ?? [];
  }

  #learn(jobs: readonly BatchJob[]): void {
    this.#of = jobs;
    this.#dependents = new Map();
    for (const { id, shotConfig } of jobs) {
      for (const { job } of shotConfig?.dependsOn ?? []) {
        const known = this.#dependents.get(job);
        if (known) known.push(id);
        else this.#dependents.set(job, [id]);
      }
    }
  }
}

/** Which frame of each job was done last. Costs the same in a shot of any length. */
export class NewestFrames {
  readonly #frames = new Map<string, number>();

  heard(event: BatchEvent): void {
    if (event.type === 'frame-done') this.#frames.set(event.job, event.frame);
  }

  /** Of a job that has rendered nothing meanwhile, or has lost it, the last frame of its range that is done. */
  of(job: BatchJob): NewestFrame | null {
    const frame = this.#frames.get(job.id);
    const state = frame === undefined ? undefined : frameState(job, frame);
    if (frame !== undefined && state?.status === 'done') return { frame, at: state.record.at };
    const index = job.frames.lastIndex('done');
    const last = job.frames.get(index);
    const number = job.plan?.frames[index];
    if (number === undefined || last?.status !== 'done') return null;
    return { frame: number, at: last.record.at };
  }
}

/** Cells of a strip. */
const MAX_CELLS = 60;

/**
 * The frames of a job as at most 60 letters, in order; each stands for one frame or a group of
 * neighbours. What an artist must not miss wins: a poisoned frame, a failed one, then a running one. A group is
 * done only when all of it is, and kept only when all of it is from before.
 */
export function stripOf(frames: FrameList): FrameStrip {
  const cells = Math.min(frames.length, MAX_CELLS);
  let strip = '';
  for (let cell = 0; cell < cells; cell++)
    strip += letter(frames, ...cellEdges(frames.length, cell));
  return strip;
}

/** The frames that a cell stands for, by index: from the first one to before the second one. */
function cellEdges(frames: number, cell: number): readonly [from: number, to: number] {
  const cells = Math.min(frames, MAX_CELLS);
  const edge = (at: number) => Math.floor((at * frames) / cells);
  return [edge(cell), edge(cell + 1)];
}

/** The frames of a scene that nobody has opened yet. */
function unopenedStrip(frames: number): FrameStrip {
  return 'w'.repeat(Math.min(frames, MAX_CELLS));
}

function letter(frames: FrameList, from: number, to: number): string {
  const counts = frames.countsWithin(from, to);
  if (counts.failed > 0) return isAnyPoisoned(frames, from, to) ? 'p' : 'f';
  if (counts.running > 0) return 'r';
  if (counts.waiting > 0) return 'w';
  if (isAnyRejected(frames, from, to)) return 'x';
  return counts.kept < counts.done ? 'd' : 'k';
}

function isAnyRejected(frames: FrameList, from: number, to: number): boolean {
  if (frames.reviewed('rejected') === 0) return false;
  for (let index = from; index < to; index++) {
    const frame = frames.get(index);
    if (frame?.status === 'done' && frame.review === 'rejected') return true;
  }
  return false;
}

function isAnyPoisoned(frames: FrameList, from: number, to: number): boolean {
  let index = frames.nextIndex('failed', from);
  while (index !== -1 && index < to) {
    const frame = frames.get(index);
    if (frame && isPoisoned(frame)) return true;
    index = frames.nextIndex('failed', index + 1);
  }
  return false;
}

/** The frames behind one cell of a job's strip; `null`: there is no such cell. @param cell from 0 */
export function stripCellOf(
  { plan, shotConfig, frames }: BatchJob,
  cell: number,
): StripCell | null {
  const numbers = plan?.frames ?? shotConfig?.frames ?? [];
  const [from, to] = cellEdges(numbers.length, cell);
  const first = numbers[from];
  const last = numbers[to - 1];
  if (first === undefined || last === undefined) return null;
  const total = to - from;
  if (!plan) {
    const counts = { total, waiting: total, running: 0, done: 0, kept: 0, failed: 0 };
    return { first, last, counts, averageSeconds: null, state: { status: 'waiting', tries: 0 } };
  }
  return {
    first,
    last,
    counts: frames.countsWithin(from, to),
    averageSeconds: averageWithin(frames, from, to),
    state: total === 1 ? (frames.get(from) ?? null) : null,
  };
}

/** A strip has sixty cells at most, so this looks at a sixtieth of the frames. */
function averageWithin(frames: BatchJob['frames'], from: number, to: number): number | null {
  let sum = 0;
  let known = 0;
  for (let index = from; index < to; index++) {
    const frame = frames.get(index);
    if (frame?.status !== 'done' || frame.record.seconds <= 0) continue;
    sum += frame.record.seconds;
    known += 1;
  }
  return known === 0 ? null : sum / known;
}
