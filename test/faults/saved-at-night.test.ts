import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BatchConfig } from '../../shared/batch.ts';
import { olderFrames, undecidedFrames } from '../../shared/older-files.ts';
import { type EngineRig, event, makeEngine, type Watched } from '../engine/rig.ts';

const OLD = 'BLENDER-v403RENDH hero';

/** Ctrl+S: the file of the shot is saved over itself. */
async function save(rig: EngineRig, content = 'new'): Promise<void> {
  await rig.file('scenes/hero.blend', content === 'old' ? OLD : `BLENDER-v403RENDH ${content}`);
}

/** Which frames are older than the files of the shot, and what was saved after them. */
function older({
  job,
}: Watched): readonly { files: readonly string[]; frames: readonly number[] }[] {
  return olderFrames(job('hero')).map(({ files, frames }) => ({ files: files.files, frames }));
}

async function rendered(rig: EngineRig, config: Partial<BatchConfig> = {}): Promise<Watched> {
  const watched = await rig.processor(config);
  await watched.processor.processBatch();
  return watched;
}

async function loaded(rig: EngineRig): Promise<Watched> {
  const watched = await rig.processor();
  await watched.processor.load();
  return watched;
}

/** A rig with a shot of four frames whose Blender ends once, in its third frame. */
async function crashing(): Promise<EngineRig> {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4');
  await rig.steer({ render: [{ frame: 2, tries: 1, seconds: 0.3, crash: true }] });
  return rig;
}

/** Saved while it renders, before Blender ends and the scene is opened anew. */
async function savedMeanwhile(rig: EngineRig, config: Partial<BatchConfig> = {}): Promise<Watched> {
  const watched = await rig.processor(config);
  const first = watched.until(event('frame-done', 'hero'));
  const running = watched.processor.processBatch();
  await first;
  await save(rig);
  expect(await running).toMatchObject({ outcome: 'completed' });
  return watched;
}

test('a file that is saved before the first frame of its shot: the saved one is rendered, and no frame is older', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const watched = await rig.processor();
  await save(rig);
  await watched.processor.processBatch();
  expect(watched.told('frame-done')).toEqual([1, 2]);
  expect(older(watched)).toEqual([]);
  expect(older(await loaded(rig))).toEqual([]);
});

test('a file that is saved between two frames while its scene stands open: all frames are of the file before, and say so', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  await rig.steer({ render: [{ seconds: 0.1 }] });
  const watched = await savedMeanwhile(rig);
  expect(watched.told('frame-done')).toHaveLength(3);
  expect(await rig.noted('open')).toHaveLength(1);
  expect(older(watched)).toEqual([{ files: ['hero.blend'], frames: [1, 2, 3] }]);
  const next = await loaded(rig);
  expect(next.job('hero')).toMatchObject({ status: 'completed', counts: { done: 3 } });
  expect(older(next)).toEqual(older(watched));
  await next.processor.processBatch();
  expect(next.told('frame-done')).toEqual([]);
});

test('a file that is saved while its shot renders and whose scene has to be opened anew: what is done stays, the rest is of the saved one, and which is which is known', async () => {
  const rig = await crashing();
  const watched = await savedMeanwhile(rig);
  expect(watched.told('frame-done').sort()).toEqual([1, 2, 3, 4]);
  const [made, ...more] = older(watched);
  expect(more).toEqual([]);
  expect(made?.files).toEqual(['hero.blend']);
  expect(made?.frames).not.toContain(2);
  expect(older(await loaded(rig))).toEqual([made]);
});

test('with saved: again, what is older is rendered again when the scene is opened anew, and set aside', async () => {
  const rig = await crashing();
  const watched = await savedMeanwhile(rig, { saved: 'again' });
  expect(watched.told('frame-done').filter((frame) => frame === 1)).toHaveLength(2);
  expect(older(watched)).toEqual([]);
  expect(older(await loaded(rig))).toEqual([]);
});

