import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Batch, SlurmWishes } from '../../shared/batch.ts';
import { batchJobName, submitBatchJob } from '../hosts/slurm/batch-job.ts';
import { cancelWaiting, readCluster, readQueue } from '../hosts/slurm/commands.ts';
import { BatchCheckpoint } from './journal/batch-checkpoint.ts';
import { BatchInUse, isHeld } from './journal/lock.ts';
import { writeAtomically } from './lib/atomic-file.ts';

// A batch whose Nightshift itself runs on a cluster, for a computer that is closed at night.

const recordSchema = z.object({
  /** Finds out whether a node sees this file. */
  token: z.string(),
  /** Slurm's number; `null`: it is just being asked for. */
  job: z.string().nullable(),
  folder: z.string(),
  outputRoot: z.string(),
  log: z.string(),
  /** When the run began that was the newest one before; `null`: there was none. */
  runBefore: z.number().nullable(),
});
/** What was asked of the cluster, in the folder of the checkpoint. */
export type Detached = Readonly<z.infer<typeof recordSchema>>;

/** It can't be put into the queue; a sentence. */
export class NotDetached extends Error {}

/** A command line of Nightshift that renders a batch. */
export interface DetachedCommand {
  readonly program: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Said the first time only, not where Slurm starts it again. */
  readonly firstArgs: readonly string[];
}

/**
 * Puts a batch into the queue of the cluster, to be rendered by a Nightshift that runs there. Throws `BatchInUse` where
 * it is rendered already, and `NotDetached`.
 * @param directory the folder of its checkpoint
 */
export async function detach(
  { id, folder, outputRoot }: Pick<Batch, 'id' | 'folder' | 'outputRoot'>,
  directory: string,
  command: DetachedCommand,
  { partition, options }: SlurmWishes,
): Promise<Detached & { readonly job: string }> {
  const held = await isHeld(directory);
  if (held.held) throw new BatchInUse(held.holder);
  const name = batchJobName(id);
  const before = await jobsNamed(name);
  if (before[0] !== undefined) throw new NotDetached(alreadyText(before[0]));
  const { run } = await new BatchCheckpoint(directory).load();
  const log = join(directory, 'detached.log');
  const runBefore = run?.startedAt ?? null;
  const record = { token: randomUUID(), job: null, folder, outputRoot, log, runBefore };
  await mkdir(directory, { recursive: true });
  await rm(log, { force: true });
  await write(directory, record);
  const submitted = await submitBatchJob({
    ...command,
    ...{ name, log, partition, options, seen: folder },
    mark: { folder: directory, file: fileIn(directory), token: record.token },
    timeLimit: await timeLimitOf(partition),
  });
  if ('refused' in submitted) {
    await rm(fileIn(directory), { force: true });
    throw new NotDetached(`Slurm does not take the job: ${submitted.refused}.`);
  }
  // Somebody else may have asked in the same moment: the later one gives way.
  const job = submitted.id;
  const earlier = (await jobsNamed(name)).find((other) => Number(other) < Number(job));
  if (earlier !== undefined) {
    await cancelWaiting(job);
    throw new NotDetached(alreadyText(earlier));
  }
  const done = { ...record, job };
  await write(directory, done);
  return done;
}

/** What was asked of a cluster for a batch; `null`: nothing. */
export async function readDetached(directory: string): Promise<Detached | null> {
  try {
    const value: unknown = JSON.parse(await readFile(fileIn(directory), 'utf8'));
    const parsed = recordSchema.safeParse(value);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function write(directory: string, record: Detached): Promise<void> {
  return writeAtomically(fileIn(directory), `${JSON.stringify(record)}\n`);
}

function fileIn(directory: string): string {
  return join(directory, 'detached.json');
}

/** Numbers of our jobs of a name, those that run among them. */
async function jobsNamed(name: string): Promise<readonly string[]> {
  const queue = await readQueue();
  if (queue === null) throw new NotDetached('The controller of the cluster does not answer.');
  return queue.filter((job) => job.name === name).map(({ id }) => id);
}

function alreadyText(job: string): string {
  return `This batch is in the queue already, as job ${job}. Follow it, or cancel it, with nightshift follow.`;
}

/** The night is longer than what a partition may give by default. */
async function timeLimitOf(partition: string | null): Promise<string | null> {
  const partitions = (await readCluster())?.partitions ?? [];
  const found = partitions.find((each) =>
    partition === null ? each.isDefault : each.name === partition,
  );
  return found ? found.timeLimit.replace(/^infinite$/, 'UNLIMITED') : null;
}
