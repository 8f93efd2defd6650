/**
 * What must not be tried yet. All times are of `performance.now()`. Of a job that is `opening` (or its
 * encoding), a frame by its number, and `helping`: one more lane on a scene that others have open.
 */
export class Delays {
  readonly #jobs = new Map<string, Map<number | 'opening' | 'helping', number>>();

  set(jobId: string, what: number | 'opening' | 'helping', until: number): void {
    const delays = this.#jobs.get(jobId) ?? new Map<number | 'opening' | 'helping', number>();
    this.#jobs.set(jobId, delays.set(what, until));
  }

  /** Before this time it must not be tried; 0: any time. */
  until(jobId: string, what: number | 'opening' | 'helping'): number {
    return this.#jobs.get(jobId)?.get(what) ?? 0;
  }

  /** When the next thing of a job may be tried again; `null`: nothing is held back. Forgets what is over. */
  next(jobId: string, now: number): number | null {
    const delays = this.#jobs.get(jobId);
    let soonest: number | null = null;
    for (const [what, until] of delays ?? []) {
      if (until <= now) delays?.delete(what);
      else if (what !== 'helping') soonest = Math.min(soonest ?? until, until);
    }
    return soonest;
  }

  clear(jobId: string): void {
    this.#jobs.delete(jobId);
  }
}
