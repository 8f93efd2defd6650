import {
  countsAfter,
  countsOf,
  type FrameCounts,
  type FrameState,
  type FrameTimes,
  isKept,
  NO_FRAMES,
  NO_TIMES,
  type Review,
  summed,
  timesTogether,
  timesWith,
  WAITING,
} from './frame-state.ts';
import { FrameTable } from './frame-table.ts';

/** Frames of one chunk: few enough to be copied for each change, many enough that a list has few of them. */
export const CHUNK_FRAMES = 256;

/**
 * The states of a job's frames, parallel to its plan. Immutable: a changed list shares with the old one
 * all but the chunk that has changed, so a change costs no more in a shot of 100,000 frames. The counts
 * of each chunk let a search pass over what holds nothing of what is sought.
 */
export class FrameList implements Iterable<FrameState> {
  static readonly EMPTY = new FrameList([], NO_FRAMES);

  /** How many are in each state. */
  readonly counts: FrameCounts;
  readonly #chunks: readonly FrameChunk[];
  #times: FrameTimes | null = null;

  private constructor(chunks: readonly FrameChunk[], counts: FrameCounts) {
    this.#chunks = chunks;
    this.counts = counts;
  }

  static of(states: Iterable<FrameState>): FrameList {
    const all = [...states];
    const chunks: FrameChunk[] = [];
    for (let start = 0; start < all.length; start += CHUNK_FRAMES) {
      const states = all.slice(start, start + CHUNK_FRAMES);
      chunks.push(FrameChunk.atRest(states));
    }
    return FrameList.joined(chunks);
  }

  /** So many frames that nobody has tried. Takes no room worth the name. */
  static waiting(length: number): FrameList {
    const whole = Array<FrameChunk>(Math.floor(length / CHUNK_FRAMES)).fill(
      waitingChunk(CHUNK_FRAMES),
    );
    const rest = length % CHUNK_FRAMES;
    return FrameList.joined(rest === 0 ? whole : [...whole, waitingChunk(rest)]);
  }

  /** A list of whole chunks; only the last may be shorter than `CHUNK_FRAMES`. */
  static joined(chunks: readonly FrameChunk[]): FrameList {
    const counts = chunks.reduce((sum, chunk) => summed(sum, chunk.counts), NO_FRAMES);
    return new FrameList(chunks, counts);
  }

  /** For those that make other lists of them. */
  get chunks(): readonly FrameChunk[] {
    return this.#chunks;
  }

  get length(): number {
    return this.counts.total;
  }

  /** `undefined` where there is no such index; -1 is none. */
  get(index: number): FrameState | undefined {
    return this.#has(index) ? this.#chunk(index).get(index % CHUNK_FRAMES) : undefined;
  }

  /** As `get(index).status`, but cheaper: the record of a frame that is done is not looked at. */
  statusOf(index: number): FrameState['status'] | undefined {
    return this.#has(index) ? this.#chunk(index).statusOf(index % CHUNK_FRAMES) : undefined;
  }

