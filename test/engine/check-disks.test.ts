import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { checkBatch, createBatchFromDirectory } from '../../electron/engine/index.ts';
import { makeEngine, STAND_IN } from './rig.ts';

/** Bytes that each disk has free: room for the frames of one shot of two frames, and not for two. */
const FREE = 2 * 8 * 8 * 6 * 1.5;
vi.mock('../../electron/engine/lib/disk-room.ts', async (original) => ({
  ...(await original<object>()),
  freeBytes: async () => FREE,
}));

const SHARED_MEMORY = '/dev/shm';
const twoDisks = await Promise.all([tmpdir(), SHARED_MEMORY].map((folder) => stat(folder))).then(
  ([one, other]) => one?.dev !== other?.dev,
  () => false,
);

test.runIf(twoDisks)('what shots need of a disk is held against that disk only', async () => {
  const warned = await warnings(join(SHARED_MEMORY, 'nightshift-check'));
  expect(warned).toEqual([]);
});

test('two shots that fit a disk one by one, and not together, are told', async () => {
  const warned = await warnings('../elsewhere');
  expect(warned).toEqual([expect.stringContaining('may need')]);
});

async function warnings(outputOfTheSecond: string): Promise<readonly string[]> {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  await rig.shot('lamp', `frames: 1-2\noutput: { path: ${outputOfTheSecond} }`);
  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  const config = { blenderPath: STAND_IN, trusted: true };
  const problems = await checkBatch(batch, { config });
  return problems.map(({ message }) => message).filter((message) => message.includes('may need'));
}
