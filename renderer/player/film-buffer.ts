/** A frame in one of its versions: rendered again it is another. */
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
  /** Resolves with `null` where the frame can't be shown. Rejects where it may come on another try. */
  readonly load: (frame: FilmFrame, signal: AbortSignal) => Promise<Blob | null>;
  readonly decode: (picture: Blob) => Promise<FilmPicture>;
}

export type FilmState = 'ready' | 'coming' | 'broken';

/** Pixels of decoded pictures, four bytes each. */
const MOST_DECODED = 28_000_000;
/** Bytes of packed ones. */
const MOST_PACKED = 256 * 2 ** 20;
/** A share that hangs must leave threads of the main process for the journal. */
const LOADED_AT_ONCE = 2;
const DECODED_AT_ONCE = 6;
const MOST_TRIES = 2;

interface Entry {
  readonly frame: FilmFrame;
  packed: Blob | null;
  /** Bytes of the last load, also after `packed` was dropped: it is not loaded again until there is room. */
  bytes: number;
  picture: FilmPicture | null;
  busy: boolean;
  failures: number;
}

/**
 * Loads the pictures of a film in the order of need. Keeps them packed as far as there is room, and decodes those
 * needed next, so that they draw at once.
 */
export class FilmBuffer {
  readonly #entries = new Map<string, Entry>();
  readonly #close = new AbortController();
  #wanted: readonly Entry[] = [];
  #loading = 0;
  #decoding = 0;
  /** Pixels of the last decoded picture: those of a shot have one size. */
  #usual = 0;

  /** @param changed called after each picture that is loaded, decoded, or known to be broken */
  constructor(
    private readonly source: FilmSource,
    private readonly changed: () => void,
  ) {}

  /** @param frames in the order of need */
  want(frames: readonly FilmFrame[]): void {
    this.#wanted = frames.map((frame) => this.#entry(frame));
    this.#go();
  }

  /** Returns `null` until it is decoded. */
  picture(frame: FilmFrame): FilmPicture | null {
    return this.#entries.get(keyOf(frame))?.picture ?? null;
  }

  stateOf(frame: FilmFrame): FilmState {
    const entry = this.#entries.get(keyOf(frame));
    if (entry?.picture) return 'ready';
    return entry && isBroken(entry) ? 'broken' : 'coming';
  }

  /** Counts the loaded frames. Broken ones count, as nothing waits for them. */
  loaded(frames: readonly FilmFrame[]): number {
    const isThere = (entry: Entry | undefined) => entry && (entry.packed || isBroken(entry));
    return frames.filter((frame) => isThere(this.#entries.get(keyOf(frame)))).length;
  }

  close(): void {
    this.#close.abort();
    for (const entry of this.#entries.values()) entry.picture?.close();
    this.#entries.clear();
  }

  #entry(frame: FilmFrame): Entry {
    const key = keyOf(frame);
    const known = this.#entries.get(key);
    if (known) return known;
    const entry = { frame, packed: null, bytes: 0, picture: null, busy: false, failures: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  #go(): void {
    if (this.#close.signal.aborted) return;
    let bytes = 0;
    let pixels = 0;
    for (const entry of this.#wanted) {
      const { packed, picture } = entry;
      bytes += entry.bytes;
      pixels += picture ? pixelsOf(picture) : this.#usual;
      if (bytes > MOST_PACKED) break;
      if (entry.busy || isBroken(entry)) continue;
      if (!packed && this.#loading < LOADED_AT_ONCE) void this.#load(entry);
      const hasRoom = pixels <= MOST_DECODED && this.#decoding < DECODED_AT_ONCE;
      if (packed && !picture && hasRoom) void this.#decode(entry, packed);
    }
  }

  async #load(entry: Entry): Promise<void> {
    this.#loading += 1;
    await this.#work(entry, async () => {
      const packed = await this.source.load(entry.frame, this.#close.signal);
      entry.packed = packed;
      entry.bytes = packed?.size ?? 0;
      if (!packed) entry.failures = MOST_TRIES;
    });
    this.#loading -= 1;
    this.#ended();
  }

  async #decode(entry: Entry, packed: Blob): Promise<void> {
    this.#decoding += 1;
    await this.#work(entry, async () => {
      const picture = await this.source.decode(packed).catch(() => null);
      if (this.#close.signal.aborted) return picture?.close();
      entry.picture = picture;
      if (picture) this.#usual = pixelsOf(picture);
      else entry.failures = MOST_TRIES;
    });
    this.#decoding -= 1;
    this.#ended();
  }

  async #work(entry: Entry, work: () => Promise<void>): Promise<void> {
    entry.busy = true;
    await work().catch(() => {
      entry.failures += 1;
    });
    entry.busy = false;
  }

  #ended(): void {
    if (this.#close.signal.aborted) return;
    this.#shrink();
    this.#go();
    this.changed();
  }

  /** Drops what is needed last. What is not needed at all goes first, the oldest of it before the rest. */
  #shrink(): void {
    const wanted = new Set(this.#wanted);
    const others = [...this.#entries.values()].filter((entry) => !wanted.has(entry)).reverse();
    let bytes = 0;
    let pixels = 0;
    for (const entry of [...wanted, ...others]) {
      bytes += entry.packed?.size ?? 0;
      if (bytes > MOST_PACKED) entry.packed = null;
      pixels += entry.picture ? pixelsOf(entry.picture) : 0;
      if (pixels <= MOST_DECODED) continue;
      entry.picture?.close();
      entry.picture = null;
    }
  }
}

function keyOf({ frame, at }: FilmFrame): string {
  return `${frame}@${at}`;
}

function isBroken({ failures }: Entry): boolean {
  return failures >= MOST_TRIES;
}

function pixelsOf({ width, height }: FilmPicture): number {
  return width * height;
}
