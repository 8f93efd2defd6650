import { mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { type EngineRig, makeEngine } from './rig.ts';

async function rendered(rig: EngineRig, yaml = 'frames: 1-4'): Promise<void> {
  await rig.shot('hero', yaml);
  const { processor } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
}

/** Renders again, and tells which frames were rendered. */
async function again(rig: EngineRig, config = {}): Promise<number[]> {
  const { processor, told } = await rig.processor(config);
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  return told('frame-done');
}

function frame(rig: EngineRig, number: number): string {
  return join(rig.out, 'hero', `hero_000${number}.png`);
}

async function whole(file: string): Promise<void> {
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toFile(file);
}

test('a batch that is complete is not rendered again, and tells what it kept', async () => {
  const rig = await makeEngine();
  await rendered(rig);
  const starts = (await rig.noted('start')).length;
  const { processor, told } = await rig.processor();
  const result = await processor.processBatch();
  expect(result).toMatchObject({ outcome: 'completed', completed: 1 });
  expect(told('frame-done')).toEqual([]);
  expect(processor.getProgress().frames).toMatchObject({ total: 4, done: 4, kept: 4 });
  expect(await rig.noted('start')).toHaveLength(starts);
});

test('frames of the newest run are no kept ones when the batch is opened again', async () => {
  const rig = await makeEngine();
  await rendered(rig);
  const { processor } = await rig.processor();
  await processor.load();
  expect(processor.getProgress().frames).toMatchObject({ total: 4, done: 4, kept: 0 });
  await processor.processBatch();
  expect(processor.getProgress().frames).toMatchObject({ done: 4, kept: 4 });
});

test('frames that were deleted in between are rendered again, the others are not', async () => {
  const rig = await makeEngine();
  await rendered(rig);
  await rm(frame(rig, 2));
  await rm(frame(rig, 4));
  expect(await again(rig)).toEqual([2, 4]);
});

test.each([
  ['empty', (file: string) => writeFile(file, '')],
  ['cut short', (file: string) => writeFile(file, Buffer.from('89504e470d0a1a0a0000', 'hex'))],
  [
    'a folder',
    async (file: string) => {
      await rm(file);
      await mkdir(file);
    },
  ],
  [
    'a dangling link',
    async (file: string) => {
      await rm(file);
      await symlink('/nowhere', file);
    },
  ],
  [
    'of another format',
    async (file: string) => {
      const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } });
      await writeFile(file, await picture.jpeg().toBuffer());
    },
  ],
  [
    'of another size',
    async (file: string) => {
      const picture = sharp({ create: { width: 9, height: 8, channels: 3, background: 'red' } });
      await writeFile(file, await picture.png().toBuffer());
    },
  ],
] as const)('a frame that became %s is moved aside and rendered again', async (_what, spoil) => {
  const rig = await makeEngine();
  await rendered(rig);
  await spoil(frame(rig, 3));
  expect(await again(rig)).toEqual([3]);
  expect(await readdir(join(rig.out, 'hero', '.nightshift-aside'))).toHaveLength(1);
  expect((await sharp(frame(rig, 3)).metadata()).width).toBe(8);
});

test.each(['resume', 'skip', 'overwrite'] as const)(
  'with existing: %s, what is broken in a folder that no journal knows is moved aside',
  async (existing) => {
    const rig = await makeEngine();
    await rig.shot('hero', 'frames: 1-4');
    await mkdir(join(rig.out, 'hero'), { recursive: true });
    await whole(frame(rig, 1));
    await writeFile(frame(rig, 2), '');
    expect(await again(rig, { existing })).toEqual(existing === 'skip' ? [2, 3, 4] : [1, 2, 3, 4]);
    expect(await readdir(join(rig.out, 'hero', '.nightshift-aside'))).toHaveLength(1);
  },
);

test('overwrite renders a complete batch again; a cancelled overwrite is gone on with', async () => {
  const rig = await makeEngine();
  await rendered(rig);
  expect(await again(rig, { existing: 'overwrite' })).toEqual([1, 2, 3, 4]);
  const { processor, told } = await rig.processor({ existing: 'overwrite' });
  processor.subscribe((signal) => {
    if (signal.type === 'event' && signal.event.type === 'frame-done') void processor.cancel();
  });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'cancelled' });
  const before = told('frame-done');
  expect([...before, ...(await again(rig, { existing: 'overwrite' }))]).toEqual([1, 2, 3, 4]);
});

test('a fresh start forgets the journal', async () => {
  const rig = await makeEngine();
  await rendered(rig);
  expect(await again(rig, { resumeOnFailure: false })).toEqual([1, 2, 3, 4]);
  const { processor, told } = await rig.processor();
  await processor.clearCheckpoint();
  await processor.processBatch();
  expect(told('frame-done')).toEqual([1, 2, 3, 4]);
});

