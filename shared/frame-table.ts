import { type FrameRecord, type FrameState, type Review, VERDICTS } from './frame-state.ts';

type DoneFrame = Extract<FrameState, { status: 'done' }>;

/** Whole numbers from zero, lowest byte first. `scale`: what makes a number of that kind a whole one. */
interface Field {
  readonly start: number;
  readonly bytes: number;
  readonly scale: number;
}

/** What a row holds: 54 bytes for each frame that is done. The hash comes first, as it is. */
const HASH_BYTES = 16;
const FIELDS = {
  // Times of files have 12 bits behind the point.
  mtimeMs: { start: 16, bytes: 7, scale: 4096 },
  at: { start: 23, bytes: 6, scale: 1 },
  bytes: { start: 29, bytes: 4, scale: 1 },
  seconds: { start: 33, bytes: 4, scale: 10_000 },
  memoryMb: { start: 37, bytes: 4, scale: 1024 },
  /** The number in the file's name. */
  number: { start: 41, bytes: 3, scale: 1 },
  tries: { start: 44, bytes: 1, scale: 1 },
  kept: { start: 45, bytes: 1, scale: 1 },
  /** The place of its Blender's version in a list beside the rows. */
  blender: { start: 46, bytes: 1, scale: 1 },
  /** What the artist said: the place among `VERDICTS`, from 1; 0: nothing. */
  review: { start: 47, bytes: 1, scale: 1 },
  cpuSeconds: { start: 48, bytes: 4, scale: 10_000 },
  /** 0: nobody knows what it took of the processors. */
  threads: { start: 52, bytes: 2, scale: 1 },
} satisfies Record<string, Field>;
const ROW_BYTES = 54;

/** File names that differ only in a number, as those of a shot do. */
interface Names {
  readonly before: string;
  readonly digits: number;
  readonly after: string;
}

/**
 * Records of frames that are done, a row of fixed width each instead of some 300 bytes, so that ten thousand shots
 * of 240 frames fit into memory beside everything else. Immutable; decoded where it is read.
 */
export class FrameTable {
  readonly #rows: Uint8Array;
  readonly #names: Names;
  readonly #versions: readonly (string | undefined)[];

  private constructor(rows: Uint8Array, names: Names, versions: readonly (string | undefined)[]) {
    this.#rows = rows;
    this.#names = names;
    this.#versions = versions;
  }

  /**
   * @param frames at least one of them is done
   * @returns the table, and for each frame whether its row gives it back exactly as it is
   */
  static of(frames: readonly FrameState[]): { table: FrameTable; fits: readonly boolean[] } {
    const records = frames.flatMap((frame) => (frame.status === 'done' ? [frame.record] : []));
    const versions = [...new Set(records.map(({ blender }) => blender))];
    const names = namesOf(records.map(({ file }) => file));
    const table = new FrameTable(new Uint8Array(ROW_BYTES * frames.length), names, versions);
    const fits = frames.map((frame, index) => {
      if (frame.status !== 'done') return false;
      return table.#write(index, frame);
    });
    return { table, fits };
  }

