/** Loads a picture and holds it, so that it is there at once when it is shown. Rejects where there is none. */
export type LoadPicture = (url: string) => Promise<object>;

export type PictureState = 'ready' | 'coming' | 'broken';

/** Loaded ahead at once: they are made one after the other, and whoever looks at another frame shall not wait for all. */
export const AT_ONCE = 3;
/** With those that were looked at while others were still coming. */
const MOST_AT_ONCE = 12;
/** Held in memory, some ten kilobytes each. */
export const MOST_HELD = 400;
/** The desk that gives them out drops what was asked for long ago. */
const MOST_TRIES = 2;

/** Pictures that are loaded before they are shown, those needed first first. Its number of pictures is bounded. */
export class PictureShelf {
  /** By URL; the longest unneeded first. */
  readonly #held = new Map<string, object>();
  readonly #coming = new Set<string>();
  readonly #failures = new Map<string, number>();
  #wanted: readonly string[] = [];

  /** @param changed told after each picture that has come or can't come */
  constructor(
    private readonly load: LoadPicture,
    private readonly changed: () => void,
  ) {}

  /** What is needed from now on, in the order of need. The first one does not wait for others. */
  want(urls: readonly string[]): void {
    this.#wanted = urls.slice(0, MOST_HELD);
    for (const url of this.#wanted) this.#touch(url);
    this.#go();
  }

  stateOf(url: string): PictureState {
    if (this.#held.has(url)) return 'ready';
    return (this.#failures.get(url) ?? 0) < MOST_TRIES ? 'coming' : 'broken';
  }

  #go(): void {
    const [first] = this.#wanted;
    if (first !== undefined && this.#isMissing(first) && this.#coming.size < MOST_AT_ONCE) {
      this.#fetch(first);
    }
    for (const url of this.#wanted) {
      if (this.#coming.size >= AT_ONCE) return;
      if (this.#isMissing(url)) this.#fetch(url);
    }
  }

  #isMissing(url: string): boolean {
    return this.stateOf(url) === 'coming' && !this.#coming.has(url);
  }

  #fetch(url: string): void {
    this.#coming.add(url);
    this.load(url)
      .then(
        (picture) => this.#hold(url, picture),
        () => this.#failures.set(url, (this.#failures.get(url) ?? 0) + 1),
      )
      .finally(() => {
        this.#coming.delete(url);
        this.#go();
        this.changed();
      });
  }

  #hold(url: string, picture: object): void {
    this.#held.set(url, picture);
    const [longest] = this.#held.keys();
    if (this.#held.size > MOST_HELD && longest !== undefined) this.#held.delete(longest);
  }

  #touch(url: string): void {
    const picture = this.#held.get(url);
    if (!picture) return;
    this.#held.delete(url);
    this.#held.set(url, picture);
  }
}
