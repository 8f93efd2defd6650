import { crc32 } from 'node:zlib';

/** How a sealed line ends: the checksum of the JSON as it would be without it. */
const SEAL = /,"crc32":"([0-9a-f]{8})"\}$/;

/**
 * A line of the journal without its line end: one JSON object, and in it the checksum of the rest, so
 * that a disk that changes a digit can't make another frame done than the one that was recorded.
 */
export function sealed(value: object): string {
  const text = JSON.stringify(value);
  return `${text.slice(0, -1)},"crc32":"${checksum(text)}"}`;
}

/** The JSON of a line. Version 1 of the journal had no seals. Throws a sentence where a seal is broken. */
export function unsealed(line: string): { readonly json: string; readonly isSealed: boolean } {
  const seal = SEAL.exec(line);
  if (!seal) return { json: line, isSealed: false };
  const json = `${line.slice(0, seal.index)}}`;
  if (checksum(json) !== seal[1]) throw new Error('It was changed after it was written.');
  return { json, isSealed: true };
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
