import type { BatchProgress } from '../../shared/batch.ts';
import {
  type BatchEvent,
  type BatchSignal,
  isJobEvent,
  type JobEvent,
} from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import { frameState, isFrameEvent } from '../../shared/job-state.ts';
import type { PauseReason } from '../../shared/night.ts';
import type { JobEnding } from '../hosts/index.ts';
import { BatchStore } from './batch-store.ts';
import { queueOf, readDetached } from './detached.ts';
import { Outlook } from './estimate/outlook.ts';
import { JournalTail } from './journal/journal-tail.ts';
import { type HolderAnswer, isHeld } from './journal/lock.ts';
import type { Replayed } from './journal/replay.ts';
import { askToCancel, type Cancelling } from './journal/requests.ts';
import { progressNow } from './progress.ts';

/** How a batch stands that another process renders, on whatever computer. */
export type Standing =
  /** It waits in the queue of a cluster. `why`: in words. */
  | { readonly kind: 'queued'; readonly job: string; readonly why: string }
  /** Somebody has it and has not begun yet. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  /** Its newest run has come to its end. */
  | { readonly kind: 'finished' }
  /** Who rendered it is gone, and it has no end. `why`: what the cluster knows of that, a sentence; empty: nothing. */
  | { readonly kind: 'died'; readonly why: string }
  /** The job that was to render it has ended before it began. `isCancelled`: it was taken out of the queue. */
  | {
      readonly kind: 'not-begun';
      readonly isCancelled: boolean;
      /** A sentence. */
      readonly why: string;
      readonly log: string;
    }
  /** It was never rendered, and nobody is about to. */
  | { readonly kind: 'idle' };

/** So many looks in a row have to find that nobody is there: a network drive shows the last lines late. */
const LOOKS = 4;

/** A batch that another process renders, told from its journal as that process tells it. */
export class FollowedBatch {
  readonly #directory: string;
  readonly #store: BatchStore;
  readonly #outlook: Outlook;
  readonly #tail: JournalTail;
  #isRunning = false;
  /** What began when it was looked at first is told as if it began then. */
  #isTold = false;
  #paused: PauseReason | null = null;
  /** Looks in a row that found nobody. */
  #alone: number;
  /** How the job ended that was asked for. */
  #ended: JobEnding | null = null;
  #isClosed = false;
  #isRead = false;
  /** The end of a run was written while it was followed. */
  #sawEnd = false;
  /** The jobs of a folder that is open; `null`: those of the journal. */
  readonly #shown: BatchStore | null;

  /**
   * @param directory the folder of the checkpoint
   * @param shown the jobs of its folder, which show what becomes of them; not there: those of the journal do
   */
  constructor(directory: string, shown: BatchStore | null = null) {
    this.#directory = directory;
    this.#shown = shown;
    this.#alone = shown ? LOOKS : 0;
    this.#store = shown ?? new BatchStore([]);
    this.#outlook = new Outlook(() => this.#store.jobs);
    this.#tail = new JournalTail(directory);
  }

  /** From now on nothing is told or changed, also by a look that is under way. */
  close(): void {
    this.#isClosed = true;
  }

  /** The newest run as a whole: its facts, and how it ended, which says nothing of shots that took no part in it. */
  get run(): Pick<BatchStore, 'run' | 'outcome' | 'jobs'> {
    return this.#store;
  }

  /** Told of everything that is recorded from the first look on; returns the function that ends it. */
  subscribe(listener: (signal: BatchSignal) => void): () => void {
    return this.#store.subscribe(listener);
  }

  getProgress(): BatchProgress {
    const { run } = this.#store;
    return progressNow(this.#store, this.#outlook, {
      ...{ info: run, running: this.#isRunning, workers: run?.workers ?? 1, paused: this.#paused },
    });
  }