  /** The list with one frame in another state. Throws where there is no such index. */
  with(index: number, next: FrameState): FrameList {
    if (!this.#has(index)) throw new Error(`There is no frame at ${index} of ${this.length}.`);
    const chunk = this.#chunk(index);
    const offset = index % CHUNK_FRAMES;
    const old = chunk.get(offset);
    const states = chunk.states().slice();
    states[offset] = next;
    const chunks = this.#chunks.slice();
    const counts = countsAfter(chunk.counts, old, next);
    chunks[Math.floor(index / CHUNK_FRAMES)] = FrameChunk.atWork(states, counts);
    return new FrameList(chunks, countsAfter(this.counts, old, next));
  }

  /**
   * The list with each frame changed. What `change` gives back as it was costs nothing.
   * @param concerns which runs of frames are to be changed at all, by their counts
   */
  mapped(
    change: (frame: FrameState, index: number) => FrameState,
    concerns: (counts: FrameCounts) => boolean = () => true,
  ): FrameList {
    const chunks = this.#chunks.map((chunk, place) => {
      if (!concerns(chunk.counts)) return chunk;
      const old = chunk.states();
      const states = old.map((frame, offset) => change(frame, place * CHUNK_FRAMES + offset));
      if (states.every((frame, offset) => frame === old[offset])) return chunk;
      return FrameChunk.atRest(states);
    });
    return FrameList.joined(chunks);
  }

  /** The list with all that are done of it done before this run. */
  allKept(): FrameList {
    return FrameList.joined(this.#chunks.map((chunk) => chunk.allKept()));
  }

  /** The first frame in a state, at `from` or after; -1: none. */
  nextIndex(status: FrameState['status'], from = 0): number {
    let index = Math.max(0, from);
    while (index < this.length) {
      const { counts } = this.#chunk(index);
      const end = Math.min(this.length, nextChunk(index));
      if (counts[status] === 0) index = end;
      for (; index < end; index++) if (this.statusOf(index) === status) return index;
    }
    return -1;
  }

  /** The last frame in a state, at `upTo` or before; -1: none. */
  lastIndex(status: FrameState['status'], upTo = this.length - 1): number {
    let index = Math.min(this.length - 1, upTo);
    while (index >= 0) {
      const { counts } = this.#chunk(index);
      const before = nextChunk(index) - CHUNK_FRAMES - 1;
      if (counts[status] === 0) index = before;
      for (; index > before; index--) if (this.statusOf(index) === status) return index;
    }
    return -1;
  }

  /** Those in a state with their index, in order. */
  *inState<S extends FrameState['status']>(
    status: S,
  ): Generator<readonly [number, Extract<FrameState, { status: S }>]> {
    let index = this.nextIndex(status);
    while (index !== -1) {
      yield [index, this.get(index) as Extract<FrameState, { status: S }>];
      index = this.nextIndex(status, index + 1);
    }
  }

  /** How many of the frames from `from` on, and before `to`, are in each state. */
  countsWithin(from: number, to: number): FrameCounts {
    const counts = { ...NO_FRAMES };
    let index = Math.max(0, from);
    const end = Math.min(this.length, to);
    while (index < end) {
      const chunk = this.#chunk(index);
      if (index % CHUNK_FRAMES === 0 && index + chunk.counts.total <= end) {
        Object.assign(counts, summed(counts, chunk.counts));
        index += chunk.counts.total;
        continue;
      }
      counts.total += 1;
      counts[chunk.statusOf(index % CHUNK_FRAMES)] += 1;
      if (chunk.isKept(index % CHUNK_FRAMES)) counts.kept += 1;
      index += 1;
    }
    return counts;
  }

  /** Of the frames that are done. Costs one chunk after a change, not the whole list. */
  get times(): FrameTimes {
    this.#times ??= this.#chunks.reduce(
      (times, chunk) => (chunk.counts.done > 0 ? timesTogether(times, chunk.times) : times),
      NO_TIMES,
    );
    return this.#times;
  }

  /** How many of those that are done each version of Blender rendered; `null`: nobody knows which. */
  get blenders(): ReadonlyMap<string | null, number> {
    const sum = new Map<string | null, number>();
    for (const chunk of this.#chunks) {
      for (const [version, count] of chunk.blenders()) {
        sum.set(version, (sum.get(version) ?? 0) + count);
      }
    }
    return sum;
  }

  /** How many of those that are done the artist has judged so. Costs one chunk after a change. */
  reviewed(review: Review): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.reviews[review], 0);
  }

  *[Symbol.iterator](): Generator<FrameState> {
    for (const chunk of this.#chunks) yield* chunk.states();
  }

  map<T>(change: (frame: FrameState, index: number) => T): T[] {
    return this.#chunks.flatMap((chunk, place) =>
      chunk.states().map((frame, offset) => change(frame, place * CHUNK_FRAMES + offset)),
    );
  }

  /** A plain array: what is written down of a job does not tell how it is held. */
  toJSON(): readonly FrameState[] {
    return [...this];
  }

  #has(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.length;
  }

  #chunk(index: number): FrameChunk {
    return this.#chunks[Math.floor(index / CHUNK_FRAMES)] as FrameChunk;
  }
}

/** One for each length, for all shots. */
const waitingChunks = new Map<number, FrameChunk>();

function waitingChunk(length: number): FrameChunk {
  const chunk =
    waitingChunks.get(length) ?? FrameChunk.atRest(Array<FrameState>(length).fill(WAITING));
  waitingChunks.set(length, chunk);
  return chunk;
}

/** Where the chunk after that of an index begins. */
function nextChunk(index: number): number {
  return (Math.floor(index / CHUNK_FRAMES) + 1) * CHUNK_FRAMES;
}

/** A chunk whose frames are being changed in place. */
interface OpenChunk {
  readonly states: FrameState[];
  /** Frames that are neither done nor failed. */
  left: number;
}

/**
 * Many changes of one list of frames in a row, as a journal has them, without a new list for each.
 * What has ended is packed meanwhile. `list` ends it.
 */
export class FrameDraft {
  readonly #chunks: FrameChunk[];
  readonly #open: (OpenChunk | undefined)[] = [];

  constructor(list: FrameList) {
    this.#chunks = [...list.chunks];
  }

  /** Changes the frame at an index that the list has. */
  change(index: number, after: (frame: FrameState) => FrameState): void {
    const place = Math.floor(index / CHUNK_FRAMES);
    const offset = index % CHUNK_FRAMES;
    this.#open[place] ??= opened(this.#chunks[place] as FrameChunk);
    const chunk = this.#open[place];
    const old = chunk.states[offset] as FrameState;
    const next = after(old);
    chunk.states[offset] = next;
    chunk.left += Number(isLeft(next)) - Number(isLeft(old));
    if (chunk.left > 0 || !isLeft(old)) return;
    this.#chunks[place] = FrameChunk.atWork(chunk.states, countsOf(chunk.states));
    this.#open[place] = undefined;
  }

