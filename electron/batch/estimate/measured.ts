import type { OwnTimes } from './own-times.ts';
import type { ShotEntry } from './shot-entry.ts';
import type { ShotMeasure } from './try-shots.ts';

/** How far all that was tried may be off together: one frame alone on the machine is no night. As a share. */
const SHARED_DOUBT = 0.1;

/** What shots were found to cost before the night, set right by what they cost in it. */
export class Measured {
  #measures: ReadonlyMap<string, ShotMeasure> = new Map();
  #logs = 0;
  #compared = 0;

  /** In place of all that was known. */
  set(measures: ReadonlyMap<string, ShotMeasure>): void {
    this.#measures = measures;
    this.compareAll([]);
  }

  of(jobId: string): ShotMeasure | null {
    return this.#measures.get(jobId) ?? null;
  }

  get isEmpty(): boolean {
    return this.#measures.size === 0;
  }

  /** Looks at what shots took that have been rendered, or a part of them. */
  compareAll(entries: readonly ShotEntry[]): void {
    this.#logs = 0;
    this.#compared = 0;
    if (this.isEmpty) return;
    for (const { own, measure } of entries) {
      if (own === null || measure === null || measure.each === 0) continue;
      this.#logs += Math.log(own.whole / measure.each);
      this.#compared += 1;
    }
  }

  /** What the frames of a shot that nobody has begun are expected to take; `null`: it was not tried. */
  timesOf({ measure }: ShotEntry): OwnTimes | null {
    if (measure === null) return null;
    // Shots that were rendered count one by one; that it was right until then counts as one of them.
    const right = Math.exp(this.#logs / (this.#compared + 1));
    const each = measure.each * right;
    return {
      known: measure.tried,
      whole: each,
      each,
      measured: measure.tried,
      spread: measure.spread * right,
      drift: measure.doubt,
    };
  }

  /** Of so many seconds that were found by trying, in s²: what all of them share. */
  sharedVariance(seconds: number): number {
    return (SHARED_DOUBT * seconds) ** 2 / (this.#compared + 1);
  }
}
