import { MOST_OF_A_FILM } from '../../shared/picture.ts';

/** A frame in one of its versions: rendered anew it is another. */
export interface FilmFrame {
  readonly frame: number;
  /** When it was done. */
  readonly at: number;
}

/** A decoded picture. */
export interface FilmPicture {
  readonly width: number;
  readonly height: number;
  readonly close: () => void;
}

/** Where pictures come from. */
export interface FilmSource {
  /** Tells of each frame, in order, as it comes; `null`: it can't be shown. Rejects where no more can be had. */
  readonly load: (
    frames: readonly FilmFrame[],
    told: (frame: number, picture: Blob | null) => void,
    signal: AbortSignal,
  ) => Promise<void>;
  readonly decode: (picture: Blob) => Promise<FilmPicture>;
}

export type FilmState = 'ready' | 'coming' | 'broken';

/** Pixels of decoded pictures, four bytes each. */
const MOST_DECODED = 28_000_000;
/** Bytes of packed ones. */
const MOST_PACKED = 256 * 2 ** 20;
const DECODED_AT_ONCE = 6;
/** A frame that could not be loaded is asked for once more. */
const MOST_TRIES = 2;

/**
 * The pictures of a film, loaded many at a time and before they are needed, those needed first first. All of them stay
 * packed, as far as there is room; those that come next are decoded, so that they are drawn at once.
 */
export class FilmBuffer {
  readonly #packed = new Map<string, Blob>();
  /** The longest unneeded first. */
  readonly #decoded = new Map<string, FilmPicture>();
  readonly #decoding = new Set<string>();
  readonly #failures = new Map<string, number>();
  /** Bytes of each that was ever loaded: what was let go for lack of room is not asked for until there is some. */
  readonly #sizes = new Map<string, number>();
  #bytes = 0;
  #pixels = 0;
  /** Pixels of the last one that was decoded: those of a shot are of one size. */
  #usual = 0;
  #wanted: readonly FilmFrame[] = [];
  #loading: { readonly keys: ReadonlySet<string>; readonly stop: AbortController } | null = null;
  #closed = false;

  /** @param changed told after each picture that has come, is decoded, or can't come */
  constructor(
    private readonly source: FilmSource,
    private readonly changed: () => void,
  ) {}

  /** What is needed from now on, in the order of need. */
  want(frames: readonly FilmFrame[]): void {
    this.#wanted = frames;
    const [first] = frames;
    const key = first && keyOf(first);
    // Somebody went elsewhere: what is on its way for the place before may wait.
    if (
      key !== undefined &&
      this.#isMissing(key) &&
      this.#loading &&
      !this.#loading.keys.has(key)
    ) {
      this.#loading.stop.abort();
      this.#loading = null;
    }
    this.#go();
  }

  /** `null`: it is not decoded yet. */
  picture(frame: FilmFrame): FilmPicture | null {
    return this.#decoded.get(keyOf(frame)) ?? null;
  }

