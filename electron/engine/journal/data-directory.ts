import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/**
 * Where Nightshift keeps what it knows, absolute: `NIGHTSHIFT_DATA`, or the app data folder of this
 * user. The app and the command line share it.
 */
export function dataDirectory(): string {
  const chosen = process.env.NIGHTSHIFT_DATA;
  return chosen ? resolve(chosen) : envPaths('Nightshift', { suffix: '' }).data;
}

/** Where Nightshift keeps what it can make anew, absolute. */
export function cacheDirectory(): string {
  return envPaths('Nightshift', { suffix: '' }).cache;
}

/** The folder that holds the checkpoints, one folder a batch. */
export function batchesDirectory(data: string): string {
  return join(data, 'batches');
}

/** The folder of one batch's checkpoint. */
export function checkpointDirectory(data: string, batchId: string): string {
  return join(batchesDirectory(data), batchId);
}
