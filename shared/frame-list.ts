import {
  type BlenderCounts,
  CHUNK_FRAMES,
  countBlender,
  type FrameChunk,
  PlainChunk,
} from './frame-chunk.ts';
import {
  countsAfter,
  countsOf,
  type FrameCounts,
  type FrameState,
  type FrameTimes,
  NO_FRAMES,
  NO_TIMES,
  summed,
  timesTogether,
  WAITING,
} from './frame-state.ts';
import { chunkAtRest, chunkAtWork, packed } from './packed-chunk.ts';

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
      chunks.push(chunkAtRest(states, countsOf(states)));
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
    chunks[Math.floor(index / CHUNK_FRAMES)] = chunkAtWork(
      states,
      countsAfter(chunk.counts, old, next),
    );
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
      return chunkAtRest(states, countsOf(states));
    });
    return FrameList.joined(chunks);
  }

  /** The list with all that are done of it done before this run. */
  allKept(): FrameList {
    const chunks = this.#chunks.map((chunk) => {
      if (chunk.counts.kept === chunk.counts.done) return chunk;
      return packed(chunk).allKept();
    });
    return FrameList.joined(chunks);
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
      (times, chunk) => (chunk.counts.done > 0 ? timesTogether(times, chunk.times()) : times),
      NO_TIMES,
    );
    return this.#times;
  }

  /** How many of those that are done each version of Blender rendered; `null`: nobody knows which. */
  get blenders(): BlenderCounts {
    const sum = new Map<string | null, number>();
    for (const chunk of this.#chunks) {
      if (chunk.counts.done === 0) continue;
      for (const [version, count] of chunk.blenders()) countBlender(sum, version, count);
    }
    return sum;
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
    waitingChunks.get(length) ?? new PlainChunk(Array<FrameState>(length).fill(WAITING));
  waitingChunks.set(length, chunk);
  return chunk;
}

/** Where the chunk after that of an index begins. */
function nextChunk(index: number): number {
  return (Math.floor(index / CHUNK_FRAMES) + 1) * CHUNK_FRAMES;
}