test('a file that is saved after the last frame of its shot, while others render: the shot stays done, and says so', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2\npriority: 1');
  await rig.shot('lamp', 'frames: 1-2');
  await rig.steer({ render: [{ seconds: 0.2 }] });
  const watched = await rig.processor();
  const done = watched.until(event('job-finished', 'hero'));
  const running = watched.processor.processBatch();
  await done;
  await save(rig);
  await running;
  expect(watched.told('frame-done', 'hero')).toEqual([1, 2]);
  expect(watched.job('hero').status).toBe('completed');
  expect(older(watched)).toEqual([{ files: ['hero.blend'], frames: [1, 2] }]);
});

test('a file that is saved after its batch has ended: nothing waits and nothing is rendered until the artist says so', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  await rendered(rig);
  await save(rig);
  const next = await loaded(rig);
  expect(next.job('hero')).toMatchObject({ status: 'completed', counts: { done: 2, waiting: 0 } });
  expect(older(next)).toEqual([{ files: ['hero.blend'], frames: [1, 2] }]);
  expect(await next.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(next.told('frame-done')).toEqual([]);
});

test.each([
  ['.blend', 'scenes/hero.blend', 'BLENDER-v403RENDH new', 'hero.blend'],
  ['script', 'shots/build.py', 'print(2)', 'build.py'],
  [
    'shot file',
    'shots/hero.yaml',
    'blend: ../scenes/hero.blend\nscript: build.py\nframes: 1-4\ncamera: Other',
    'hero.yaml',
  ],
])(
  'a %s that is saved between crash and resume: what is done stays, and the rest is of the saved one',
  async (_what, file, text, name) => {
    const rig = await makeEngine();
    await rig.shot('hero', 'script: build.py\nframes: 1-4');
    await rig.file('shots/build.py', 'print(1)');
    await rig.steer({ render: [{ seconds: 0.1 }] });
    const first = await rig.processor({ trusted: true });
    const begun = first.until(event('frame-done', 'hero'));
    const running = first.processor.processBatch();
    await begun;
    await first.processor.cancel();
    await running;
    const done = first.told('frame-done');
    await rig.file(file, text);
    const next = await rendered(rig, { trusted: true });
    expect([...done, ...next.told('frame-done')].sort()).toEqual([1, 2, 3, 4]);
    expect(older(next)).toEqual([{ files: [name], frames: [...done].sort() }]);
  },
);

test('the artist keeps what is older: it stays, which is which is known, and nobody asks again', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  await rendered(rig);
  await save(rig);
  const { processor, job } = await loaded(rig);
  await processor.keepOlder([job('hero').id]);
  expect(undecidedFrames(job('hero'))).toEqual([]);
  const next = await loaded(rig);
  expect(undecidedFrames(next.job('hero'))).toEqual([]);
  expect(olderFrames(next.job('hero'))).toMatchObject([{ frames: [1, 2], files: { kept: true } }]);
  const later = await rendered(rig, { saved: 'again' });
  expect(later.told('frame-done')).toEqual([]);
  await save(rig, 'newer');
  expect(undecidedFrames((await loaded(rig)).job('hero'))).toEqual([]);
});

test('the artist renders what is older again: of the saved file, the pictures from before set aside', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  await rendered(rig);
  await save(rig);
  const { processor, job, told } = await loaded(rig);
  await processor.renderOlder([job('hero').id]);
  expect(told('frame-done')).toEqual([1, 2, 3]);
  expect(olderFrames(job('hero'))).toEqual([]);
  expect(olderFrames((await loaded(rig)).job('hero'))).toEqual([]);
});

test('while a run is on, what was saved after its shot was done is rendered again from the saved file, though the scene stands open', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2\npriority: 1');
  await rig.shot('lamp', 'frames: 1-3');
  await rig.steer({ render: [{ seconds: 0.2 }] });
  const watched = await rig.processor();
  const { processor, job, until, told } = watched;
  const done = until(event('job-finished', 'hero'));
  const running = processor.processBatch();
  await done;
  await save(rig);
  await processor.renderAgain([{ job: job('hero').id, frames: null }]);
  await running;
  expect(told('frame-done', 'hero')).toHaveLength(4);
  expect(older(watched)).toEqual([]);
  const blends = (await rig.noted('open')).filter(({ blend }) => blend?.endsWith('hero.blend'));
  expect(blends.length).toBeGreaterThan(1);
});

