import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BlenderInstalls } from '../../../shared/blender-install.ts';
import type { Machine } from '../../blender/blender-places.ts';
import {
  type AskOptions,
  askBlenders,
  blenderFiles,
  KNOWN_ANSWERS,
  type KnownAnswers,
} from '../../blender/find-blender.ts';
import type { Host } from '../../blender/host.ts';
import { dataDirectory } from '../journal/data-directory.ts';
import { readJson, writeAtomically } from '../lib/atomic-file.ts';

/** The artist's own list of places, in the app data directory: executables, folders, apps. */
export const BLENDER_PLACES_FILE = 'blender-places.json';
export const BLENDER_PLACES = z.array(z.string().min(1).max(4096)).max(100).readonly();

/** One look over a machine. */
export interface BlenderSearch {
  /** Paths of what may be Blenders, each file once; nobody has asked them yet. */
  readonly candidates: readonly string[];
  /** Asks them, or takes what they answered before. */
  readonly ask: (options?: Omit<AskOptions, 'known' | 'host'>) => Promise<BlenderInstalls>;
}

/**
 * Looks where the Blenders of this machine may be, and in the places that the artist added; starts none.
 * @param host where they are then started to be asked; not there: on this machine. What they answer elsewhere, or behind
 *   a command of the artist's, says nothing of this machine, and is not kept.
 */
export async function searchBlenders(
  data = dataDirectory(),
  { machine, host }: { readonly machine?: Machine; readonly host?: Host | undefined } = {},
): Promise<BlenderSearch> {
  const added = (await readJson(join(data, BLENDER_PLACES_FILE), BLENDER_PLACES)) ?? [];
  const files = await blenderFiles({ added, ...(machine && { machine }) });
  const memory = join(data, 'blenders.json');
  return {
    candidates: files.map(({ path }) => path),
    ask: async (options = {}) => {
      if (host) return { ...(await askBlenders(files, { ...options, host })), added };
      const known = await readMemory(memory);
      const { found, silent, answers } = await askBlenders(files, { ...options, known });
      if (isOther(answers, known)) await writeMemory(memory, data, answers);
      return { found, silent, added };
    },
  };
}

/**
 * Every Blender of this machine, and of the places that the artist added. What each of them answered is kept in the app
 * data directory, so that a start does not ask all of them again.
 * @param again asks those anew that did not answer the last time
 */
export async function blenderInstalls(
  data = dataDirectory(),
  { again = false } = {},
): Promise<BlenderInstalls> {
  return await (await searchBlenders(data)).ask({ again });
}

// ---- What they answered before

const MEMORY = z.object({ asked: KNOWN_ANSWERS });

async function readMemory(file: string): Promise<KnownAnswers> {
  return new Map(Object.entries((await readJson(file, MEMORY))?.asked ?? {}));
}

function isOther(answers: KnownAnswers, known: KnownAnswers): boolean {
  return (
    answers.size !== known.size || [...answers].some(([file, answer]) => known.get(file) !== answer)
  );
}

/** Where it can't be written, they are asked again the next time. */
async function writeMemory(file: string, data: string, answers: KnownAnswers): Promise<void> {
  const asked = Object.fromEntries([...answers].sort(([a], [b]) => (a < b ? -1 : 1)));
  await mkdir(data, { recursive: true })
    .then(() => writeAtomically(file, `${JSON.stringify({ asked }, null, 2)}\n`))
    .catch(() => {});
}
