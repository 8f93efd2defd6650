import { realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** Two folders below the root of the project: from the source as from the build. */
const OWN_SAMPLES = join(import.meta.dirname, '../../assets/sample-shots');

/**
 * Whether scripts of this folder may run: it was said so, or it is the sample shots that came with
 * this very Nightshift, which are as trustworthy as its own code.
 */
export async function isTrusted(folder: string, said: boolean | undefined): Promise<boolean> {
  if (said === true) return true;
  const [given, own] = await Promise.all([folder, OWN_SAMPLES].map(real));
  return given !== null && given === own;
}

function real(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}
