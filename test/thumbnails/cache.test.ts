import { mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ThumbnailCache } from '../../electron/app/thumbnails/cache.ts';
import { temporaryFolder } from '../journal/temporary.ts';

const BLOCK = 4096;

function picture(): Promise<Buffer> {
  const create = { width: 16, height: 9, channels: 3, background: '#806040' } as const;
  return sharp({ create }).webp().toBuffer();
}

const key = (name: string, batchId = 'film') => `${batchId}/${name}`;

async function names(folder: string): Promise<readonly string[]> {
  const all = await readdir(folder, { recursive: true });
  return all.filter((name) => name.includes('.')).sort();
}

describe('thumbnails on disk', () => {
  it('are there again after a new start', async () => {
    const folder = await temporaryFolder();
    const data = await picture();
    await new ThumbnailCache(folder, 10 * BLOCK).put(key('a'), data);
    const again = new ThumbnailCache(folder, 10 * BLOCK);
    expect(await again.get(key('a'))).toEqual(data);
    expect(await again.get(key('b'))).toBeNull();
    expect(again.bytes).toBe(BLOCK);
  });

  it('never take more than their limit: what was not looked at for longest goes', async () => {
    const folder = await temporaryFolder();
    const cache = new ThumbnailCache(folder, 3 * BLOCK);
    const data = await picture();
    for (const name of ['a', 'b', 'c']) await cache.put(key(name), data);
    await cache.get(key('a'));
    await cache.put(key('d'), data);
    expect(await names(folder)).toEqual(['film/a.webp', 'film/c.webp', 'film/d.webp']);
    expect(cache.bytes).toBe(3 * BLOCK);
  });

  it('count right when one has to make room while it is being read', async () => {
    const folder = await temporaryFolder();
    const cache = new ThumbnailCache(folder, BLOCK);
    const data = await picture();
    await cache.put(key('0'), data);
    for (let turn = 1; turn <= 20; turn += 1) {
      await Promise.all([cache.get(key(`${turn - 1}`)), cache.put(key(`${turn}`), data)]);
      expect(await names(folder)).toEqual([`film/${turn}.webp`]);
      expect(cache.bytes).toBe(BLOCK);
    }
  });

  it('are brought under a smaller limit at the next start, the oldest first', async () => {
    const folder = await temporaryFolder();
    const large = new ThumbnailCache(folder, 10 * BLOCK);
    for (const name of ['new', 'old']) await large.put(key(name), await picture());
    await utimes(join(folder, 'film', 'old.webp'), 1000, 1000);
    const small = new ThumbnailCache(folder, BLOCK);
    expect(await small.get(key('old'))).toBeNull();
    expect(await names(folder)).toEqual(['film/new.webp']);
  });

  it('are counted, not looked for: what others put there later is not found', async () => {
    const folder = await temporaryFolder();
    const cache = new ThumbnailCache(folder, 10 * BLOCK);
    await cache.put(key('a'), await picture());
    await writeFile(join(folder, 'film', 'b.webp'), await picture());
    expect(await cache.get(key('b'))).toBeNull();
    expect(cache.bytes).toBe(BLOCK);
  });

  it('that a power cut has left cut or full of zeros are removed, to be made anew', async () => {
    const folder = await temporaryFolder();
    const cache = new ThumbnailCache(folder, 10 * BLOCK);
    const data = await picture();
    for (const name of ['cut', 'zeros']) await cache.put(key(name), data);
    await truncate(join(folder, 'film', 'cut.webp'), 20);
    await writeFile(join(folder, 'film', 'zeros.webp'), Buffer.alloc(data.length));
    for (const name of ['cut', 'zeros']) expect(await cache.get(key(name))).toBeNull();
    expect(await names(folder)).toEqual([]);
    expect(cache.bytes).toBe(0);
    await cache.put(key('cut'), data);
    expect(await cache.get(key('cut'))).toEqual(data);
  });

  it('that were being written when it died are cleared away', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'film'), { recursive: true });
    await writeFile(join(folder, 'film', 'a.webp.1.part'), 'half');
    expect(await new ThumbnailCache(folder, BLOCK).get(key('a'))).toBeNull();
    expect(await names(folder)).toEqual([]);
  });

  it('of one batch are cleared with it, those of the others stay', async () => {
    const folder = await temporaryFolder();
    const cache = new ThumbnailCache(folder, 10 * BLOCK);
    const data = await picture();
    for (const batch of ['film', 'film-2']) await cache.put(key('a', batch), data);
    await cache.clear('film');
    expect(await cache.get(key('a', 'film'))).toBeNull();
    expect(await cache.get(key('a', 'film-2'))).toEqual(data);
    expect(cache.bytes).toBe(BLOCK);
    await expect(stat(join(folder, 'film'))).rejects.toThrow();
  });

  it('are not kept where nothing can be written, and that is all', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'in-the-way');
    await writeFile(file, '');
    const cache = new ThumbnailCache(file, 10 * BLOCK);
    await cache.put(key('a'), await picture());
    expect(await cache.get(key('a'))).toBeNull();
    expect(cache.bytes).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('');
  });
});
