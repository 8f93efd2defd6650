import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Batch } from '../../shared/batch.ts';
import type { HostConfig } from '../../shared/hosts.ts';
import { alreadyQueuedText, CLUSTERS, hostOf, type JobQueue, NotQueued } from '../hosts/index.ts';
import { BatchCheckpoint } from './journal/batch-checkpoint.ts';
import { BatchInUse, isHeld } from './journal/lock.ts';
import { writeAtomically } from './lib/atomic-file.ts';

// A batch whose Nightshift itself runs on a cluster, for a computer that is closed at night.

const recordSchema = z.object({
  /** Finds out whether a node sees this file. */
  token: z.string(),
  /** The id of the cluster; not there: of a version that knew only one. */
  host: z.string().optional(),
  /** The cluster's number; `null`: it is being asked for now. */
  job: z.string().nullable(),
  folder: z.string(),
  outputRoot: z.string(),
  log: z.string(),
  /** When the run began that was the newest one before; `null`: there was none. */
  runBefore: z.number().nullable(),
});
/** What was asked of the cluster, in the folder of the checkpoint. */
export type Detached = Readonly<z.infer<typeof recordSchema>>;

/** A command line of Nightshift that renders a batch. */
export interface DetachedCommand {
  readonly program: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Said the first time only, not where the cluster starts it again. */
  readonly firstArgs: readonly string[];
}

/**
 * Puts a batch into the queue of the cluster, to be rendered by a Nightshift that runs there. Throws `BatchInUse` where
 * it is rendered already, and `NotQueued`.
 * @param directory the folder of its checkpoint
 */
export async function detach(
  { id, folder, outputRoot }: Pick<Batch, 'id' | 'folder' | 'outputRoot'>,
  directory: string,
  command: DetachedCommand,
  config: HostConfig,
): Promise<Detached & { readonly job: string }> {
  const held = await isHeld(directory);
  if (held.held) throw new BatchInUse(held.holder);
  const { id: host, cluster } = hostOf(config);
  if (!cluster) throw new NotQueued('Blender runs on this computer only.');
  const before = await cluster.jobs.find(id);
  if (before !== null) throw new NotQueued(alreadyQueuedText(before));
  const { run } = await new BatchCheckpoint(directory).load();
  const log = join(directory, 'detached.log');
  const runBefore = run?.startedAt ?? null;
  const record = { token: randomUUID(), host, job: null, folder, outputRoot, log, runBefore };
  await mkdir(directory, { recursive: true });
  await rm(log, { force: true });
  await write(directory, record);
  const mark = { folder: directory, file: fileIn(directory), token: record.token };
  const order = { ...command, batchId: id, log, seen: folder, mark };
  const job = await cluster.jobs.submit(order, config).catch(async (error: unknown) => {
    await rm(fileIn(directory), { force: true });
    throw error;
  });
  const done = { ...record, job };
  await write(directory, done);
  return done;
}

/** The queue of the cluster that a batch waits in; `null`: no such cluster is known. */
export function queueOf({ host }: Detached): JobQueue | null {
  const found = CLUSTERS.find(({ id }) => host === undefined || id === host);
  return found?.cluster.jobs ?? null;
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