const CHANGES: readonly [string, (rig: EngineRig) => Promise<unknown>][] = [
  ['the .blend', (rig) => rig.file('scenes/hero.blend', 'BLENDER-v403RENDH other')],
  ['the script', (rig) => rig.file('shots/build.py', 'print(2)')],
  ['the samples', (rig) => rig.file('shots/hero.yaml', shotWith('render: {samples: 7}'))],
  ['the params', (rig) => rig.file('shots/hero.yaml', shotWith('params: {a: 2}'))],
  ['the camera', (rig) => rig.file('shots/hero.yaml', shotWith('camera: Other'))],
  ['what it inherits', (rig) => rig.file('shots/defaults.yaml', 'render: {samples: 9}')],
];

function shotWith(line: string): string {
  return `blend: ../scenes/hero.blend\nscript: build.py\nframes: 1-3\n${line}\n`;
}

test.each(CHANGES)(
  'changing %s leaves the frames, which are older than it and are rendered again where that is asked for',
  async (_what, change) => {
    const rig = await makeEngine();
    await rig.shot('hero');
    await rig.file('shots/build.py', 'print(1)');
    await rig.file('shots/hero.yaml', shotWith(''));
    expect(await again(rig, { trusted: true })).toEqual([1, 2, 3]);
    await change(rig);
    const { processor } = await rig.processor({ trusted: true });
    expect((await processor.load()).older).toMatchObject([{ name: 'hero', frames: 3 }]);
    expect(await again(rig, { trusted: true })).toEqual([]);
    expect(await again(rig, { trusted: true, saved: 'again' })).toEqual([1, 2, 3]);
  },
);

test('a shot whose frames get other names is rendered under the new ones', async () => {
  const rig = await makeEngine();
  await rendered(rig, 'frames: 1-3');
  await rig.shot('hero', 'frames: 1-3\noutput: {name: new_####}');
  expect(await again(rig)).toEqual([1, 2, 3]);
  expect(await rig.frames('hero')).toContain('new_0001.png');
  expect(await again(rig)).toEqual([]);
});

test('changing priority, limits or the time of the files makes nothing stale', async () => {
  const rig = await makeEngine();
  await rendered(rig, 'frames: 1-3');
  await rig.shot('hero', 'frames: 1-3\npriority: 5\ntimeout: 2h\nretries: 7');
  expect(await again(rig)).toEqual([]);
});

test('frames that are added are rendered, the old ones are not; what is taken out stays on disk', async () => {
  const rig = await makeEngine();
  await rendered(rig, 'frames: 1-3');
  await rig.shot('hero', 'frames: 2-5');
  expect(await again(rig)).toEqual([4, 5]);
  expect(await rig.frames('hero')).toHaveLength(5);
  await rig.shot('hero', 'frames: 1-5');
  const { processor, told } = await rig.processor({ existing: 'skip' });
  await processor.processBatch();
  expect(told('frame-kept')).toEqual([1]);
});

test("a shot that goes back to the scene's own range renders what that lacks", async () => {
  const rig = await makeEngine();
  await rendered(rig, 'frames: 1-2');
  await rig.shot('hero');
  expect(await again(rig)).toEqual([3]);
  expect(await again(rig)).toEqual([]);
});

test('only the shots that are asked for are rendered, and the others stay as they are', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b', 'c']) await rig.shot(name, 'frames: 1-2');
  const { processor, job } = await rig.processor();
  expect(await processor.processBatch({ only: [job('b').id] })).toMatchObject({
    ...{ outcome: 'partial', completed: 1 },
  });
  expect([job('a').status, job('b').status, job('c').status]).toEqual([
    ...['waiting', 'completed', 'waiting'],
  ]);
  // A start anew knows it, and goes on with the rest even where pictures from before are overwritten.
  const rest = await rig.processor({ existing: 'overwrite' });
  expect(await rest.processor.load()).toMatchObject({ outcome: 'partial', framesWhole: 2 });
  expect(rest.processor.getResult().outcome).toBe('partial');
  expect(await rest.processor.processBatch()).toMatchObject({ outcome: 'completed', completed: 3 });
  expect(rest.told('frame-done', 'b')).toEqual([]);
});

test('a frame that only got another time on disk is still the recorded one', async () => {
  const rig = await makeEngine();
  await rendered(rig);
  const { utimes } = await import('node:fs/promises');
  await utimes(frame(rig, 2), 1000, 1000);
  expect(await again(rig)).toEqual([]);
  expect((await stat(frame(rig, 2))).mtimeMs).toBe(1_000_000);
});
