import type { LogLine } from '../../../shared/events.ts';

/** More lines than this at once nobody reads: the newest are told. */
const MAX_LINES = 500;

/** The log of the one job that the window reads: what is in its file, then each new line once. */
export class FollowedLog {
  readonly #lines: LogLine[] = [];
  #job: string | null = null;
  #reading = false;

  /** Its new lines are kept from now on. `null`: of no job. @param read gives the lines that are there already */
  async follow(
    jobId: string | null,
    read: (jobId: string) => Promise<readonly LogLine[]>,
  ): Promise<readonly LogLine[]> {
    this.#lines.length = 0;
    this.#job = jobId;
    if (jobId === null) return [];
    this.#reading = true;
    try {
      const known = await read(jobId);
      // Lines that came meanwhile may be in the file already.
      const keys = new Set(known.map(keyOf));
      const fresh = this.#lines.filter((line) => !keys.has(keyOf(line)));
      this.#lines.splice(0, this.#lines.length, ...fresh);
      return known;
    } finally {
      this.#reading = false;
    }
  }

  /** False if nobody reads the log of this job. */
  add(jobId: string, line: LogLine): boolean {
    if (jobId !== this.#job) return false;
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    return true;
  }

  /** The lines that nobody has been told of yet, once; `null`: there are none. */
  take(): { readonly jobId: string; readonly lines: readonly LogLine[] } | null {
    if (this.#job === null || this.#reading || this.#lines.length === 0) return null;
    return { jobId: this.#job, lines: this.#lines.splice(0) };
  }
}

function keyOf({ at, worker, text }: LogLine): string {
  return `${at} ${worker} ${text}`;
}