  /** The list as it has become. */
  list(): FrameList {
    const chunks = this.#chunks.map((chunk, place) => {
      const states = this.#open[place]?.states;
      return states ? FrameChunk.atRest(states) : chunk;
    });
    return FrameList.joined(chunks);
  }
}

function opened(chunk: FrameChunk): OpenChunk {
  const { waiting, running } = chunk.counts;
  return { states: [...chunk.states()], left: waiting + running };
}

function isLeft({ status }: FrameState): boolean {
  return status === 'waiting' || status === 'running';
}

/** A run of neighbouring frames. Immutable. */
class FrameChunk {
  readonly counts: FrameCounts;
  /** Those that are held as they are, by their offset; the others stand in the table. */
  readonly #plain: readonly (FrameState | undefined)[];
  readonly #table: FrameTable | null;
  #times: FrameTimes | null = null;
  #reviews: Readonly<Record<Review, number>> | null = null;

  private constructor(
    counts: FrameCounts,
    plain: readonly (FrameState | undefined)[],
    table: FrameTable | null,
  ) {
    this.counts = counts;
    this.#plain = plain;
    this.#table = table;
  }

  /** A chunk that is being worked on. Packing it for each change would cost more: it is when all frames have ended. */
  static atWork(states: readonly FrameState[], counts: FrameCounts): FrameChunk {
    const packs = counts.done > 0 && counts.waiting + counts.running === 0;
    return packs ? FrameChunk.#packed(states, counts) : new FrameChunk(counts, states, null);
  }

  /** A chunk that may stay for long as it is. Where hardly any frame is done, packing takes more room than it saves. */
  static atRest(states: readonly FrameState[]): FrameChunk {
    const counts = countsOf(states);
    const packs = 8 * counts.done > counts.total;
    return packs ? FrameChunk.#packed(states, counts) : new FrameChunk(counts, states, null);
  }

  static #packed(states: readonly FrameState[], counts: FrameCounts): FrameChunk {
    const { table, fits } = FrameTable.of(states);
    if (fits.every(Boolean)) return new FrameChunk(counts, NONE, table);
    const plain = states.map((frame, offset) => (fits[offset] ? undefined : frame));
    return new FrameChunk(counts, plain, table);
  }

  get(offset: number): FrameState {
    return this.#plain[offset] ?? (this.#table as FrameTable).get(offset);
  }

  statusOf(offset: number): FrameState['status'] {
    return this.#plain[offset]?.status ?? 'done';
  }

  isKept(offset: number): boolean {
    const plain = this.#plain[offset];
    return plain ? isKept(plain) : (this.#table as FrameTable).isKept(offset);
  }

  /** All of them; not to be changed. */
  states(): readonly FrameState[] {
    if (!this.#table) return this.#plain as readonly FrameState[];
    return Array.from({ length: this.counts.total }, (_, offset) => this.get(offset));
  }

  /** The same frames, all that are done of them done before this run. */
  allKept(): FrameChunk {
    const { kept, done } = this.counts;
    if (kept === done) return this;
    const plain = this.#plain.map((frame) =>
      frame?.status === 'done' ? { ...frame, kept: true } : frame,
    );
    if (!this.#table) return FrameChunk.atRest(plain as readonly FrameState[]);
    return new FrameChunk({ ...this.counts, kept: done }, plain, this.#table.allKept());
  }

  get times(): FrameTimes {
    if (this.#times) return this.#times;
    let times = NO_TIMES;
    for (let offset = 0; offset < this.counts.total; offset++) {
      const plain = this.#plain[offset];
      if (!plain) times = timesWith(times, (this.#table as FrameTable).secondsOf(offset));
      else if (plain.status === 'done') times = timesWith(times, plain.record.seconds);
    }
    this.#times = times;
    return times;
  }

  /** How many of those that are done the artist has judged. */
  get reviews(): Readonly<Record<Review, number>> {
    if (this.#reviews) return this.#reviews;
    const reviews = { approved: 0, rejected: 0 };
    for (let offset = 0; this.counts.done > 0 && offset < this.counts.total; offset++) {
      const plain = this.#plain[offset];
      if (plain && plain.status !== 'done') continue;
      const review = plain ? plain.review : this.#table?.reviewOf(offset);
      if (review) reviews[review] += 1;
    }
    this.#reviews = reviews;
    return reviews;
  }

  /** How many of those that are done each version of Blender rendered; `null`: nobody knows which. */
  blenders(): ReadonlyMap<string | null, number> {
    const counts = new Map<string | null, number>();
    for (let offset = 0; this.counts.done > 0 && offset < this.counts.total; offset++) {
      const plain = this.#plain[offset];
      if (plain && plain.status !== 'done') continue;
      const version = plain ? plain.record.blender : this.#table?.blenderOf(offset);
      counts.set(version ?? null, (counts.get(version ?? null) ?? 0) + 1);
    }
    return counts;
  }
}

const NONE: readonly undefined[] = [];
