import { appendFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join, win32 } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { asAsked } from '../../electron/engine/folder/watch-shots.ts';
import { watchShots } from '../../electron/engine/index.ts';
import { temporaryFolder } from '../journal/temporary.ts';

/** A watched folder, and the wait for the next time that something is told. */
async function watched(leftOut: (folder: string) => readonly string[] = () => [], settleMs = 150) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'here.yaml'), 'blend: here.blend');
  let heard = () => {};
  let times = 0;
  const errors: Error[] = [];
  const watch = watchShots(folder, {
    leftOut: leftOut(folder),
    settleMs,
    onChange: async () => {
      times += 1;
      heard();
    },
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => watch.close());
  await watch.ready;
  const next = () =>
    new Promise<void>((resolve) => {
      heard = resolve;
    });
  return { folder, watch, next, errors, times: () => times };
}

test('tells of a shot that comes, changes and goes, and of what was there nothing', async () => {
  const { folder, next, times, errors } = await watched();
  const file = join(folder, 'sub', 'late.yaml');
  const came = next();
  await mkdir(join(folder, 'sub'));
  await writeFile(file, 'blend: a.blend');
  await came;
  const changed = next();
  await appendFile(file, '\nframes: 1-3');
  await changed;
  const gone = next();
  await rm(file);
  await gone;
  expect(times()).toBe(3);
  expect(errors).toEqual([]);
});

test('tells of a scene once it is whole, though it is written in pieces', async () => {
  const { folder, next } = await watched(() => [], 1000);
  const told = next();
  const file = await open(join(folder, 'big.blend'), 'w');
  let whole = false;
  let toldWhole = false;
  void told.then(() => {
    toldWhole = whole;
  });
  for (let piece = 1; piece <= 60; piece += 1) {
    await file.write(Buffer.alloc(500_000));
    await file.sync();
  }
  whole = true;
  await file.close();
  await told;
  await Promise.resolve();
  expect(toldWhole).toBe(true);
});

test('frames and other foreign files are never told, wherever they are written', async () => {
  const { folder, next, times } = await watched((root) => [join(root, 'renders')]);
  for (const path of ['renders/hero', '.nightshift-aside', 'comp'])
    await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, 'renders/hero/hero_0001.png'), 'x');
  await writeFile(join(folder, 'renders/hero/notes.yaml'), 'x');
  await writeFile(join(folder, '.nightshift-aside/old.blend'), 'x');
  await writeFile(join(folder, 'comp/comp_0001.exr'), 'x');
  await writeFile(join(folder, 'here.blend1'), 'x');
  // What is told after all of them is the one that is a shot.
  const told = next();
  await writeFile(join(folder, 'last.yaml'), 'blend: a.blend');
  await told;
  expect(times()).toBe(1);
});

test('a file that is renamed into place counts, as Blender saves its scenes', async () => {
  const { folder, next } = await watched();
  await writeFile(join(folder, 'scene.blend@'), 'BLENDER');
  const told = next();
  await rename(join(folder, 'scene.blend@'), join(folder, 'scene.blend'));
  await told;
});

test('what changes while it is being told is told again, and nothing after the end', async () => {
  const folder = await temporaryFolder();
  let release = () => {};
  const calls: (() => void)[] = [];
  const call = (n: number) => new Promise<void>((resolve) => (calls[n] = resolve));
  const [first, second] = [call(1), call(2)];
  let times = 0;
  const watch = watchShots(folder, {
    leftOut: [],
    settleMs: 50,
    onChange: async () => {
      times += 1;
      calls[times]?.();
      if (times === 1) await new Promise<void>((resolve) => (release = resolve));
    },
    onError: () => {},
  });
  await watch.ready;
  await writeFile(join(folder, 'a.yaml'), 'blend: a.blend');
  await first;
  await writeFile(join(folder, 'b.yaml'), 'blend: a.blend');
  await writeFile(join(folder, 'c.yaml'), 'blend: a.blend');
  release();
  await second;
  await Promise.all([watch.close(), watch.close()]);
  expect(times).toBeGreaterThanOrEqual(2);
});

test('knows folders of frames on Windows, too, where it is asked with other slashes', () => {
  expect(asAsked('C:\\film\\renders', win32)).toBe('C:/film/renders');
  expect(asAsked('\\\\server\\film\\renders\\..\\out', win32)).toBe('//server/film/out');
});
