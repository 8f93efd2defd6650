import { z } from 'zod';
import { sealed } from './journal-line.ts';

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

/** Whether the JSON of a line is a header. Throws `NewerCheckpoint` for one that we must not read past. */
export function isHeader(json: string): boolean {
  if (!json.startsWith('{"nightshift"')) return false;
  const found = header.safeParse(parsed(json));
  if (found.success && found.data.version > JOURNAL_VERSION) {
    throw new NewerCheckpoint(
      `This checkpoint was written by a newer Nightshift (journal version ${found.data.version}, ` +
        `this one knows ${JOURNAL_VERSION}). Update Nightshift, or start the batch afresh (nightshift render --fresh).`,
    );
  }
  return found.success;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
