import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import { type Files, folderOf, jobNamed, told } from './folder.ts';

const { asked, count } = vi.hoisted(() => {
  const asked = new Map<string, number>();
  const count = (what: string, path: unknown) => {
    const name = `${what} ${String(path).split(/[/\\]/).at(-1)}`;
    asked.set(name, (asked.get(name) ?? 0) + 1);
  };
  return { asked, count };
});

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const counted = <T extends (path: never, ...rest: never[]) => unknown>(what: string, call: T) =>
    ((...args: Parameters<T>) => {
      count(what, args[0]);
      return (call as (...all: Parameters<T>) => unknown)(...args);
    }) as T;
  const native = counted('realpath', real.realpath.native as never);
  return {
    ...real,
    stat: counted('stat', real.stat as never),
    access: counted('access', real.access as never),
    readFile: counted('read', real.readFile as never),
    // Only a file that is hashed is read as a stream.
    createReadStream: counted('hash', real.createReadStream as never),
    realpath: Object.assign(real.realpath, { native }),
  };
});

beforeEach(() => asked.clear());

/** Shots of two scenes and one script, every other one with a parent. */
function manyShots(shots: number): Files {
  const files: Record<string, string> = {
    'scenes/a.blend': 'BLENDER a',
    'scenes/b.blend': 'BLENDER b',
    'scenes/build.py': 'pass',
    'base.yaml': 'abstract: true\nframes: 1-240\nscript: scenes/build.py\n',
    'defaults.yaml': 'render: { samples: 4 }\n',
  };
  for (let number = 1; number <= shots; number += 1) {
    const parent = number % 2 === 0 ? 'extends: ../base.yaml\n' : 'frames: 1-240\n';
    const blend = number % 4 < 2 ? 'a' : 'b';
    files[`seq/shot${number}.yaml`] = `${parent}blend: ../scenes/${blend}.blend\n`;
  }
  return files;
}

test('what two hundred shots share is looked at once, and each shot file is read once', async () => {
  const batch = await createBatchFromDirectory(await folderOf(manyShots(200)));

  expect(batch.jobs).toHaveLength(200);
  expect(told(batch)).toEqual([]);
  for (const shared of ['a.blend', 'b.blend', 'build.py']) {
    expect(asked.get(`hash ${shared}`), shared).toBe(1);
    expect(asked.get(`stat ${shared}`), shared).toBe(1);
    expect(asked.get(`access ${shared}`), shared).toBe(1);
  }
  for (const file of ['base.yaml', 'defaults.yaml', 'shot1.yaml', 'shot200.yaml']) {
    expect(asked.get(`read ${file}`), file).toBe(1);
  }
});

test('a place of frames is not looked for in an output folder that is not there', async () => {
  const folder = await folderOf(manyShots(20));
  await createBatchFromDirectory(folder);
  expect(asked.get('realpath renders')).toBe(1);
  expect(asked.get('realpath shot7')).toBeUndefined();

  await mkdir(join(folder, 'renders'));
  await createBatchFromDirectory(folder);
  expect(asked.get('realpath shot7')).toBe(1);
});

test('shots of the same frames share one list of them', async () => {
  const batch = await createBatchFromDirectory(await folderOf(manyShots(20)));
  const lists = new Set(batch.jobs.map((job) => job.shotConfig?.frames));
  expect(lists.size).toBe(1);
  expect([...lists][0]).toHaveLength(240);
});

test('every reading looks anew: a parent, the defaults, a script and a scene that were saved since are seen', async () => {
  const folder = await folderOf(manyShots(4));
  const before = await createBatchFromDirectory(folder);
  await writeFile(join(folder, 'base.yaml'), 'abstract: true\nframes: 1-3\n');
  await writeFile(join(folder, 'defaults.yaml'), 'render: { samples: 5 }\n');
  await writeFile(join(folder, 'scenes/a.blend'), 'BLENDER A');
  const after = await createBatchFromDirectory(folder);

  expect(jobNamed(after, 'shot2').shotConfig?.frames).toEqual([1, 2, 3]);
  expect(jobNamed(after, 'shot3').shotConfig?.render.samples).toBe(5);
  for (const name of ['shot1', 'shot2', 'shot3', 'shot4']) {
    expect(jobNamed(after, name).source, name).not.toBe(jobNamed(before, name).source);
  }
});

test('others get a turn while a large folder is read', async () => {
  const folder = await folderOf(manyShots(600));
  let turns = 0;
  let reading = true;
  const next = () => {
    turns += 1;
    if (reading) setImmediate(next);
  };
  setImmediate(next);
  await createBatchFromDirectory(folder);
  reading = false;
  expect(turns).toBeGreaterThan(20);
});

test('among many output folders what stands in one is left out, and told whose it is', async () => {
  const files: Record<string, string> = { 'scene.bin': 'BLENDER' };
  for (let number = 1; number <= 30; number += 1) {
    files[`s${number}/shot.yaml`] = 'blend: ../scene.bin\noutput: { path: out }\nframes: 1\n';
  }
  files['s7/out/left.yaml'] = 'blend: ../../scene.bin\nframes: 1\n';
  const batch = await createBatchFromDirectory(await folderOf(files));
  expect(batch.jobs).toHaveLength(30);
  expect(told(batch)).toEqual([
    'warning s7/out/left.yaml This file stands in the output folder of s7/shot.yaml and is left out.',
  ]);
});
