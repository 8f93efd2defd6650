/** Up to so many frames it matters which worker gets which; beyond that they even out. */
const FEW_FRAMES = 128;

/** Frames to come, and how workers share them. */
export class Packing {
  #frames = 0;
  #seconds = 0;
  #longest = 0;
  #serial = 0;
  readonly #few: { readonly frames: number; readonly seconds: number }[] = [];

  /** So many frames of so many seconds each. A part of a frame is a shorter one. */
  add(frames: number, seconds: number): void {
    if (frames <= 0) return;
    this.#frames += frames;
    this.#seconds += frames * seconds;
    this.#longest = Math.max(this.#longest, seconds);
    if (this.#frames <= FEW_FRAMES) this.#few.push({ frames, seconds });
  }

  /** Frames among them that one worker renders one after another, whoever else is idle. */
  inOrder(frames: number, seconds: number): void {
    this.#serial = Math.max(this.#serial, frames * seconds);
  }

  /** Of all of them, one after another. */
  get seconds(): number {
    return this.#seconds;
  }

  /**
   * Seconds until the last worker is done: the longest frames first, each to the worker that is free first, as
   * idle workers help with the frames of a shot that runs. Never less than a fair share, nor than the longest frame.
   */
  packed(workers: number): number {
    const lanes = Math.max(1, Math.min(workers, Math.ceil(this.#frames)));
    if (lanes === 1) return this.#seconds;
    return Math.max(this.#serial, this.#shared(lanes));
  }

  #shared(lanes: number): number {
    if (this.#frames > FEW_FRAMES) return this.#evenedOut(lanes);
    const free = new Array<number>(lanes).fill(0);
    for (const seconds of this.#singles()) {
      const soonest = free.indexOf(Math.min(...free));
      free[soonest] = (free[soonest] ?? 0) + seconds;
    }
    return Math.max(...free);
  }

  /** How far the end may be off by which worker gets the last frames, as if it were that of all work, in s². */
  variance(workers: number): number {
    const lanes = Math.max(1, Math.min(workers, Math.ceil(this.#frames)));
    // The last one is done somewhere within a frame after the first one has nothing left: evenly spread.
    return ((lanes - 1) * this.#longest) ** 2 / 12;
  }

  /** At the end a worker waits for half a frame of the others on average. */
  #evenedOut(lanes: number): number {
    const wait = ((1 - 1 / lanes) * (this.#seconds / this.#frames)) / 2;
    return Math.max(this.#longest, this.#seconds / lanes + wait);
  }

  /** Each frame for itself, the longest first. */
  #singles(): readonly number[] {
    const all = this.#few.flatMap(({ frames, seconds }) => {
      const whole = new Array<number>(Math.floor(frames)).fill(seconds);
      const rest = frames - whole.length;
      return rest > 0 ? [...whole, rest * seconds] : whole;
    });
    return all.sort((a, b) => b - a);
  }
}
