import { mkdir, type open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test, vi } from 'vitest';
import {
  type Expected,
  proveFlushed,
  proveImage,
} from '../../electron/engine/proof/prove-image.ts';
import { temporaryFolder } from '../journal/temporary.ts';

const opened: string[] = [];
const flushed: string[] = [];

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<{ open: typeof open }>();
  return {
    ...real,
    open: async (...order: Parameters<typeof open>) => {
      const handle = await real.open(...order);
      const file = String(order[0]);
      opened.push(file);
      const sync = handle.sync.bind(handle);
      handle.sync = () => sync().then(() => void flushed.push(file));
      return handle;
    },
  };
});

const PNG: Expected = { format: 'PNG', width: 16, height: 9 };

test('a frame is flushed, proved and its checksum taken in one opening, and nothing less comes of it', async () => {
  const file = join(await temporaryFolder(), '1.part');
  const input = { create: { width: 16, height: 9, channels: 3, background: '#642' } } as const;
  const picture = await sharp(input).png().toBuffer();
  await writeFile(file, picture);
  const before = await proveImage(file, PNG);
  expect(before).toMatchObject({ whole: true, bytes: picture.length });
  opened.length = 0;
  expect(await proveFlushed(file, PNG)).toEqual(before);
  expect(opened).toEqual([file]);
  expect(flushed).toEqual([file]);
  await writeFile(file, picture.subarray(0, -1));
  expect(await proveFlushed(file, PNG)).toEqual({ whole: false, reason: 'is cut short' });
  await writeFile(file, '');
  expect(await proveFlushed(file, PNG)).toEqual({ whole: false, reason: 'is empty' });
});

test('what can not be opened or flushed is no fault of the picture, and thrown', async () => {
  const folder = await temporaryFolder();
  await expect(proveFlushed(join(folder, 'nothing.part'), PNG)).rejects.toThrow(/ENOENT/);
  await mkdir(join(folder, 'folder.part'));
  await expect(proveFlushed(join(folder, 'folder.part'), PNG)).rejects.toThrow(/EISDIR/);
});
