import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatchConfig, DEFAULT_CONFIG } from '../../shared/batch.ts';
import type { JobEvent, LogLine } from '../../shared/events.ts';
import type { Failure } from '../../shared/failure.ts';
import { formatFrames } from '../../shared/frames.ts';
import type { BatchJob, FramePlan, ShotWarning } from '../../shared/job.ts';
import { jobAfter, planOf } from '../../shared/job-state.ts';
import { numbersOf, undecidedFrames } from '../../shared/older-files.ts';
import { awakeMs } from '../blender/clock.ts';
import type { BlenderWorker, Limits } from '../blender/types.ts';
import { startWorker } from '../blender/worker.ts';
import { Blenders, type BlendersHere } from './capacity/choose-blender.ts';
import { OutputClaims } from './capacity/output-claims.ts';
import { loneSeat, type Seat } from './capacity/seats.ts';
import { keepsChanging } from './failures.ts';
import { LOOK_STALL_MS, STALL_BOUNDS, stallLimit, withStallReason } from './lane/limits.ts';
import { lookThrough, openJob } from './lane/open-job.ts';
import { encodeMovie, renderFrame } from './lane/render-frame.ts';
import { removeTemporary } from './lib/temporary-folder.ts';
import { publishFrame } from './proof/staging.ts';
import { jobSaved, MOST_STARTS_OVER } from './resume/sources.ts';
import { orderedIndices, orderOf } from './run/scheduler.ts';
import { jobVerdict } from './run/verdicts.ts';

export interface RunJobOptions {
  readonly config?: Partial<BatchConfig>;
  readonly signal?: AbortSignal;
  /** @internal */
  readonly here?: BlendersHere;
  /** Told of each event, with the job as it is after it. */
  readonly onEvent?: (event: JobEvent, job: BatchJob) => void;
  readonly onLog?: (line: Omit<LogLine, 'at' | 'worker'>) => void;
}

/**
 * Renders one job in one Blender process of its own: what a lane does, without pool, checkpoint and
 * retries. Resolves with the job as it ended; a crash fails this job and touches nothing else.
 */
export async function runJobSubprocess(
  job: BatchJob,
  options: RunJobOptions = {},
): Promise<BatchJob> {
  const config = { ...DEFAULT_CONFIG, ...options.config };
  const alone = new LoneJob(job, config, options);
  const temporary = await mkdtemp(join(tmpdir(), 'nightshift-'));
  try {
    return await alone.run(temporary);
  } finally {
    await removeTemporary(temporary);
  }
}

class LoneJob {
  #job: BatchJob;
  readonly #config: BatchConfig;
  readonly #options: RunJobOptions;
  readonly #signal: AbortSignal;
  readonly #began = awakeMs();
  readonly #claims = new OutputClaims();
  readonly #seat: Seat;
  #startsOver = 0;
  /** What the artist should know of the Blender that was chosen. */
  #ofBlender: readonly ShotWarning[] = [];
  /** Nothing that lies there counts any more. */
  #isAgain = false;

  constructor(job: BatchJob, config: BatchConfig, options: RunJobOptions) {
    this.#job = job;
    this.#config = config;
    this.#options = options;
    this.#seat = loneSeat(config);
    this.#signal = options.signal ?? new AbortController().signal;
  }

