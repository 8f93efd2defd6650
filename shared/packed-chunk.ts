import { type BlenderCounts, countBlender, type FrameChunk, PlainChunk } from './frame-chunk.ts';
import {
  type FrameCounts,
  type FrameRecord,
  type FrameState,
  type FrameTimes,
  isKept,
  NO_TIMES,
  timesWith,
} from './frame-state.ts';
import {
  type NumberColumn,
  type NumberPlan,
  numberAt,
  planNumbers,
  writeNumbers,
} from './packed-numbers.ts';
import {
  HASH_BYTES,
  type HashColumn,
  hashAt,
  type NameColumn,
  nameAt,
  planHashes,
  planNames,
  writeHashes,
} from './packed-texts.ts';

type DoneFrame = Extract<FrameState, { status: 'done' }>;

/** What is known of the frames that are done, each thing a column in the same bytes. */
interface Columns {
  readonly buffer: Uint8Array;
  readonly file: NameColumn;
  readonly sha256: HashColumn;
  readonly tries: NumberColumn;
  readonly bytes: NumberColumn;
  readonly mtimeMs: NumberColumn;
  readonly seconds: NumberColumn;
  readonly memoryMb: NumberColumn;
  readonly at: NumberColumn;
  /** Places in `versions`. */
  readonly blender: NumberColumn;
  readonly versions: readonly (string | undefined)[];
}

/**
 * Frames of which most are done, in some 30 bytes each instead of some 300, so that ten thousand shots
 * of 240 frames fit into memory beside everything else. Decoded where it is read.
 */
export class PackedChunk implements FrameChunk {
  readonly counts: FrameCounts;
  readonly #columns: Columns;
  /** Those that are not done, by their offset; `null`: none. */
  readonly #others: ReadonlyMap<number, FrameState> | null;
  /** Offsets of those that were done before this run; `null`: all that are done, or none. */
  readonly #kept: ReadonlySet<number> | null;
  #times: FrameTimes | null = null;

  private constructor(
    counts: FrameCounts,
    columns: Columns,
    others: ReadonlyMap<number, FrameState> | null,
    kept: ReadonlySet<number> | null,
  ) {
    this.counts = counts;
    this.#columns = columns;
    this.#others = others;
    this.#kept = kept;
  }

  /** `counts`: of these states, of which at least one is done. */
  static of(states: readonly FrameState[], counts: FrameCounts): PackedChunk {
    const others = new Map<number, FrameState>();
    const kept = new Set<number>();
    // Where a frame is not done, a neighbour's numbers stand: they make no column any wider.
    let last = states.find((frame) => frame.status === 'done') as DoneFrame;
    const done = states.map((frame, offset) => {
      if (isKept(frame)) kept.add(offset);
      if (frame.status === 'done') last = frame;
      else others.set(offset, frame);
      return last;
    });
    const isMixed = counts.kept > 0 && counts.kept < counts.done;
    const left = counts.done < counts.total ? others : null;
    return new PackedChunk(counts, columnsOf(done), left, isMixed ? kept : null);
  }

