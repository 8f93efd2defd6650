import { homedir } from 'node:os';
import type { Batch } from '../../shared/batch.ts';
import type { HostConfig } from '../../shared/hosts.ts';
import { checkpointDirectory, dataDirectory, detach, NotQueued } from '../engine/index.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import type { Output } from './output.ts';
import { type RenderOptions, renderArguments } from './render-options.ts';

/** Puts a batch into the queue of the cluster and says how to follow it; resolves with the exit code. */
export async function detachRender(
  batch: Batch,
  options: RenderOptions,
  host: HostConfig,
  output: Output,
): Promise<number> {
  const data = options.data ?? dataDirectory();
  const [script] = process.argv.slice(1);
  if (script === undefined) throw new UsageError('Nightshift does not know where it is itself.');
  // What an installed Nightshift is started by is a script of the shell, see `electron/start.ts`.
  const command = {
    program: process.versions.electron === undefined ? process.execPath : '/bin/sh',
    script,
    args: ['render', ...renderArguments(batch, { ...options, data })],
    // A job that the cluster starts once more goes on with what is left.
    firstArgs: [...(options.fresh ? ['--fresh'] : []), ...(options.again ? ['--again'] : [])],
  };
  const directory = checkpointDirectory(data, batch.id);
  const { job, log } = await detach(batch, directory, command, host).catch((error: Error) => {
    if (error instanceof NotQueued) throw new UsageError(error.message);
    throw error;
  });
  const where = options.data ? ` --data ${shown(options.data)}` : '';
  output.line(`Job ${job} renders this batch as soon as the cluster has a place for it.`);
  output.line(`Its log: ${log}`);
  output.line(`Follow it: nightshift follow ${batch.id}${where}`);
  output.line(`Cancel it: nightshift follow ${batch.id}${where} --cancel`);
  if (!options.data && data.startsWith(homedir())) {
    output.line(
      `The nodes have to see ${data}; if they don't, give a folder that they see as --data.`,
    );
  }
  return EXIT.done;
}

function shown(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
