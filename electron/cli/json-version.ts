import { NIGHTSHIFT_VERSION } from '../engine/version.ts';

/**
 * The version of what `--json` writes. Within one, kinds of lines, fields and words such as causes may be added: a reader passes
 * over those that it doesn't know. What a reader must not pass over, and what goes away or means something else, makes a new version.
 */
export const JSON_VERSION = 1;

/** What a reader has to know first. Apart from the schemas of the lines, which who writes them does not need. */
export function firstLine() {
  return { type: 'nightshift', json: JSON_VERSION, nightshift: NIGHTSHIFT_VERSION } as const;
}
