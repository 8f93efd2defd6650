import { SUPPOSED, SUPPOSED_SHOTS } from './constants.ts';

/** What tells how much work a frame of a shot is likely to be. */
export interface Sized {
  /** Shots of the same scene and settings: seconds a frame of those that are known. */
  readonly kin: { readonly each: Gathered } | null;
  /** All of its frames; `null`: not known. */
  readonly length: number | null;
  readonly pixels: number | null;
  /** Samples a pixel, where the shot file says them. */
  readonly samples: number | null;
}

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
  learn({ kin, pixels, samples, length }: Sized, own: { readonly whole: number } | null): void {
    if (length !== null) this.#lengths.add(length);
    if (own === null) return;
    kin?.each.add(own.whole);
    this.#frames.add(own.whole);
    if (pixels === null) return;
    this.#pixels.add(own.whole, pixels);
    if (samples !== null) this.#samples.add(own.whole, pixels * samples);
  }

  /** Seconds of one frame of a shot that has no times of its own; `null`: nothing is known. */
  each(entry: Sized): number | null {
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

  rate({ kin, pixels, samples }: Sized): Rate | null {
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

/** What work was seen to take, one number for each shot: the rate of it, and how far apart the shots are. */
export class Gathered {
  #count = 0;
  #units = 0;
  #seconds = 0;
  #unitsSquared = 0;
  #ratesSquared = 0;

  /** A shot in which so many units took so many seconds. Those with more units say more. */
  add(seconds: number, units = 1): void {
    this.#count += 1;
    this.#units += units;
    this.#seconds += seconds;
    this.#unitsSquared += units * units;
    this.#ratesSquared += (seconds * seconds) / units;
  }

  clear(): void {
    this.#count = 0;
    this.#units = 0;
    this.#seconds = 0;
    this.#unitsSquared = 0;
    this.#ratesSquared = 0;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get count(): number {
    return this.#count;
  }

  /** Seconds a unit. */
  get rate(): number {
    return this.#seconds / this.#units;
  }

  /**
   * Variance of the rate of a single shot.
   * @param supposed how far apart shots are while few are known, as a share of the rate
   */
  variance(supposed: number): number {
    const { rate } = this;
    const seen = Math.max(0, this.#ratesSquared / this.#units - rate * rate);
    const known = SUPPOSED_SHOTS * (supposed * rate) ** 2 + this.#count * seen;
    return known / (this.#count + SUPPOSED_SHOTS - 1);
  }

  /** How many shots of one size would say as much. */
  get weight(): number {
    return (this.#units * this.#units) / this.#unitsSquared;
  }
}

/** Work of shots that nobody has measured: the units of each, added up. */
class Units {
  #sum = 0;
  #squares = 0;

  add(units: number): void {
    this.#sum += units;
    this.#squares += units * units;
  }

  /** Seconds of all of it where it goes as what was gathered. */
  seconds(from: Gathered): number {
    return this.#sum === 0 ? 0 : from.rate * this.#sum;
  }

  /** How far that may be off: what all shots share, since few are known, and what each has for itself. */
  variance(from: Gathered, supposed: number): number {
    if (this.#sum === 0) return 0;
    return from.variance(supposed) * (this.#sum ** 2 / from.weight + this.#squares);
  }
}
