import { type NumberColumn, type NumberPlan, numberAt, planNumbers } from './packed-numbers.ts';

/** File names that differ only in a number, as those of a shot do, or else the names themselves. */
export type NameColumn =
  | {
      readonly before: string;
      readonly after: string;
      readonly digits: number;
      readonly numbers: NumberColumn;
    }
  | readonly string[];

/** Hashes of 32 hex digits, 16 bytes each from a place on; or else the texts themselves. */
export type HashColumn = { readonly start: number } | readonly string[];

export const HASH_BYTES = 16;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export interface NamePlan {
  readonly column: NameColumn;
  readonly numbers: NumberPlan | null;
}

/** Chooses how names are written; a number column, where it is one, begins at `start`. */
export function planNames(names: readonly string[], start: number): NamePlan {
  const before = commonStart(names).replace(/\d+$/, '');
  const after = commonEnd(names.map((name) => name.slice(before.length))).replace(/^\d+/, '');
  const middles = names.map((name) => name.slice(before.length, name.length - after.length));
  const digits = Math.min(...middles.map((middle) => middle.length));
  const plan = planNumbers(middles.map(Number), start);
  const column = { before, after, digits, numbers: plan.column };
  const same = names.every((name, index) => nameOf(column, Number(middles[index])) === name);
  return same ? { column, numbers: plan } : { column: names, numbers: null };
}

export function nameAt(bytes: Uint8Array, column: NameColumn, index: number): string {
  if (!('numbers' in column)) return column[index] as string;
  return nameOf(column, numberAt(bytes, column.numbers, index));
}

export function planHashes(hashes: readonly string[], start: number): HashColumn {
  return hashes.every((hash) => /^[0-9a-f]{32}$/.test(hash)) ? { start } : hashes;
}

export function writeHashes(
  bytes: Uint8Array,
  column: HashColumn,
  hashes: readonly string[],
): void {
  if (!('start' in column)) return;
  for (const [index, hash] of hashes.entries()) {
    const at = column.start + index * HASH_BYTES;
    for (let byte = 0; byte < HASH_BYTES; byte++) {
      bytes[at + byte] =
        digit(hash.charCodeAt(2 * byte)) * 16 + digit(hash.charCodeAt(2 * byte + 1));
    }
  }
}

export function hashAt(bytes: Uint8Array, column: HashColumn, index: number): string {
  if (!('start' in column)) return column[index] as string;
  const at = column.start + index * HASH_BYTES;
  let text = '';
  for (let byte = 0; byte < HASH_BYTES; byte++) text += HEX[bytes[at + byte] as number];
  return text;
}

/** Of a hex digit's character code. */
function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

function nameOf(
  { before, after, digits }: { before: string; after: string; digits: number },
  number: number,
): string {
  return `${before}${String(number).padStart(digits, '0')}${after}`;
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