  /** Reads what is new, tells it, and says how the batch stands. Throws what can't be read. */
  async look(): Promise<Standing> {
    // Asked first: who ends between the two has written the end by then.
    const held = await isHeld(this.#directory);
    // What a folder shows was looked at on the disk: the journal says more while somebody renders it.
    if (held.held || this.#isRead || this.#shown === null) {
      this.#isRead = true;
      await this.#tail.read(
        (replayed) => this.#takeAll(replayed),
        (event) => this.#take(event),
      );
    }
    const { run } = this.#store;
    this.#isRunning = run !== null && run.finishedAt === null;
    const standing = await this.#standing(held);
    if (standing.kind === 'running' && !this.#isTold) this.#tellBegun();
    return standing;
  }

  /**
   * Cancels all or some shots where somebody renders it, and all where its job waits in the queue.
   * `tried`: its job is told; whether it still waited shows at the next look. `nobody`: there was nobody to be asked; a
   * job that is just starting is there in a moment.
   */
  async cancel(what: Cancelling, standing: Standing): Promise<'asked' | 'tried' | 'nobody'> {
    if (standing.kind === 'queued') {
      if (what !== 'all') return 'nobody';
      const detached = await readDetached(this.#directory);
      await (detached && queueOf(detached))?.cancelWaiting(standing.job);
      return 'tried';
    }
    const { held } = await isHeld(this.#directory);
    return held && (await askToCancel(this.#directory, what)) ? 'asked' : 'nobody';
  }

  #takeAll({ jobs, ...state }: Replayed): void {
    if (this.#isClosed) return;
    const asInFolder = (job: BatchJob) => {
      const { shotConfig, shotFile, source } = job;
      return { ...(jobs.get(job.id) ?? job), shotConfig, shotFile, source };
    };
    this.#store.replace(this.#shown?.jobs.map(asInFolder) ?? [...jobs.values()], state);
    [this.#isTold, this.#sawEnd] = [false, false];
  }

  /** An event that does not fit is passed over, as when the journal is replayed. */
  #take(event: BatchEvent): void {
    if (this.#isClosed) return;
    if (this.#shown && isJobEvent(event) && !this.#shown.has(event.job)) return;
    if (event.type === 'batch-started') this.#isTold = true;
    if (!isJobEvent(event)) this.#sawEnd = event.type === 'batch-finished';
    if (event.type === 'batch-paused') this.#paused = event.reason;
    if (event.type === 'batch-unpaused' || event.type === 'batch-started') this.#paused = null;
    const freed = isJobEvent(event) ? this.#workerOf(event) : null;
    try {
      this.#store.fulfil(event);
    } catch {
      // Shown only: the journal has it.
      return;
    }
    if (event.type === 'frame-started') this.#tellFrame(event);
    else if (freed !== null) this.#store.tell(atRest(freed));
  }

  /** Who was at the frame that an event is about; `null`: nobody. */
  #workerOf(event: JobEvent): number | null {
    const job = isFrameEvent(event) ? this.#store.find(event.job) : undefined;
    const frame = job && isFrameEvent(event) ? frameState(job, event.frame) : undefined;
    return frame?.status === 'running' ? frame.worker : null;
  }

  /** The journal says who is at which frame, and not with how many threads. */
  #tellFrame({ job, frame, worker, at, node }: FrameStarted): void {
    const state = { status: 'rendering', job, frame, since: at, threads: 0 } as const;
    this.#store.tell({ type: 'worker', worker, state, ...(node !== undefined && { node }) });
  }

  async #standing(held: HolderAnswer): Promise<Standing> {
    // Who writes the end lets go of it a moment later.
    if (this.#sawEnd) return { kind: 'finished' };
    if (held.held) {
      this.#alone = 0;
      return { kind: this.#isRunning ? 'running' : 'starting' };
    }
    const { run } = this.#store;
    const detached = await readDetached(this.#directory);
    const isAwaited = detached !== null && detached.runBefore === (run?.startedAt ?? null);
    if (!this.#isRunning && !isAwaited) return { kind: run === null ? 'idle' : 'finished' };
    const queue = detached && queueOf(detached);
    const job = detached?.job ?? null;
    const queued = job === null ? null : await queue?.standing(job);
    if (queued && job !== null) {
      this.#alone = 0;
      return queued.kind === 'waiting'
        ? { kind: 'queued', job, why: queued.why }
        : { kind: 'starting' };
    }
    this.#alone += 1;
    // Soon after its end the cluster has forgotten it.
    if (job !== null) this.#ended = (await queue?.ending(job)) ?? this.#ended;
    if (this.#alone < LOOKS) return { kind: this.#isRunning ? 'running' : 'starting' };
    const why = (job !== null && this.#ended?.text) || '';
    if (!isAwaited) return { kind: 'died', why };
    return {
      kind: 'not-begun',
      isCancelled: this.#ended?.isCancelled ?? false,
      why: why || 'Its job is not in the queue any more.',
      log: detached.log,
    };
  }

  #tellBegun(): void {
    this.#isTold = true;
    const { run, jobs, night } = this.#store;
    if (!run) return;
    const { finishedAt: _, ...info } = run;
    const at = run.startedAt;
    this.#store.tell({
      type: 'event',
      event: { type: 'batch-started', at, run: { ...info, finishedAt: null } },
      job: null,
    });
    for (const job of jobs) {
      if (job.status !== 'running') continue;
      const event = { type: 'job-started', job: job.id, at: job.startTime ?? at } as const;
      this.#store.tell({ type: 'event', event, job });
      for (const [index, frame] of job.frames.inState('running')) {
        const about = { job: job.id, frame: job.plan?.frames[index] ?? 0, at: frame.since };
        this.#tellFrame({ type: 'frame-started', ...about, worker: frame.worker });
      }
    }
    const open = night.pausedSince === null ? undefined : night.incidents.findLast(isPause);
    if (open?.kind === 'paused') this.#paused = open.reason;
  }
}

type FrameStarted = Extract<JobEvent, { readonly type: 'frame-started' }>;

function atRest(worker: number): BatchSignal {
  return { type: 'worker', worker, state: { status: 'idle' } };
}

function isPause({ kind }: { readonly kind: string }): boolean {
  return kind === 'paused';
}
