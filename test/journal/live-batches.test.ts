import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { checkpointDirectory, liveBatches } from '../../electron/engine/index.ts';
import { takeLock } from '../../electron/engine/journal/lock.ts';
import { temporaryFolder } from './temporary.ts';

it('names the batches that somebody renders, and no others', async () => {
  const data = await temporaryFolder();
  expect(await liveBatches(data)).toEqual([]);
  for (const id of ['film', 'old']) await mkdir(checkpointDirectory(data, id), { recursive: true });
  const lock = await takeLock(checkpointDirectory(data, 'film'));
  expect(await liveBatches(data)).toEqual(['film']);
  await lock.release();
  expect(await liveBatches(data)).toEqual([]);
});
