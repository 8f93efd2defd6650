import { cancelJobs, readQueue } from './commands.ts';
import { waitingText } from './queue-text.ts';

/** One question to the controller for all that wait and all that have ended, so often. */
const ASK_MS = 3000;

/** What is told while the controller does not answer. */
export const SILENT = 'the controller does not answer';

/** Our jobs in Slurm's queue: why they wait, and whether those are gone whose srun has ended. Asks only while there are some. */
export class SlurmQueue {
  readonly #told = new Map<string, { readonly tell: (why: string) => void; said: string }>();
  /** Names of jobs whose srun has ended and that nobody has seen gone yet. */
  readonly #ended = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  /**
   * Tells why a job waits each time that this changes, until it is given up.
   * @param name the job's
   * @returns gives it up
   */
  watch(name: string, tell: (why: string) => void): () => void {
    this.#told.set(name, { tell, said: '' });
    this.#lookIn(FIRST_MS);
    return () => void this.#told.delete(name);
  }

  /**
   * The srun of a job has ended. Where that was while the controller was away the job stays, running for ever: it is
   * cancelled when the queue shows that.
   */
  ended(name: string): void {
    this.#ended.add(name);
    this.#lookIn(ASK_MS);
  }

  /** Names of jobs of which nobody knows yet that they are gone. */
  get unsettled(): readonly string[] {
    return [...this.#ended];
  }

  /** Looks at once, and again for some seconds where the controller does not answer. */
  async settle(): Promise<void> {
    for (let tries = 0; tries < SETTLE_TRIES && this.#ended.size > 0; tries++) await this.#look();
  }

  #lookIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      void this.#look().finally(() => {
        this.#timer = null;
        if (this.#told.size + this.#ended.size > 0) this.#lookIn(ASK_MS);
      });
    }, ms).unref();
  }

  async #look(): Promise<void> {
    if (this.#told.size + this.#ended.size === 0) return;
    const asked = [...this.#ended];
    const queue = await readQueue();
    const there = new Map(queue?.map((job) => [job.name, job]));
    // Our first waiting job has `Resources`; our others behind it have `Priority`, and wait for the same nodes.
    const isFirst = queue?.some((job) => job.state === 'PENDING' && job.reason === 'Resources');
    for (const [name, watched] of this.#told) {
      const job = there.get(name);
      if (queue !== null && job?.state !== 'PENDING') continue;
      const reason = isFirst && job?.reason === 'Priority' ? 'Resources' : job?.reason;
      const why = reason === undefined ? SILENT : waitingText(reason);
      if (why === watched.said) continue;
      watched.said = why;
      watched.tell(why);
    }
    if (queue === null) return;
    const stay = asked.filter((name) => (there.get(name)?.state ?? 'COMPLETING') !== 'COMPLETING');
    for (const name of asked) if (!stay.includes(name)) this.#ended.delete(name);
    await cancelJobs(stay);
  }
}

/** Who is given a place at once is not asked about. */
const FIRST_MS = 500;
/** A silent controller lets each question wait for some seconds by itself. */
const SETTLE_TRIES = 3;
