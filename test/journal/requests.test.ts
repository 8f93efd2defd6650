import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { takeLock } from '../../electron/engine/journal/lock.ts';
import { askToCancel, watchRequests } from '../../electron/engine/journal/requests.ts';
import { temporaryFolder } from './temporary.ts';

test('hears every request to cancel, also of several in the same moment', async () => {
  const directory = await temporaryFolder();
  const lock = await takeLock(directory);
  const heard: unknown[] = [];
  const unwatch = watchRequests(directory, lock.token, (what) => heard.push(what));
  const shots = ['a', 'b', 'c', 'd', 'e'].map((id) => [id]);
  const asked = await Promise.all(shots.map((ids) => askToCancel(directory, ids)));
  expect(asked).toEqual(shots.map(() => true));
  await vi.waitFor(() => expect(heard.toSorted()).toEqual(shots), 5000);
  await unwatch();
  await lock.release();
});

test('obeys no request that was meant for an earlier run', async () => {
  const directory = await temporaryFolder();
  const lock = await takeLock(directory);
  const old = { id: '1', to: 'another', cancel: 'all' };
  await writeFile(join(directory, 'requests.json'), JSON.stringify([old]));
  const heard: unknown[] = [];
  const unwatch = watchRequests(directory, lock.token, (what) => heard.push(what));
  await askToCancel(directory, ['a']);
  await vi.waitFor(() => expect(heard).toEqual([['a']]), 5000);
  await unwatch();
  await lock.release();
});
