import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import type { Batch } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder with these files (relative path to content), removed after the test. */
export async function folderOf(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shots-'));
  // Its app may still be writing down what it saw.
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
}

/** The batch of a folder with these files and a `scene.bin` to be used as a .blend. */
export async function batchOf(files: Files): Promise<Batch> {
  return createBatchFromDirectory(await folderOf({ 'scene.bin': 'BLENDER', ...files }));
}

/** The batch of a single shot file; the rest of the text goes below `blend: scene.bin`. */
export async function shotOf(text: string, more: Files = {}): Promise<Batch> {
  return batchOf({ 'shot.yaml': `blend: scene.bin\n${text}`, ...more });
}

export function jobNamed(batch: Batch, name: string): BatchJob {
  const job = batch.jobs.find((one) => one.name === name);
  if (!job) throw new Error(`No job ${name} among ${batch.jobs.map((one) => one.name).join(', ')}`);
  return job;
}

/** Problems as a person reads them: `error shot.yaml:2:10 message`. */
export function told(batch: Batch): readonly string[] {
  return batch.problems.map(
    ({ severity, file, line, column, message }) =>
      `${severity} ${file}${line === null ? '' : `:${line}:${column}`} ${message}`,
  );
}
