import { stat } from 'node:fs/promises';
import type { BatchJob, FramePlan, InputFile } from '../../../shared/job.ts';
import { FileLooks } from '../folder/file-cache.ts';
import { fingerprint } from '../folder/fingerprint.ts';

/** So often a shot starts over within one run because its files were changed. */
export const MOST_STARTS_OVER = 3;
/** Larger files are told apart by size and time alone: nobody waits for gigabytes to be read. */
const LARGEST_HASHED = 64 * 1024 * 1024;
/** Of all files of a shot together: Blender waits while they are read, and so does a cancel. */
const MOST_HASHED = 4 * LARGEST_HASHED;
/** More files than these are not looked at. */
const MOST_INPUTS = 2000;
/** Files that are looked at side by side: a network drive takes its time for each. */
const AT_ONCE = 16;

/**
 * The fingerprint of a job's settings, .blend and script as they lie on disk now; `null` where they
 * can't be read. Cheap while nothing has changed.
 * @param files what is known already, where many shots are looked at together
 */
export async function sourceNow(job: BatchJob, files = new FileLooks()): Promise<string | null> {
  const hashOf = (file: string) => files.contentHash(file);
  return job.shotConfig && fingerprint(job.shotConfig, hashOf).catch(() => null);
}

/**
 * What is known of the libraries, textures and other files that an open scene uses. What was written
 * after `since` (ms since 1970) was made by opening it, such as by the shot's own script: left out.
 */
export async function inputsOf(
  files: readonly string[],
  since: number,
): Promise<readonly InputFile[]> {
  const inputs: InputFile[] = [];
  let left = MOST_HASHED;
  for (const file of [...new Set(files)].sort().slice(0, MOST_INPUTS)) {
    const found = await stat(file).catch(() => null);
    if (!found) inputs.push({ file, bytes: null, mtimeMs: 0, sha256: null });
    else if (found.isFile() && found.mtimeMs < since) {
      const { size: bytes, mtimeMs } = found;
      const sha256 = bytes > left ? null : await hashOf(file, bytes);
      if (sha256 !== null) left -= bytes;
      inputs.push({ file, bytes, mtimeMs, sha256 });
    }
  }
  return inputs;
}

/** True if a file that the frames were rendered with is another one now, is gone, or has come. */
export async function inputsChanged(
  plan: FramePlan | null,
  files = new FileLooks(),
): Promise<boolean> {
  const inputs = plan?.inputs ?? [];
  const changed = (input: InputFile) => hasChanged(input, files);
  for (let start = 0; start < inputs.length; start += AT_ONCE) {
    const some = await Promise.all(inputs.slice(start, start + AT_ONCE).map(changed));
    if (some.includes(true)) return true;
  }
  return false;
}

async function hasChanged(
  { file, bytes, mtimeMs, sha256 }: InputFile,
  files: FileLooks,
): Promise<boolean> {
  const found = await files.stat(file).catch(() => null);
  if (!found?.isFile() || bytes === null) return found !== null || bytes !== null;
  if (found.size !== bytes) return true;
  if (found.mtimeMs === mtimeMs) return false;
  return sha256 === null || (await hashOf(file, bytes, files)) !== sha256;
}

async function hashOf(
  file: string,
  bytes: number,
  files = new FileLooks(),
): Promise<string | null> {
  if (bytes > LARGEST_HASHED) return null;
  const hash = await files.contentHash(file).catch(() => null);
  return hash?.slice(0, 32) ?? null;
}