  async run(temporary: string): Promise<BatchJob> {
    // Nothing heals a shot file that can't be read.
    if (this.#job.shotConfig === null) return this.#job;
    if (this.#job.status !== 'waiting') {
      this.#tell({ type: 'job-reset', job: this.#job.id, at: Date.now() });
    }
    this.#tell({ type: 'job-started', job: this.#job.id, at: Date.now() });
    const blender = await new Blenders(this.#config, this.#options.here).choose(this.#job);
    if (!blender.ok) return this.#end(blender.failure);
    this.#ofBlender = blender.warnings;
    if (blender.again) this.#startAgain(this.#job.source);
    const { trusted, factoryStartup } = this.#config;
    const started = await startWorker(
      {
        host: this.#seat,
        blenderPath: blender.value.path,
        trusted,
        factoryStartup,
        temporary,
        onLog: (line) => this.#options.onLog?.(line),
        onSamples: () => {},
      },
      this.#limits(STALL_BOUNDS.openMs, false),
    );
    if (!started.ok) return this.#end(started.failure);
    try {
      return await this.#renderWith(started.value);
    } finally {
      await started.value.close();
      await this.#seat.end();
      await this.#claims.releaseAll();
    }
  }

  async #renderWith(worker: BlenderWorker): Promise<BatchJob> {
    const { id } = this.#job;
    const warn = (text: string) => this.#options.onLog?.({ level: 'warning', text });
    const limits = this.#limits(STALL_BOUNDS.openMs, false);
    const existing = this.#isAgain ? 'resume' : this.#config.existing;
    const opened = await openJob(worker, this.#job, { ...this.#config, existing }, limits, {
      warn,
      claim: (plan) => this.#claims.claim(id, plan),
    });
    if (!opened.ok) return this.#end(opened.failure);
    if (opened.value.kind === 'changed') return this.#startOver(worker, opened.value.source);
    if (opened.value.kind === 'elsewhere') throw new Error('There is no other lane.');
    const { plan, kept } = opened.value;
    this.#tell({ type: 'job-planned', job: id, at: Date.now(), plan });
    await this.#lookThrough(worker);
    for (const { frame, record } of kept) {
      this.#tell({ type: 'frame-kept', job: id, at: Date.now(), frame, record });
    }
    for (const index of orderedIndices(orderOf(this.#job), plan.frames.length)) {
      const frame = plan.frames[index];
      if (frame === undefined || this.#job.frames.statusOf(index) !== 'waiting') continue;
      await this.#renderOne(worker, plan, frame);
      if (!worker.alive || jobVerdict(this.#job).kind === 'failed') break;
    }
    const verdict = jobVerdict(this.#job);
    if (verdict.kind === 'failed') return this.#end(verdict.error);
    if (verdict.kind === 'completed' && plan.movie) {
      const encoded = await encodeMovie(worker, id, plan, this.#limits(STALL_BOUNDS.openMs, false));
      if (!encoded.ok) return this.#end(encoded.failure);
    }
    return this.#end(null);
  }

  /** Its files were saved since it was read: it is another shot now. */
  async #startOver(worker: BlenderWorker, source: string): Promise<BatchJob> {
    this.#startsOver += 1;
    if (this.#startsOver > MOST_STARTS_OVER) return this.#end(keepsChanging());
    if (this.#job.counts.done === 0) this.#startAgain(source);
    else await this.#saved(source);
    return this.#renderWith(worker);
  }

  /** What is done stays, unless somebody wants it again. */
  async #saved(source: string): Promise<void> {
    this.#isAgain = true;
    const { saved } = this.#config;
    const kept = saved === 'keep' && { kept: true as const };
    this.#tell({ ...(await jobSaved(this.#job, source)), ...kept });
    const frames = numbersOf(undecidedFrames(this.#job));
    if (saved !== 'again' || frames.length === 0) return;
    const about = { job: this.#job.id, at: Date.now() };
    this.#tell({ type: 'frames-again', ...about, frames: formatFrames(frames) });
  }

  /** Nothing of it counts as done. */
  #startAgain(source: string): void {
    this.#isAgain = true;
    const { id, name, shotFile, outputPath } = this.#job;
    const about = { job: id, at: Date.now() };
    this.#tell({ type: 'job-added', ...about, name, shotFile, outputPath, source });
    this.#tell({ type: 'job-started', ...about });
  }

  async #lookThrough(worker: BlenderWorker): Promise<void> {
    const { frames } = planOf(this.#job);
    const found = await lookThrough(worker, frames, this.#limits(LOOK_STALL_MS, false));
    if (!found.ok && this.#ofBlender.length === 0) return;
    const warnings = [...this.#ofBlender, ...(found.ok ? found.value : [])];
    if (warnings.length === 0 && this.#job.warnings.length === 0) return;
    this.#tell({ type: 'job-warned', job: this.#job.id, at: Date.now(), warnings });
  }

  async #renderOne(worker: BlenderWorker, plan: FramePlan, frame: number): Promise<void> {
    const job = this.#job.id;
    this.#tell({ type: 'frame-started', job, at: Date.now(), frame, worker: 1 });
    const order = { jobId: job, plan, frame, threads: this.#seat.cores };
    const stall = stallLimit(this.#job);
    const rendered = await renderFrame(
      worker,
      order,
      () => this.#limits(stall.ms, true),
      () => this.#limits(STALL_BOUNDS.firstFrameMs, false),
    );
    const done = rendered.ok ? await publishFrame(plan, job, frame) : rendered;
    const about = { job, at: Date.now(), frame };
    if (this.#signal.aborted && !done.ok) this.#tell({ type: 'frame-released', ...about });
    else if (!done.ok) {
      this.#tell({
        type: 'frame-failed',
        ...about,
        failure: withStallReason(done.failure, stall),
        willRetry: false,
      });
    } else if (rendered.ok) {
      const record = {
        ...rendered.value,
        ...(worker.blenderVersion !== null && { blender: worker.blenderVersion }),
      };
      this.#tell({ type: 'frame-done', ...about, record });
    }
  }

  #limits(stallMs: number | null, forFrame: boolean): Limits {
    const shot = this.#job.shotConfig;
    const whole = shot?.timeoutSeconds ?? this.#config.timeoutSeconds;
    const left = whole === null ? null : Math.max(1, whole * 1000 - (awakeMs() - this.#began));
    const one = forFrame ? (shot?.frameTimeoutSeconds ?? this.#config.frameTimeoutSeconds) : null;
    const timeoutMs = one === null ? left : Math.min(one * 1000, left ?? Number.POSITIVE_INFINITY);
    return { signal: this.#signal, timeoutMs, stallMs };
  }

  #end(error: Failure | null): BatchJob {
    const { counts } = this.#job;
    const whole = counts.total > 0 && counts.done === counts.total;
    const done = whole && error === null;
    const status = this.#signal.aborted ? 'cancelled' : done ? 'completed' : 'failed';
    const why = status === 'failed' ? (error ?? this.#firstFailure()) : null;
    this.#tell({ type: 'job-finished', job: this.#job.id, at: Date.now(), status, error: why });
    return this.#job;
  }

  #firstFailure(): Failure | null {
    const { frames } = this.#job;
    const failed = frames.get(frames.nextIndex('failed'));
    return failed?.status === 'failed' ? failed.failure : null;
  }

  #tell(event: JobEvent): void {
    this.#job = jobAfter(this.#job, event);
    this.#options.onEvent?.(event, this.#job);
  }
}
