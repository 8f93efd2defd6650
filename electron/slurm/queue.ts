import { readQueue } from './commands.ts';

/** One question to the controller for all that wait, so often. */
const ASK_MS = 3000;

/** Why our jobs wait: asks while somebody waits, once for all of them. */
export class SlurmQueue {
  readonly #told = new Map<string, { readonly tell: (why: string) => void; said: string }>();
  #timer: NodeJS.Timeout | null = null;

  /**
   * Tells why a job waits each time that this changes, until it is given up.
   * @param name the job's
   * @returns gives it up
   */
  watch(name: string, tell: (why: string) => void): () => void {
    this.#told.set(name, { tell, said: '' });
    this.#timer ??= setTimeout(() => void this.#look(), FIRST_MS);
    return () => void this.#told.delete(name);
  }

  async #look(): Promise<void> {
    if (this.#told.size > 0) {
      const queue = await readQueue();
      const waiting = new Map(queue?.map((job) => [job.name, job]));
      for (const [name, watched] of this.#told) {
        const job = waiting.get(name);
        if (queue !== null && job?.state !== 'PENDING') continue;
        const why = job ? job.reason : SILENT;
        if (why === watched.said) continue;
        watched.said = why;
        watched.tell(why);
      }
    }
    this.#timer = this.#told.size > 0 ? setTimeout(() => void this.#look(), ASK_MS) : null;
  }
}

/** What is told while the controller does not answer. */
export const SILENT = 'the controller does not answer';

/** Who is given a place at once is not asked about. */
const FIRST_MS = 500;
