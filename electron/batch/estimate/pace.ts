/** Seconds of workers that count as fully used before anything is known. */
const SUPPOSED_SECONDS = 30;
/** Who has rendered less than this share of the time waits for something else than Blender. */
const LEAST = 0.4;

/**
 * Which share of the workers' time is spent in frames: the rest goes into starting Blenders, opening scenes,
 * frames that failed, and waiting for each other. Known from the run itself.
 */
export class Pace {
  #began: { readonly elapsedSeconds: number; readonly renderSeconds: number } | null = null;

  /** A run has begun, or is over. */
  forget(): void {
    this.#began = null;
  }

  /**
   * From 0.4 to 1.
   * @param elapsedSeconds since the run began, without pauses
   * @param renderSeconds of all frames that are done, those of earlier runs too, and of what is done of running ones
   */
  share(elapsedSeconds: number, renderSeconds: number, workers: number): number {
    const began = this.#began;
    // Time runs backwards at a new run only, and seconds get fewer where frames were lost.
    if (
      began === null ||
      elapsedSeconds < began.elapsedSeconds ||
      renderSeconds < began.renderSeconds
    ) {
      this.#began = { elapsedSeconds, renderSeconds };
      return 1;
    }
    const spent = (elapsedSeconds - began.elapsedSeconds) * Math.max(1, workers);
    const used = renderSeconds - began.renderSeconds;
    const share = (used + SUPPOSED_SECONDS) / (spent + SUPPOSED_SECONDS);
    return Math.min(1, Math.max(LEAST, share));
  }
}
