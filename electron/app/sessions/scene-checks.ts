import type { BatchJob, JobStatus } from '../../../shared/job.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import {
  type CheckOptions,
  checkBatch,
  failureProblem,
  type ShotMeasure,
  type TriedPicture,
  tryShots,
} from '../../engine/index.ts';
import { Refusal } from '../refusal.ts';
import type { BatchController } from './batch-controller.ts';

type Checked = Pick<
  BatchController,
  'processor' | 'isElsewhere' | 'addProblems' | 'addPreflightPlan' | keyof Trying
>;
type Estimated = Pick<BatchController, 'processor' | 'addProblems' | keyof Trying>;
type Trying = Pick<BatchController, 'showTrying' | 'showTried' | 'learn'>;

/** Where pictures of frames that were tried are kept. Nothing of it rejects. */
export interface TrialShelf {
  /** Resolves with whether it could. */
  readonly keep: (batchId: string, job: TriedJob, picture: TriedPicture) => Promise<boolean>;
  /** Of the jobs as they are now: the frame of each that there is a picture of, by the id of the job. */
  readonly of: (batchId: string, jobs: readonly TriedJob[]) => Promise<ReadonlyMap<string, number>>;
}
type TriedJob = Pick<BatchJob, 'id' | 'source'>;

/**
 * What is looked into while nothing renders: what would go wrong at night, and how long the night will take. One batch
 * at a time, and only until something else is wanted of the machine.
 */
export class SceneChecks {
  readonly #preflight = new Interruptible();
  readonly #estimate = new Interruptible();
  #estimated: Pick<BatchController, 'showTrying'> | null = null;

  constructor(private readonly keepTrial: TrialShelf['keep']) {}

  /**
   * Opens the shots that have something left to render in the background, so that problems stand in the table before
   * the night: textures, cameras and disks change also after a first night. Gives up the folder before.
   */
  preflight(session: Checked, rendering: BatchController | null): void {
    void this.stopEstimate();
    if (rendering || session.isElsewhere) return void this.#preflight.stop();
    const { batch, jobs, config, here } = session.processor;
    const goesOn = worthOpening(jobs, batch.problems, config.trusted, GOES_ON);
    const only = new Set(goesOn.map(({ id }) => id));
    // What keeps it from looking keeps the batch from rendering as well, and is said there.
    void this.#preflight.start((signal) => {
      const onJob: CheckOptions['onJob'] = (job, problems, plan) => {
        if (signal.aborted) return;
        if (plan) session.addPreflightPlan(job, plan);
        if (problems.length > 0) session.addProblems(problems);
      };
      return checkBatch({ ...batch, jobs }, { config, here, only, signal, onJob });
    });
  }

  /**
   * Tries a few frames of a batch, so that the window can say how long it will take. Refused while something renders.
   * Resolves when that has ended.
   */
  estimate(session: Estimated, rendering: BatchController | null): Promise<void> {
    if (rendering) {
      throw new Refusal(
        `“${rendering.name}” is rendering.`,
        'Wait until it is done: frames that are tried beside others look slow.',
      );
    }
    this.#showEnd();
    this.#estimated = session;
    session.showTrying({ shot: null, tried: 0, of: 0 });
    return this.#estimate.start(async (signal) => {
      try {
        // A second Blender would make the frames look slow.
        await Promise.race([this.#preflight.done, aborted(signal)]);
        if (!signal.aborted) await tryFrames(session, this.keepTrial, signal);
      } finally {
        if (!signal.aborted) this.#showEnd();
      }
    });
  }

  /** Resolves when its Blender has gone. Safe to call at any time. */
  stopEstimate(): Promise<void> {
    this.#showEnd();
    return this.#estimate.stop();
  }

  /** Resolves when all of their Blenders have gone. */
  async stop(): Promise<void> {
    await Promise.all([this.#preflight.stop(), this.stopEstimate()]);
  }

  #showEnd(): void {
    this.#estimated?.showTrying(null);
    this.#estimated = null;
  }
}

/** A piece of work that gives way to the next one, or to whatever needs the machine. */
class Interruptible {
  #abort = new AbortController();
  /** Resolves when the newest piece has ended, or was given up. */
  done: Promise<void> = Promise.resolve();

  /** Gives up the piece before, waits for its end and begins. Never rejects. */
  start(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const before = this.stop();
    const { signal } = this.#abort;
    this.done = before
      .then(async () => {
        if (!signal.aborted) await work(signal);
      })
      .catch((error: unknown) => console.error(error));
    return this.done;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    await this.done;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Each row is filled as its shot was tried; what can't be tried stands there with its reason, as what preflight finds. */
async function tryFrames(
  session: Estimated,
  keepTrial: TrialShelf['keep'],
  signal: AbortSignal,
): Promise<void> {
  const { batch, jobs, config, here } = session.processor;
  const found = new Map<string, ShotMeasure>();
  const measures = await tryShots(worthOpening(jobs, batch.problems, config.trusted), {
    config,
    here,
    signal,
    onNext: ({ name }, tried, of) => session.showTrying({ shot: name, tried, of }),
    onTried: async (job, measured, picture) => {
      if (!measured.ok) return session.addProblems([failureProblem(job, measured.failure)]);
      found.set(job.id, measured.value);
      session.learn(found, job.id);
      if (picture === null) return;
      const kept = keepTrial(batch.id, job, picture).then(
        (isKept) => isKept && session.showTried(new Map([[job.id, picture.frame]])),
      );
      // The next shot is tried when nothing else works, and a stop waits for nothing.
      await Promise.race([kept, aborted(signal)]);
    },
  });
  if (!signal.aborted) session.learn(measures, null);
}

/** What the next run renders; what has failed has its reason in the table already. */
const GOES_ON: readonly JobStatus[] = ['waiting', 'cancelled', 'skipped'];

/**
 * The jobs of some statuses that an opened scene says something about: not what is known to be broken, nor what says
 * nothing about its shot without trust.
 */
function worthOpening(
  jobs: readonly BatchJob[],
  problems: readonly ShotProblem[],
  trusted: boolean,
  statuses: readonly JobStatus[] = ['waiting'],
): readonly BatchJob[] {
  const broken = new Set<string>();
  for (const { jobId, severity, needsTrust } of problems) {
    if (jobId !== null && (severity === 'error' || (needsTrust && !trusted))) broken.add(jobId);
  }
  return jobs.filter(
    ({ id, status, shotConfig }) =>
      statuses.includes(status) && !broken.has(id) && (trusted || !shotConfig?.script),
  );
}