test('with saved: again, a run renders what is older; with saved: keep it does not, and that is decided', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  await rendered(rig);
  await save(rig);
  const kept = await rendered(rig, { saved: 'keep' });
  expect(kept.told('frame-done')).toEqual([]);
  expect(undecidedFrames(kept.job('hero'))).toEqual([]);
  await rig.shot('lamp', 'frames: 1');
  await rendered(rig);
  await rig.file('scenes/lamp.blend', 'BLENDER-v403RENDH brighter');
  const again = await rendered(rig, { saved: 'again' });
  expect(again.told('frame-done', 'hero')).toEqual([]);
  expect(again.told('frame-done', 'lamp')).toEqual([1]);
});

test('a file that is put back as it was: what was made of it is older no more, what was made between is', async () => {
  const rig = await crashing();
  const watched = await savedMeanwhile(rig);
  const [before] = older(watched);
  await save(rig, 'old');
  const back = await loaded(rig);
  const [made, ...more] = older(back);
  expect(more).toEqual([]);
  const all = [...(before?.frames ?? []), ...(made?.frames ?? [])].sort();
  expect(all).toEqual([1, 2, 3, 4]);
});

test('a texture that is saved makes the frames older than it; one that only got another time does not', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const wood = await rig.file('scenes/wood.png', 'old');
  await utimes(wood, 1000, 1000);
  await rig.steer({ facts: { inputs: [wood] } });
  await rendered(rig);
  await utimes(wood, 2000, 2000);
  expect(older(await loaded(rig))).toEqual([]);
  await writeFile(wood, 'new');
  expect(older(await loaded(rig))).toEqual([{ files: ['wood.png'], frames: [1, 2] }]);
  const next = await rendered(rig, { saved: 'again' });
  expect(next.told('frame-done')).toEqual([1, 2]);
  expect(older(next)).toEqual([]);
});

/** A file whose head says which range its scene has, as Blender writes it. */
function blendOf(first: number, last: number): string {
  const head = Buffer.alloc(12 + 24 + 72);
  head.write('BLENDER-v403REND', 'latin1');
  head.writeInt32LE(72, 16);
  head.writeInt32LE(first, 36);
  head.writeInt32LE(last, 40);
  head.write('Scene', 44, 'latin1');
  return head.toString('latin1');
}

test('a scene that is saved with more frames after it was done: those wait, the others stay', async () => {
  const rig = await makeEngine();
  await rig.shot('hero');
  await rig.file('scenes/hero.blend', blendOf(1, 2));
  const settings = { scene: 'Scene', camera: null, viewLayers: [], samples: 1, percentage: 100 };
  const facts = { settings: { ...settings, denoise: null, colorDepth: 8 } };
  await rig.steer({ facts: { ...facts, frameEnd: 2 } });
  expect((await rendered(rig)).told('frame-done')).toEqual([1, 2]);
  await rig.file('scenes/hero.blend', blendOf(1, 4));
  await rig.steer({ facts: { ...facts, frameEnd: 4 } });
  const { processor, job } = await loaded(rig);
  expect(job('hero')).toMatchObject({ status: 'waiting', counts: { total: 4, done: 2 } });
  await processor.keepOlder([job('hero').id]);
  const next = await rendered(rig);
  expect(next.told('frame-done')).toEqual([3, 4]);
  expect(older(next)).toEqual([{ files: ['hero.blend'], frames: [1, 2] }]);
});

test('a file that is saved while nobody looks is found when the artist comes back to the window, and the journal says so', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const watched = await rendered(rig);
  await watched.processor.lookAtFiles();
  expect(older(watched)).toEqual([]);
  await save(rig);
  await watched.processor.lookAtFiles();
  expect(older(watched)).toEqual([{ files: ['hero.blend'], frames: [1, 2] }]);
  const text = await readFile(join(watched.processor.checkpointPath, 'journal.jsonl'), 'utf8');
  expect(text.match(/"job-saved"/g)).toHaveLength(1);
});
