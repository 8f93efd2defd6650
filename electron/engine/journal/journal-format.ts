import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { batchEvent } from '../../../shared/events.ts';
import { jsonAs } from '../lib/atomic-file.ts';

/** How a sealed line ends: the checksum of the JSON as it would be without it. */
const SEAL = Buffer.from(',"crc32":"');
const DIGITS = 8;
/** With the quote and the brace behind the digits. */
const SEAL_BYTES = SEAL.length + DIGITS + 2;
const QUOTE = 0x22;
const BRACE = 0x7d;

/**
 * A line of the journal without its line end: one JSON object, and in it the checksum of the rest, so
 * that a disk that changes a digit can't make another frame done than the one that was recorded.
 */
export function sealed(value: object): string {
  const text = JSON.stringify(value);
  return `${text.slice(0, -1)},"crc32":"${checksum(text)}"}`;
}

/**
 * Whether a line is sealed; version 1 of the journal had no seals. Throws a sentence where a seal is broken.
 * @param bytes hold the line from `start` on and before `end`; are not kept
 */
export function isSealed(bytes: Buffer, start = 0, end = bytes.length): boolean {
  const seal = end - SEAL_BYTES;
  const told = seal < start ? null : toldChecksum(bytes, seal);
  if (told === null) return false;
  // The JSON without its seal: what stands before, and the brace.
  const first = bytes[seal] as number;
  bytes[seal] = BRACE;
  const found = crc32(bytes.subarray(start, seal + 1));
  bytes[seal] = first;
  if (found !== told) throw new Error('It was changed after it was written.');
  return true;
}

/** The JSON of a line that is sealed. */
export function unsealed(line: string): string {
  return `${line.slice(0, -SEAL_BYTES)}}`;
}

/** What a seal says; `null`: there is no seal. */
function toldChecksum(bytes: Buffer, seal: number): number | null {
  for (let at = 0; at < SEAL.length; at++) if (bytes[seal + at] !== SEAL[at]) return null;
  const first = seal + SEAL.length;
  if (bytes[first + DIGITS] !== QUOTE || bytes[first + DIGITS + 1] !== BRACE) return null;
  let told = 0;
  for (let at = first; at < first + DIGITS; at++) {
    const digit = hexDigit(bytes[at] as number);
    if (digit === null) return null;
    told = told * 16 + digit;
  }
  return told;
}

/** Of a character code; `null` for all but `0` to `9` and `a` to `f`. */
function hexDigit(code: number): number | null {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : null;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(DIGITS, '0');
}

/**
 * The newest journal that this program can read. Within one version fields and kinds of events may be
 * added: an older program passes over fields that it doesn't know, and sets aside events that it doesn't
 * know. What it must not pass over makes a new version. 2: every line is sealed.
 */
export const JOURNAL_VERSION = 2;

/** The first line of every journal, and again where a newer version went on with an older one's. */
export const HEADER_LINE = sealed({ nightshift: 'journal', version: JOURNAL_VERSION });

/** The checkpoint was written by a version of Nightshift that knows more than this one. */
export class NewerCheckpoint extends Error {
  override readonly name = 'NewerCheckpoint';
}

const header = z.object({ nightshift: z.literal('journal'), version: z.int().positive() });
/** Lines of version 1 have none. */
const seal = {
  crc32: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .optional(),
};

/** Every line of a journal of this version, for its schema; what reads one looks at header and seal by itself. */
export const journalLine = z.union([
  header.extend({ version: z.int().positive().max(JOURNAL_VERSION), ...seal }),
  ...batchEvent.options.map((event) => event.extend(seal)),
]);

/** Whether the JSON of a line is a header. Throws `NewerCheckpoint` for one that we must not read past. */
export function isHeader(json: string): boolean {
  if (!json.startsWith('{"nightshift"')) return false;
  const found = jsonAs(header, json);
  if (found && found.version > JOURNAL_VERSION) {
    throw new NewerCheckpoint(
      `This checkpoint was written by a newer Nightshift (journal version ${found.version}, ` +
        `this one knows ${JOURNAL_VERSION}). Update Nightshift, or start the batch afresh (nightshift render --fresh).`,
    );
  }
  return found !== null;
}
