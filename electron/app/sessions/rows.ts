import type { FrameState } from '../../../shared/frame-state.ts';
import { formatFrames } from '../../../shared/frames.ts';
import { type BatchJob, type FramePlan, waitsFor } from '../../../shared/job.ts';
import { knownCounts, poisonedFrames } from '../../../shared/job-state.ts';
import { type Night, pausedWithin, QUIET_NIGHT } from '../../../shared/night.ts';
import { priorityOf } from '../../../shared/order.ts';
import { pictureSize } from '../../../shared/picture-size.ts';
import { printable } from '../../../shared/safe-text.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import type { FrameDetail, JobDetail, JobRow, NewestFrame } from '../../../shared/view.ts';
import { type BatchProcessor, STALL_BOUNDS, stallLimit } from '../../engine/index.ts';
import { problemsOf } from './shot-problems.ts';
import { stripOf, unopenedStrip } from './strip.ts';

/**
 * One row of the job table.
 * @param problems how many were found about this shot
 * @param remainingSeconds of what is left of it, as the batch expects it
 */
export function rowOf(
  job: BatchJob,
  problems: number,
  night: Night = QUIET_NIGHT,
  newest: NewestFrame | null = null,
  waitsFor: readonly string[] = [],
  remainingSeconds: number | null = null,
): JobRow {
  const counts = knownCounts(job);
  return {
    id: job.id,
    name: job.name,
    shotFile: printable(job.shotFile),
    status: job.status,
    error: job.error,
    problems,
    counts,
    strip: job.plan ? stripOf(job.frames) : unopenedStrip(counts.total),
    frames: framesOf(job),
    engine: job.plan?.engine ?? job.shotConfig?.render.engine ?? null,
    ...pictureSize(job),
    startTime: job.startTime,
    endTime: job.endTime,
    renderSeconds: job.renderSeconds,
    averageSeconds: averageSeconds(job),
    remainingSeconds,
    retryCount: job.retryCount,
    warnings: job.warnings.length,
    warning: firstWarning(job),
    poisoned: poisonedFrames(job).length,
    pausedMs: pausedMs(job, night),
    newest,
    priority: priorityOf(job),
    waitsFor,
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

/**
 * What the inspector shows of one job.
 * @param problems found about this job
 * @param command the line that renders it in a terminal
 */
export function detailOf(
  job: BatchJob,
  problems: readonly ShotProblem[],
  command: string,
): JobDetail {
  return {
    jobId: job.id,
    shotConfig: job.shotConfig,
    outputPath: job.plan?.directory ?? job.outputPath,
    opened: job.plan && openedOf(job.plan),
    frames: frameDetails(job),
    fps: job.plan?.fps ?? null,
    problems: problemsOf(job, problems),
    retries: job.retries,
    stall: stallLimit(job),
    openStallMs: STALL_BOUNDS.openMs,
    command,
  };
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
