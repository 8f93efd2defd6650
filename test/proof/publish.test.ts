import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flushFile, publish } from '../../electron/engine/lib/publish.ts';
import { temporaryFolder } from '../journal/temporary.ts';

describe('publish', () => {
  it('gives a flushed file its final name, over a broken one that is there', async () => {
    const folder = await temporaryFolder();
    const staged = join(folder, '.staged.png');
    const final = join(folder, 'hero_0001.png');
    await writeFile(staged, 'whole');
    await writeFile(final, 'broken');
    await flushFile(staged);
    await publish(staged, final);
    expect(await readFile(final, 'utf8')).toBe('whole');
    expect(await readdir(folder)).toEqual(['hero_0001.png']);
  });

  it('leaves the staged file where it is when the final name can not be had', async () => {
    const folder = await temporaryFolder();
    const staged = join(folder, 'staged.png');
    await writeFile(staged, 'whole');
    await mkdir(join(folder, 'taken', 'below'), { recursive: true });
    await expect(publish(staged, join(folder, 'taken'))).rejects.toThrow();
    expect(await readFile(staged, 'utf8')).toBe('whole');
    await expect(flushFile(join(folder, 'nowhere'))).rejects.toThrow(/ENOENT/);
  });
});
