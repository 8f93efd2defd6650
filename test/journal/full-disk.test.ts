import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { BatchCheckpoint } from '../../electron/engine/journal/batch-checkpoint.ts';
import { openJournalFile } from '../../electron/engine/journal/journal.ts';
import { added, done, runStarted, started } from './events.ts';
import { FailingFile } from './failing-file.ts';
import { temporaryFolder } from './temporary.ts';

/** A checkpoint that is open on a disk that fills up when told to. */
async function onSmallDisk(): Promise<{ checkpoint: BatchCheckpoint; disk: FailingFile }> {
  let disk: FailingFile | null = null;
  const directory = join(await temporaryFolder(), 'night');
  const checkpoint = new BatchCheckpoint(directory, async (path) => {
    disk = new FailingFile(await openJournalFile(path));
    return disk;
  });
  await checkpoint.open();
  onTestFinished(() => checkpoint.close());
  for (const event of [runStarted(), ...added()]) await checkpoint.append(event);
  if (!disk) throw new Error('The journal was not opened.');
  return { checkpoint, disk };
}

it('writes what was appended while the disk was full in the order of the calls', async () => {
  const { checkpoint, disk } = await onSmallDisk();
  let goOn: (isRoom: boolean) => void = () => {};
  const asked = new Promise<string>((resolve) => {
    checkpoint.onFull = (error) => {
      resolve(error.message);
      return new Promise((answer) => {
        goOn = answer;
      });
    };
  });
  disk.fails = 'write';
  const first = checkpoint.append(started(1));
  expect(await asked).toMatch(/The disk that holds the checkpoint is full/);
  // A little room is there again before anybody has looked: nothing overtakes what waits.
  disk.fails = null;
  const second = checkpoint.append(done(1), { sync: true });
  const third = checkpoint.append(started(2));
  goOn(true);
  await Promise.all([first, second, third]);
  const text = await readFile(join(checkpoint.directory, 'journal.jsonl'), 'utf8');
  const rows = text.trim().split('\n').slice(-3);
  const types = rows.map((row) => JSON.parse(row).type);
  expect(types).toEqual(['frame-started', 'frame-done', 'frame-started']);
});

it('gives up what waited for room when nobody waits any more, and records what comes later', async () => {
  const { checkpoint, disk } = await onSmallDisk();
  checkpoint.onFull = async () => false;
  disk.fails = 'sync';
  await expect(checkpoint.append(done(1), { sync: true })).rejects.toThrow(/is full/);
  disk.fails = null;
  await checkpoint.append(done(2), { sync: true });
  expect([...checkpoint.getCompletedFrames('hero').keys()]).toEqual([2]);
  expect((await checkpoint.load()).jobs.get('hero')?.counts.done).toBe(1);
});
