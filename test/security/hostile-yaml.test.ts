import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/index.ts';
import type { Batch } from '../../shared/batch.ts';
import { type Files, folderOf } from '../folder/folder.ts';
import { BOMBS } from './bombs.ts';

/** Reads a folder; fails if that took more than a second of work. Other processes' work is not counted. */
async function readSoon(folder: string): Promise<Batch> {
  // What is compiled on the first use is no bomb's doing.
  await createBatchFromDirectory(await shotsIn({ 'a.yaml': 'blend: scene.bin\nframes: 1-3' }));
  // A busy machine's caches can treble it once; a bomb takes as long each time.
  for (let tries = 3; ; tries -= 1) {
    const before = process.cpuUsage();
    const batch = await createBatchFromDirectory(folder);
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    if (tries === 1) expect(ms, 'milliseconds of work').toBeLessThan(1000);
    if (ms < 1000) return batch;
  }
}

const shotsIn = (files: Files) => folderOf({ 'scene.bin': 'BLENDER', ...files });
const numbered = (count: number, text: (at: number) => string): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.yaml`, text(at)]));

describe('a folder is read within a second with', () => {
  test.each(Object.entries(BOMBS))('%s', async (_what, text) => {
    const batch = await readSoon(
      await shotsIn({ 'bomb.yaml': text, 'good.yaml': 'blend: scene.bin' }),
    );
    expect(batch.jobs.at(-1)).toMatchObject({ name: 'good', status: 'waiting' });
    for (const { message } of batch.problems) expect(message.length).toBeLessThan(1000);
  });

  test('a file of 100 MB', async () => {
    const shots = await shotsIn({ 'bomb.yaml': 'a: 1\n', 'good.yaml': 'blend: scene.bin' });
    await truncate(join(shots, 'bomb.yaml'), 100_000_000);
    const { problems } = await readSoon(shots);
    expect(problems.map(({ message }) => message)).toEqual([
      'This file is too big for a shot: 100.0 MB, at most 1 MB.',
    ]);
  });

  test.each([
    ['a bomb as the defaults of all', 'defaults.yaml', 'a: &a [1,1,1]\nparams: {b: ['],
    ['a bomb that all extend', 'base.yaml', 'abstract: true\nparams: {b: ['],
  ])('%s', async (_what, name, head) => {
    const shots = await shotsIn(numbered(30, () => 'extends: base.yaml\nblend: scene.bin'));
    await writeFile(join(shots, 'base.yaml'), 'abstract: true');
    await writeFile(join(shots, name), `${head}${'1,'.repeat(9000)}]}`);
    expect((await readSoon(shots)).jobs).toHaveLength(30);
  });
});

describe('many files together do not multiply the work:', () => {
  test('500 that extend each other in one circle', async () => {
    const next = (at: number) => `extends: ${(at + 1) % 500}.yaml\nblend: scene.bin`;
    const { jobs } = await readSoon(await shotsIn(numbered(500, next)));
    expect(new Set(jobs.map(({ error }) => error?.cause))).toEqual(new Set(['unreadable-shot']));
  });

  test('200 that share one output folder, each with its own frames', async () => {
    const own = (at: number) => `blend: scene.bin\nframes: ${at + 1}-200000x200`;
    const shots = await shotsIn({
      ...numbered(200, own),
      'defaults.yaml': 'output: {path: o, name: x}',
    });
    expect((await readSoon(shots)).problems).toEqual([]);
  });

  test('20 with as many frames as there can be', async () => {
    const { jobs } = await readSoon(
      await shotsIn(numbered(20, () => 'blend: scene.bin\nframes: 1-100000')),
    );
    expect(jobs[0]?.shotConfig?.frames).toHaveLength(100_000);
  });
});
