import { CAUSE_FACTS, type Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesToRender } from '../../../shared/job-state.ts';
import type { BuiltAnew, KeepScene } from '../../../shared/kept-scene.ts';
import type { RenderedFrame } from '../../blender/types.ts';
import type { BatchStore } from '../batch-store.ts';
import { Keeping, type Way } from '../lane/keep-scene.ts';
import type { CheckTask, Outcome, RenderTask, WorkerPlace } from '../lane/worker-ports.ts';
import type { JobsInRun } from './jobs-in-run.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Which session of persistent data is checked, by which of its frames. */
type Checked = Pick<CheckTask, 'session' | 'frame'>;

/** Compares frames that were rendered with persistent data with their reference renders. */
export class SceneChecks {
  readonly #store: BatchStore;
  readonly #jobs: JobsInRun;
  readonly #pool: WorkerPool;
  /** What each worker knows of its open scene, by its number. */
  readonly #keepings = new Map<number, Keeping>();

  constructor(store: BatchStore, jobs: JobsInRun, pool: WorkerPool) {
    this.#store = store;
    this.#jobs = jobs;
    this.#pool = pool;
  }

  /** A worker has opened a scene. @param obstacle why its data must not persist; `null`: unknown */
  opened({ number }: WorkerPlace, obstacle: string | null): void {
    this.#keepings.set(number, new Keeping(number, obstacle));
  }

  /** The session of a worker that has a scene open. */
  sessionOf({ number }: WorkerPlace): string {
    return this.#of(number).session;
  }

  /** The first frame with persistent data is being compared: its result decides about the next one. */
  isBeingTried({ number }: WorkerPlace): boolean {
    return this.#keepings.get(number)?.isBeingTried === true;
  }

  /** Decides how the next frame of a worker is rendered. */
  begin(worker: WorkerPlace, job: BatchJob, isShortOfMemory: boolean): Way {
    const keeping = this.#of(worker.number);
    const framesLeft = this.#framesLeft(job.id);
    if (this.#jobs.get(job.id).provedScenes.has(this.#sceneOn(job.id, worker))) {
      keeping.provedElsewhere(framesLeft);
    }
    const { way, anew } = keeping.next({
      ...{ isShortOfMemory, framesLeft },
      setting: keepSceneOf(job),
      isAnew: job.keptScene?.anew != null,
      memoryMb: worker.seat.memoryMb,
    });
    if (anew) this.buildAnew(job.id, anew);
    return way;
  }

  /** A frame was rendered. Returns what its record has to say, and takes the result of comparing it. */
  rendered(
    worker: WorkerPlace,
    { task, rendered, before }: Extract<Outcome, { kind: 'rendered' }>,
  ) {
    const { way, frame, job } = task;
    const keeping = this.#of(worker.number);
    // A comparison is about the session before its reference render began a new one.
    const { session } = keeping;
    keeping.rendered(way, costOf(rendered), rendered.twin?.seconds ?? null);
    const isKept = way === 'go-on';
    const buildsForOthers = way === 'begin' || way === 'both';
    return {
      ...(isKept && { session: keepSceneOf(job) === 'on' ? null : session }),
      // Later frames go on with what this one has built.
      before: buildsForOthers ? 0 : before,
      onCompared: (same: boolean) => {
        this.#compared(worker, job.id, { frame, session }, same, rendered.seconds);
        if (same) keeping.compared(this.#framesLeft(job.id));
      },
    };
  }

  /** A frame or a check failed: the scene that Blender has now is unknown. */
  failed({ number }: WorkerPlace, task: RenderTask | CheckTask, failure: Failure): void {
    this.#keepings.get(number)?.failed();
    if (task.kind === 'check') return;
    const { way, frame, job } = task;
    const isKept = way === 'go-on' || way === 'both';
    if (isKept && isOfScene(failure) && !this.#jobs.isAborted(job.id)) {
      this.buildAnew(job.id, { why: 'failed', frame });
    }
  }

  /** The reference render of a check is done. */
  rebuilt({ number }: WorkerPlace, rendered: RenderedFrame): void {
    this.#of(number).rendered('begin', costOf(rendered), null);
  }

  /** A check has compared a frame. */
  checked(worker: WorkerPlace, task: CheckTask, same: boolean, seconds: number | null): void {
    this.#compared(worker, task.job.id, task, same, seconds);
  }

  /** Every frame of the job builds its scene from now on. Nothing where that is known. */
  buildAnew(jobId: string, anew: BuiltAnew): void {
    const { keptScene, status } = this.#store.job(jobId);
    if (status !== 'running' || keptScene?.anew != null) return;
    this.#store.record({ type: 'scene-anew', job: jobId, at: Date.now(), anew });
  }

  #compared(
    worker: WorkerPlace,
    job: string,
    { session, frame: checked }: Checked,
    same: boolean,
    seconds: number | null,
  ): void {
    if (this.#store.job(job).status !== 'running' || this.#jobs.isAborted(job)) return;
    const about = { job, at: Date.now(), checked, session, same };
    this.#store.record({ type: 'scene-checked', ...about, ...(seconds !== null && { seconds }) });
    const known = this.#jobs.get(job);
    if (same) known.provedScenes.add(this.#sceneOn(job, worker));
    else known.frames.rewind();
  }

  #of(number: number): Keeping {
    const keeping = this.#keepings.get(number);
    if (!keeping) throw new Error(`Worker ${number} has no scene open.`);
    return keeping;
  }

  /** A comparison holds for the same files, on the same computer and device. */
  #sceneOn(jobId: string, { seat, gpu }: WorkerPlace): string {
    return JSON.stringify([this.#jobs.get(jobId).scene, seat.place?.node, gpu?.kind, gpu?.name]);
  }

  /** How many frames of a job are probably left for one worker. */
  #framesLeft(jobId: string): number {
    const { waiting } = framesToRender(this.#store.job(jobId));
    return Math.ceil(waiting / Math.max(1, this.#pool.on(jobId)));
  }
}

function keepSceneOf({ shotConfig }: BatchJob): KeepScene {
  return shotConfig?.keepScene ?? 'auto';
}

function costOf({ seconds, memoryMb, preparedSeconds }: RenderedFrame) {
  return { seconds, memoryMb, preparedSeconds: preparedSeconds ?? null };
}

/** Whether the scene may have caused a failure: not the disk, and not a cancel. */
function isOfScene({ cause }: Failure): boolean {
  const { remedy } = CAUSE_FACTS[cause];
  return remedy === 'again' || remedy === 'fewer-workers';
}
