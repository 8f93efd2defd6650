/** What is supposed weighs as much as so many shots: of few the one that sticks out is mostly not among them. */
const SUPPOSED_SHOTS = 4;

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
export class Units {
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
