import type { Batch } from '../../../shared/batch.ts';
import type { BatchJob, JobStatus } from '../../../shared/job.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import { type BatchProcessor, type CheckOptions, checkBatch } from '../../engine/index.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { BatchSession } from './batch-session.ts';
import { Estimating } from './estimating.ts';

/** What is looked into while nothing renders: what would go wrong at night, and how long the night will take. */
export class Looks {
  readonly #preflight = new Preflight();
  readonly #estimating = new Estimating();

  /**
   * Looks into the shots of a folder that has something left to render, while nothing else needs the machine: textures,
   * cameras and disks change also after a first night.
   */
  into(session: BatchSession, rendering: BatchSession | null): void {
    void this.#estimating.stop();
    if (rendering || session.isElsewhere) return void this.#preflight.stop();
    const { batch, jobs, config, here } = session.processor;
    this.#preflight.start({ ...batch, jobs }, { config, here }, session);
  }

  /** Tries a few frames of a batch, to say how long it will take. Refused while something renders. */
  estimate(session: BatchSession, rendering: BatchSession | null): void {
    if (rendering) {
      throw new Refusal(
        `“${rendering.summary().name}” is rendering.`,
        'Wait until it is done: frames that are tried beside others look slow.',
      );
    }
    void this.#estimating.start(session, this.#preflight.done);
  }

  stopEstimate(): void {
    void this.#estimating.stop();
  }

  /** Resolves when their Blenders have gone. */
  async stop(): Promise<void> {
    await Promise.all([this.#preflight.stop(), this.#estimating.stop()]);
  }
}

/**
 * Opens the shots of a folder in the background, so that problems stand in the table before the
 * night. One folder at a time, and only until something else is wanted of the machine.
 */
class Preflight {
  #abort = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  /** Gives up the folder before. @param told of each shot that was opened, and of the problems of each that has some */
  start(
    batch: Batch,
    { config, here }: Pick<BatchProcessor, 'config' | 'here'>,
    told: Pick<BatchSession, 'found' | 'saw'>,
  ): void {
    const before = this.stop();
    const { signal } = this.#abort;
    const onJob: CheckOptions['onJob'] = (job, problems, plan) => {
      if (signal.aborted) return;
      if (plan) told.saw(job, plan);
      if (problems.length > 0) told.found(problems);
    };
    const only = new Set(
      worthALook(batch.jobs, batch.problems, config.trusted, GOES_ON).map(({ id }) => id),
    );
    this.#last = before
      .then(() => (signal.aborted ? [] : checkBatch(batch, { config, here, only, signal, onJob })))
      // What keeps it from looking keeps the batch from rendering as well, and is said there.
      .catch((error: unknown) => console.error(error));
  }

  /** Resolves when the folder has been looked through, or given up. */
  get done(): Promise<unknown> {
    return this.#last;
  }

  /** Resolves when its Blender has gone. Safe to call at any time. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    await this.#last;
  }
}

/** What the next run renders; what has failed has its reason in the table already. */
const GOES_ON: readonly JobStatus[] = ['waiting', 'cancelled', 'skipped'];

/** The jobs of some statuses that an opened scene says something about. */
export function worthALook(
  jobs: readonly BatchJob[],
  problems: readonly ShotProblem[],
  trusted: boolean,
  statuses: readonly JobStatus[] = ['waiting'],
): readonly BatchJob[] {
  const known = knownToFail(problems, trusted);
  return jobs.filter((job) => statuses.includes(job.status) && isWorthALook(job, known, trusted));
}

/** What is known to be broken is not opened; nor what says nothing about its shot without trust. */
function isWorthALook(job: BatchJob, known: ReadonlySet<string>, trusted: boolean): boolean {
  if (job.shotConfig?.script && !trusted) return false;
  return !known.has(job.id);
}

/** Ids of the shots of which it is known. */
function knownToFail(problems: readonly ShotProblem[], trusted: boolean): ReadonlySet<string> {
  const known = new Set<string>();
  for (const { jobId, severity, needsTrust } of problems) {
    if (jobId !== null && (severity === 'error' || (needsTrust && !trusted))) known.add(jobId);
  }
  return known;
}