  stateOf(frame: FilmFrame): FilmState {
    const key = keyOf(frame);
    if (this.#decoded.has(key)) return 'ready';
    return this.#isBroken(key) ? 'broken' : 'coming';
  }

  /** How many of these are loaded, if not decoded; those that can't be shown are not waited for. */
  loaded(frames: readonly FilmFrame[]): number {
    const isThere = (key: string) => this.#packed.has(key) || this.#isBroken(key);
    return frames.reduce((sum, frame) => sum + Number(isThere(keyOf(frame))), 0);
  }

  /** Gives up its memory. */
  close(): void {
    this.#closed = true;
    this.#loading?.stop.abort();
    for (const picture of this.#decoded.values()) picture.close();
    this.#decoded.clear();
    this.#packed.clear();
  }

  #isBroken(key: string): boolean {
    return (this.#failures.get(key) ?? 0) >= MOST_TRIES;
  }

  #isMissing(key: string): boolean {
    return !this.#packed.has(key) && !this.#isBroken(key);
  }

  #go(): void {
    if (this.#closed) return;
    this.#load();
    this.#decode();
  }

  #load(): void {
    if (this.#loading) return;
    const missing: FilmFrame[] = [];
    let bytes = 0;
    for (const frame of this.#wanted) {
      const key = keyOf(frame);
      bytes += this.#sizes.get(key) ?? 0;
      // What there is room for comes first; the rest when that was seen.
      if (missing.length >= MOST_OF_A_FILM || bytes > MOST_PACKED) break;
      if (this.#isMissing(key)) missing.push(frame);
    }
    if (missing.length === 0) return;
    const left = new Map(missing.map((frame) => [frame.frame, keyOf(frame)]));
    const stop = new AbortController();
    const mine = { keys: new Set(left.values()), stop };
    this.#loading = mine;
    const take = (frame: number, picture: Blob | null) => {
      const key = left.get(frame);
      if (key === undefined || this.#closed) return;
      left.delete(frame);
      if (picture) this.#keep(key, picture);
      else this.#failures.set(key, MOST_TRIES);
      this.#decode();
      this.changed();
    };
    void this.source
      .load(missing, take, stop.signal)
      .catch(() => undefined)
      .then(() => {
        if (stop.signal.aborted || this.#closed) return;
        for (const key of left.values()) {
          this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
        }
        if (left.size > 0) this.changed();
        if (this.#loading === mine) this.#loading = null;
        this.#go();
      });
  }

  #keep(key: string, picture: Blob): void {
    this.#packed.set(key, picture);
    this.#sizes.set(key, picture.size);
    this.#bytes += picture.size;
    if (this.#bytes <= MOST_PACKED) return;
    // First what nobody needs, then what is needed last.
    const wanted = this.#wanted.map(keyOf);
    const needed = new Set(wanted);
    const unneeded = [...this.#packed.keys()].filter((each) => !needed.has(each));
    for (const each of [...unneeded, ...wanted.reverse()]) {
      if (this.#bytes <= MOST_PACKED) return;
      this.#letGo(each);
    }
  }

  #letGo(key: string): void {
    this.#bytes -= this.#packed.get(key)?.size ?? 0;
    this.#packed.delete(key);
  }

  /** Those needed next, as many as there is room for. */
  #decode(): void {
    let pixels = 0;
    for (const frame of this.#wanted) {
      const key = keyOf(frame);
      const there = this.#decoded.get(key);
      if (there) {
        this.#decoded.delete(key);
        this.#decoded.set(key, there);
        pixels += there.width * there.height;
      } else if (this.#decoding.has(key)) pixels += this.#usual;
      // More would only push out what is needed sooner.
      if (pixels + this.#usual > MOST_DECODED || this.#decoding.size >= DECODED_AT_ONCE) return;
      const packed = this.#packed.get(key);
      if (there || !packed || this.#decoding.has(key)) continue;
      this.#decoding.add(key);
      this.source
        .decode(packed)
        .then(
          (picture) => this.#hold(key, picture),
          () => {
            this.#letGo(key);
            this.#failures.set(key, MOST_TRIES);
          },
        )
        .finally(() => {
          this.#decoding.delete(key);
          if (this.#closed) return;
          this.#decode();
          this.changed();
        });
    }
  }

  #hold(key: string, picture: FilmPicture): void {
    if (this.#closed) {
      picture.close();
      return;
    }
    this.#decoded.set(key, picture);
    this.#usual = picture.width * picture.height;
    this.#pixels += this.#usual;
    // Of a film that goes round all is wanted; only what comes soon is kept decoded.
    const soon = new Set(this.#wanted.slice(0, Math.floor(MOST_DECODED / this.#usual)).map(keyOf));
    for (const [oldest, other] of this.#decoded) {
      if (this.#pixels <= MOST_DECODED) return;
      if (oldest === key || soon.has(oldest)) continue;
      this.#decoded.delete(oldest);
      this.#pixels -= other.width * other.height;
      other.close();
    }
  }
}

function keyOf({ frame, at }: FilmFrame): string {
  return `${frame}@${at}`;
}