  /** The same frames, all that are done of them done before this run. */
  allKept(): PackedChunk {
    const counts = { ...this.counts, kept: this.counts.done };
    return new PackedChunk(counts, this.#columns, this.#others, null);
  }

  get(offset: number): FrameState {
    const other = this.#others?.get(offset);
    if (other) return other;
    const tries = numberAt(this.#columns.buffer, this.#columns.tries, offset);
    const record = recordAt(this.#columns, offset);
    return { status: 'done', tries, kept: this.isKept(offset), record };
  }

  statusOf(offset: number): FrameState['status'] {
    return this.#others?.get(offset)?.status ?? 'done';
  }

  isKept(offset: number): boolean {
    if (this.counts.kept === 0 || this.#others?.has(offset)) return false;
    return this.#kept?.has(offset) ?? true;
  }

  states(): readonly FrameState[] {
    return Array.from({ length: this.counts.total }, (_, offset) => this.get(offset));
  }

  times(): FrameTimes {
    if (this.#times) return this.#times;
    const { buffer, seconds } = this.#columns;
    let times = NO_TIMES;
    for (let offset = 0; offset < this.counts.total; offset++) {
      if (!this.#others?.has(offset)) times = timesWith(times, numberAt(buffer, seconds, offset));
    }
    this.#times = times;
    return times;
  }

  blenders(): BlenderCounts {
    const { buffer, blender, versions } = this.#columns;
    if (versions.length === 1) return new Map([[versions[0] ?? null, this.counts.done]]);
    const counts = new Map<string | null, number>();
    for (let offset = 0; offset < this.counts.total; offset++) {
      if (this.#others?.has(offset)) continue;
      countBlender(counts, versions[numberAt(buffer, blender, offset)] ?? null);
    }
    return counts;
  }
}

/** A chunk that is being worked on. Packing it for each change would cost more: it is when all frames have ended. */
export function chunkAtWork(states: readonly FrameState[], counts: FrameCounts): FrameChunk {
  const packs = counts.done > 0 && counts.waiting + counts.running === 0;
  return packs ? PackedChunk.of(states, counts) : new PlainChunk(states, counts);
}

/** A chunk that may stay for long as it is. Where hardly any frame is done, packing takes more room than it saves. */
export function chunkAtRest(states: readonly FrameState[], counts: FrameCounts): FrameChunk {
  const packs = 8 * counts.done > counts.total;
  return packs ? PackedChunk.of(states, counts) : new PlainChunk(states, counts);
}

/** The same chunk packed, at least one of whose frames is done. */
export function packed(chunk: FrameChunk): PackedChunk {
  return chunk instanceof PackedChunk ? chunk : PackedChunk.of(chunk.states(), chunk.counts);
}

function recordAt({ buffer, ...columns }: Columns, offset: number): FrameRecord {
  const blender = columns.versions[numberAt(buffer, columns.blender, offset)];
  return {
    file: nameAt(buffer, columns.file, offset),
    bytes: numberAt(buffer, columns.bytes, offset),
    mtimeMs: numberAt(buffer, columns.mtimeMs, offset),
    sha256: hashAt(buffer, columns.sha256, offset),
    seconds: numberAt(buffer, columns.seconds, offset),
    memoryMb: numberAt(buffer, columns.memoryMb, offset),
    at: numberAt(buffer, columns.at, offset),
    ...(blender !== undefined && { blender }),
  };
}

function columnsOf(frames: readonly DoneFrame[]): Columns {
  const plans: NumberPlan[] = [];
  let length = 0;
  const planned = (plan: NumberPlan): NumberColumn => {
    plans.push(plan);
    length += plan.column.width * frames.length;
    return plan.column;
  };
  const numbers = (of: (frame: DoneFrame) => number) =>
    planned(planNumbers(frames.map(of), length));
  const names = planNames(
    frames.map(({ record }) => record.file),
    length,
  );
  if (names.numbers) planned(names.numbers);
  const versions = [...new Set(frames.map(({ record }) => record.blender))];
  const columns = {
    file: names.column,
    tries: numbers(({ tries }) => tries),
    bytes: numbers(({ record }) => record.bytes),
    mtimeMs: numbers(({ record }) => record.mtimeMs),
    seconds: numbers(({ record }) => record.seconds),
    memoryMb: numbers(({ record }) => record.memoryMb),
    at: numbers(({ record }) => record.at),
    blender: numbers(({ record }) => versions.indexOf(record.blender)),
    versions,
  };
  const hashes = frames.map(({ record }) => record.sha256);
  const sha256 = planHashes(hashes, length);
  const buffer = new Uint8Array(length + ('start' in sha256 ? HASH_BYTES * frames.length : 0));
  for (const plan of plans) writeNumbers(buffer, plan);
  writeHashes(buffer, sha256, hashes);
  return { buffer, ...columns, sha256 };
}