  get(index: number): DoneFrame {
    const blender = this.blenderOf(index);
    const cpu = this.#cpuOf(index);
    const record = {
      file: nameOf(this.#names, this.#read(index, FIELDS.number)),
      bytes: this.#read(index, FIELDS.bytes),
      mtimeMs: this.#read(index, FIELDS.mtimeMs),
      sha256: this.#hash(index),
      seconds: this.secondsOf(index),
      memoryMb: this.#read(index, FIELDS.memoryMb),
      at: this.#read(index, FIELDS.at),
      ...(cpu && { cpu }),
      ...(blender !== undefined && { blender }),
    };
    const tries = this.#read(index, FIELDS.tries);
    const review = this.reviewOf(index);
    return { status: 'done', tries, kept: this.isKept(index), record, ...(review && { review }) };
  }

  isKept(index: number): boolean {
    return this.#read(index, FIELDS.kept) === 1;
  }

  secondsOf(index: number): number {
    return this.#read(index, FIELDS.seconds);
  }

  blenderOf(index: number): string | undefined {
    return this.#versions[this.#read(index, FIELDS.blender)];
  }

  #cpuOf(index: number): FrameRecord['cpu'] {
    const threads = this.#read(index, FIELDS.threads);
    return threads === 0 ? undefined : { seconds: this.#read(index, FIELDS.cpuSeconds), threads };
  }

  reviewOf(index: number): Review | undefined {
    return VERDICTS[this.#read(index, FIELDS.review) - 1];
  }

  /** The same records, all of them of frames that were done before this run. */
  allKept(): FrameTable {
    const rows = this.#rows.slice();
    for (let at = FIELDS.kept.start; at < rows.length; at += ROW_BYTES) rows[at] = 1;
    return new FrameTable(rows, this.#names, this.#versions);
  }

  /** False: the row can't hold it exactly as it is. */
  #write(index: number, { tries, kept, record, review }: DoneFrame): boolean {
    const { before, after } = this.#names;
    const number = Number(record.file.slice(before.length, record.file.length - after.length));
    return (
      nameOf(this.#names, number) === record.file &&
      this.#writeHash(index, record.sha256) &&
      this.#writeNumber(index, FIELDS.mtimeMs, record.mtimeMs) &&
      this.#writeNumber(index, FIELDS.at, record.at) &&
      this.#writeNumber(index, FIELDS.bytes, record.bytes) &&
      this.#writeNumber(index, FIELDS.seconds, record.seconds) &&
      this.#writeNumber(index, FIELDS.memoryMb, record.memoryMb) &&
      this.#writeNumber(index, FIELDS.number, number) &&
      this.#writeNumber(index, FIELDS.tries, tries) &&
      this.#writeNumber(index, FIELDS.kept, Number(kept)) &&
      this.#writeNumber(index, FIELDS.blender, this.#versions.indexOf(record.blender)) &&
      this.#writeNumber(index, FIELDS.cpuSeconds, record.cpu?.seconds ?? 0) &&
      this.#writeNumber(index, FIELDS.threads, record.cpu?.threads ?? 0) &&
      this.#writeNumber(index, FIELDS.review, review ? VERDICTS.indexOf(review) + 1 : 0)
    );
  }

  #writeNumber(index: number, { start, bytes, scale }: Field, number: number): boolean {
    // Without the sign of a zero.
    const whole = Math.round(number * scale) + 0;
    if (!(whole >= 0 && whole < 256 ** bytes) || !Object.is(whole / scale, number)) return false;
    const low = whole % 2 ** 32;
    const high = (whole - low) / 2 ** 32;
    const at = index * ROW_BYTES + start;
    // A shift by 32 bits or more begins anew.
    for (let byte = 0; byte < bytes; byte++) {
      this.#rows[at + byte] = (byte < 4 ? low : high) >>> (8 * byte);
    }
    return true;
  }

  #read(index: number, { start, bytes, scale }: Field): number {
    const at = index * ROW_BYTES + start;
    let value = 0;
    for (let byte = bytes - 1; byte >= 0; byte--)
      value = value * 256 + (this.#rows[at + byte] as number);
    return value / scale;
  }

  #writeHash(index: number, hash: string): boolean {
    for (let byte = 0; byte < HASH_BYTES; byte++) {
      const pair = 16 * digit(hash.charCodeAt(2 * byte)) + digit(hash.charCodeAt(2 * byte + 1));
      this.#rows[index * ROW_BYTES + byte] = pair;
    }
    return this.#hash(index) === hash;
  }

  #hash(index: number): string {
    let text = '';
    for (let byte = 0; byte < HASH_BYTES; byte++) {
      text += HEX[this.#rows[index * ROW_BYTES + byte] as number];
    }
    return text;
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Of a hex digit's character code. */
function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

function namesOf(names: readonly string[]): Names {
  const before = commonStart(names).replace(/\d+$/, '');
  const after = commonEnd(names.map((name) => name.slice(before.length))).replace(/^\d+/, '');
  const least = names.reduce((least, { length }) => Math.min(least, length), Number.MAX_VALUE);
  return { before, after, digits: least - before.length - after.length };
}

function nameOf({ before, after, digits }: Names, number: number): string {
  const middle = digits === 0 ? '' : String(number).padStart(digits, '0');
  return `${before}${middle}${after}`;
}

function commonStart(texts: readonly string[]): string {
  return texts.reduce((common, text) => {
    let length = 0;
    while (length < common.length && common[length] === text[length]) length += 1;
    return common.slice(0, length);
  });
}

function commonEnd(texts: readonly string[]): string {
  return texts.reduce((common, text) => {
    let length = 0;
    while (length < common.length && common.at(-1 - length) === text.at(-1 - length)) length += 1;
    return length === 0 ? '' : common.slice(-length);
  });
}
