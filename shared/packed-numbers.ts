/**
 * A column of numbers in shared bytes: whole numbers from `base` up, in as few bytes as the largest needs.
 * Read with `numberAt`.
 */
export interface NumberColumn {
  /** Where its bytes begin. */
  readonly start: number;
  /** Bytes of one number; 0: all are `base`. `RAW`: as they are in memory. */
  readonly width: number;
  readonly base: number;
  /** What a number was multiplied with to be a whole one. */
  readonly scale: number;
}

/** How a column will be written. */
export interface NumberPlan {
  readonly numbers: readonly number[];
  readonly column: NumberColumn;
}

/** A number that is whole at no scale is kept as its 8 bytes. */
const RAW = 8;
/** Whole numbers; times of files, which have 12 bits behind the point; rendering times. */
const SCALES = [1, 4096, 10_000] as const;

const raw = new Float64Array(1);
const rawBytes = new Uint8Array(raw.buffer);

/** Chooses how numbers are written, from `start` on. Every number is read again exactly as it was. */
export function planNumbers(numbers: readonly number[], start: number): NumberPlan {
  const first = numbers[0] ?? 0;
  if (numbers.every((each) => Object.is(each, first))) {
    return { numbers, column: { start, width: 0, base: first, scale: 1 } };
  }
  const scale = SCALES.find((each) => numbers.every((number) => isWhole(number, each)));
  if (scale === undefined) return { numbers, column: { start, width: RAW, base: 0, scale: 1 } };
  const whole = numbers.map((number) => Math.round(number * scale));
  const base = whole.reduce((least, each) => Math.min(least, each));
  const range = whole.reduce((most, each) => Math.max(most, each)) - base;
  let width = 1;
  while (256 ** width <= range) width += 1;
  return { numbers, column: { start, width, base, scale } };
}

export function writeNumbers(bytes: Uint8Array, { numbers, column }: NumberPlan): void {
  const { start, width, base, scale } = column;
  for (const [index, number] of numbers.entries()) {
    const at = start + index * width;
    if (width === RAW) {
      raw[0] = number;
      bytes.set(rawBytes, at);
      continue;
    }
    let left = width === 0 ? 0 : Math.round(number * scale) - base;
    for (let byte = 0; byte < width; byte++) {
      bytes[at + byte] = left % 256;
      left = Math.floor(left / 256);
    }
  }
}

export function numberAt(bytes: Uint8Array, column: NumberColumn, index: number): number {
  const { start, width, base, scale } = column;
  if (width === 0) return base;
  const at = start + index * width;
  if (width === RAW) {
    for (let byte = 0; byte < RAW; byte++) rawBytes[byte] = bytes[at + byte] as number;
    return raw[0] as number;
  }
  let value = 0;
  for (let byte = width - 1; byte >= 0; byte--) value = value * 256 + (bytes[at + byte] as number);
  return (base + value) / scale;
}

function isWhole(number: number, scale: number): boolean {
  const whole = Math.round(number * scale);
  return Number.isSafeInteger(whole) && Object.is((whole + 0) / scale, number);
}
