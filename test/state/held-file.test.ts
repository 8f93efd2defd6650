import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isTooLong, pathTooLong } from '../../electron/engine/failures.ts';
import { heldDelayMs, heldFile } from '../../electron/engine/lib/held-file.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'nightshift-held-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const refused = (code: string, path: string, dest?: string) =>
  Object.assign(new Error(code), { code, path, ...(dest !== undefined && { dest }) });

test('what Windows says of a file in use is told from what it says of rights', async () => {
  const here = await folder();
  const frame = join(here, 'a_0001.png');
  await writeFile(frame, '');
  const staged = join(here, '1.part');
  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    expect(await heldFile(refused(code, staged, frame), 'win32'), code).toBe(frame);
    expect(await heldFile(refused(code, staged, frame), 'linux'), code).toBeNull();
  }
  // Nothing stands in the frame's place: it is the new file that a scanner has.
  const absent = join(here, 'a_0002.png');
  expect(await heldFile(refused('EPERM', staged, absent), 'win32')).toBe(staged);
  // No file can be made there either, so it is the folder.
  expect(await heldFile(refused('EPERM', join(here, 'no', 'b.png')), 'win32')).toBeNull();
  expect(await heldFile(refused('ENOSPC', frame), 'win32')).toBeNull();
  await chmod(frame, 0o444);
  expect(await heldFile(refused('EPERM', staged, frame), 'win32')).toBeNull();
});

test('a file in use is tried for ten minutes, at longer and longer distances', () => {
  const delays = Array.from({ length: 20 }, (_, index) => heldDelayMs(index + 1)).filter(
    (ms) => ms !== null,
  );
  expect(delays.slice(0, 6)).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000]);
  const minutes = delays.reduce((sum, ms) => sum + ms, 0) / 60_000;
  expect(minutes).toBeGreaterThan(9);
  expect(minutes).toBeLessThan(12);
});

test('a path that only Blender finds too long is told with its length', () => {
  const file = `C:\\${'a'.repeat(257)}`;
  expect([isTooLong(file, 'win32'), isTooLong(file, 'linux')]).toEqual([true, false]);
  expect(isTooLong(file.slice(1), 'win32')).toBe(false);
  expect(pathTooLong(file).message).toContain('has 260 letters, and Blender takes 259 on Windows');
});
