import type { OwnTimes } from './own-times.ts';
import { Gathered, type ShotEntry, Units } from './shot-entry.ts';

/**
 * How far apart shots are supposed to be while few are known, as a share of what they take. 1.1: now and then one
 * takes a hundred times what another does.
 */
const SUPPOSED = { kin: 0.15, samples: 0.8, pixels: 1.1, frames: 1.1, lengths: 0.7 } as const;

interface Rate {
  readonly from: Gathered;
  readonly supposed: number;
  /** Units of this rate in one frame of the shot that it is for. */
  readonly units: number;
}

/** What the shots that were measured say about those that nobody has begun. */
export class Rates {
  /** By pixel and sample, by pixel, by frame: the first that is known of both sides counts. */
  readonly #samples = new Gathered();
  readonly #pixels = new Gathered();
  readonly #frames = new Gathered();
  readonly #lengths = new Gathered();

  /** @param own what its frames take, rendered or tried */
  learn({ kin, pixels, samples, length }: ShotEntry, own: OwnTimes | null): void {
    if (length !== null) this.#lengths.add(length);
    if (own === null) return;
    kin?.each.add(own.whole);
    this.#frames.add(own.whole);
    if (pixels === null) return;
    this.#pixels.add(own.whole, pixels);
    if (samples !== null) this.#samples.add(own.whole, pixels * samples);
  }

  /** Seconds of one frame of a shot that has no times of its own; `null`: nothing is known. */
  each(entry: ShotEntry): number | null {
    const rate = this.rate(entry);
    return rate && rate.units * rate.from.rate;
  }

  /** Frames of a shot whose length nobody knows; 1 where nobody's is. */
  get length(): number {
    return this.#lengths.isEmpty ? 1 : this.#lengths.rate;
  }

  get lengths(): { readonly from: Gathered; readonly supposed: number } {
    return { from: this.#lengths, supposed: SUPPOSED.lengths };
  }

  rate({ kin, pixels, samples }: ShotEntry): Rate | null {
    if (kin && !kin.each.isEmpty) return { from: kin.each, supposed: SUPPOSED.kin, units: 1 };
    if (pixels !== null && samples !== null && !this.#samples.isEmpty) {
      return { from: this.#samples, supposed: SUPPOSED.samples, units: pixels * samples };
    }
    if (pixels !== null && !this.#pixels.isEmpty) {
      return { from: this.#pixels, supposed: SUPPOSED.pixels, units: pixels };
    }
    if (this.#frames.isEmpty) return null;
    return { from: this.#frames, supposed: SUPPOSED.frames, units: 1 };
  }
}

/** The work of shots that nobody has begun, by the rate that it was guessed with. */
export class Guessed {
  readonly #byRate = new Map<Gathered, { readonly units: Units; readonly supposed: number }>();
  /** Seconds a frame of shots of unknown length. */
  readonly #unmeasured = new Units();

  /** @param each seconds of one frame, where its number of frames is not known either; else `null` */
  add({ from, supposed, units }: Rate, frames: number, each: number | null): void {
    const known = this.#byRate.get(from) ?? { units: new Units(), supposed };
    known.units.add(units * frames);
    this.#byRate.set(from, known);
    if (each !== null) this.#unmeasured.add(each);
  }

  /** Of their seconds altogether, in s². */
  variance({ from, supposed }: Rates['lengths']): number {
    let sum = from.isEmpty ? 0 : this.#unmeasured.variance(from, supposed);
    for (const [rate, known] of this.#byRate) sum += known.units.variance(rate, known.supposed);
    return sum;
  }
}
