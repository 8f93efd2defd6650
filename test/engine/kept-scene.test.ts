import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { generateBatchReport } from '../../electron/engine/index.ts';
import { keptText } from '../../shared/kept-text.ts';
import { type EngineRig, event, makeEngine, type Watched } from './rig.ts';

/** A scene that takes a while until Cycles has it, and that Blender can keep. */
const HEAVY = { prepares: 0.05, built: 0.06, kept: 0.02 };

interface Rendered {
  readonly frame: number;
  readonly keep: string;
}

async function heavy(yaml: string, kept: object = HEAVY): Promise<EngineRig> {
  const rig = await makeEngine();
  await rig.shot('hero', yaml);
  await rig.steer({ kept });
  return rig;
}

async function renders(rig: EngineRig): Promise<readonly Rendered[]> {
  return (await rig.noted('render')) as unknown as readonly Rendered[];
}

function framesBy(all: readonly Rendered[], keep: string): readonly number[] {
  return all.flatMap((one) => (one.keep === keep ? [one.frame] : []));
}

/** The pictures of a shot by frame. */
async function pictures(rig: EngineRig, name = 'hero'): Promise<readonly string[]> {
  const names = await rig.frames(name);
  const files = names.map((file) => readFile(join(rig.out, name, file), 'base64'));
  return Promise.all(files);
}

function checks(watched: Watched) {
  return watched.events.flatMap((one) => (one.type === 'scene-checked' ? [one] : []));
}

/** What the same shot gives when nothing is ever kept. */
function neverKept(frames: string): Promise<readonly string[]> {
  const known = built.get(frames) ?? renderedAnew(frames);
  built.set(frames, known);
  return known;
}

const built = new Map<string, Promise<readonly string[]>>();

async function renderedAnew(frames: string): Promise<readonly string[]> {
  const rig = await heavy(`frames: ${frames}\nrender: {keep_scene: off}`);
  const { processor } = await rig.processor();
  await processor.processBatch();
  expect(new Set((await renders(rig)).map(({ keep }) => keep))).toEqual(new Set(['off']));
  return pictures(rig);
}

/** Draws the first frame after the second for the comparison, and so on. */
function drawing(random: number): void {
  const drawn = vi.spyOn(Math, 'random').mockReturnValue(random);
  onTestFinished(() => drawn.mockRestore());
}

test('a heavy scene is kept: the second frame, one at random and the last are rendered both ways', async () => {
  drawing(0.5);
  const rig = await heavy('frames: 1-12');
  const watched = await rig.processor();
  expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const all = await renders(rig);
  // Ten frames are left after the second: the fifth of them is drawn.
  expect(framesBy(all, 'begin')).toEqual([1, 2, 7, 12]);
  expect(framesBy(all, 'go-on')).toEqual(Array.from({ length: 11 }, (_, index) => index + 2));
  expect(checks(watched)).toMatchObject([
    { checked: 2, same: true },
    { checked: 7, same: true },
    { checked: 12, same: true },
  ]);
  const job = watched.job('hero');
  expect(job.keptScene).toMatchObject({ anew: null, unproved: [], checked: [2, 7, 12] });
  expect(job.keptScene?.kept.frames).toBe(9);
  expect(keptText(job)).toBe(
    'Scene kept: 0.02 s a frame instead of 0.06 s, checked at frames 2, 7 and 12.',
  );
  expect(generateBatchReport(watched.processor.getResult())).toContain('Scene kept: ');
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
  // What was compared lies nowhere any more.
  expect((await readdir(join(rig.out, 'hero'))).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a light scene is rendered as ever, and so is one that keep_scene: off says', async () => {
  const rig = await heavy('frames: 1-12', { prepares: 0, built: 1000, kept: 5 });
  const watched = await rig.processor();
  await watched.processor.processBatch();
  const all = await renders(rig);
  expect(all).toHaveLength(12);
  expect(framesBy(all, 'go-on')).toEqual([]);
  expect(watched.job('hero').keptScene).toBeUndefined();
});

test('keep_scene: on keeps it from the second frame on, and compares nothing', async () => {
  const rig = await heavy('frames: 1-6\nrender: {keep_scene: on}');
  await rig.steer({ kept: HEAVY, facts: { builtAnew: 'particles or hair' } });
  const watched = await rig.processor();
  expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect((await renders(rig)).map(({ keep }) => keep)).toEqual([
    'begin',
    ...Array<string>(5).fill('go-on'),
  ]);
  expect(keptText(watched.job('hero'))).toBe('Scene kept, not checked: 0.02 s a frame.');
});

test('what is known to come out wrong is never kept, and the report says what it is', async () => {
  const rig = await heavy('frames: 1-12');
  await rig.steer({ kept: HEAVY, facts: { builtAnew: 'particles or hair' } });
  const watched = await rig.processor();
  await watched.processor.processBatch();
  expect(framesBy(await renders(rig), 'off')).toHaveLength(12);
  expect(generateBatchReport(watched.processor.getResult())).toContain(
    'Scene built anew for each frame: particles or hair.',
  );
});

test('where the second frame comes out otherwise, the built one stays and nothing is kept any more', async () => {
  const rig = await heavy('frames: 1-12', { ...HEAVY, wrongFrom: 2 });
  const watched = await rig.processor();
  expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(framesBy(await renders(rig), 'go-on')).toEqual([2]);
  expect(watched.told('frame-done')).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  expect(watched.job('hero').keptScene?.anew).toEqual({ why: 'differs', frame: 2 });
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
});

test('where the random frame comes out otherwise, all since the last check are rendered again', async () => {
  drawing(0.5);
  const rig = await heavy('frames: 1-12', { ...HEAVY, wrongFrom: 4 });
  const watched = await rig.processor();
  expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(checks(watched)).toMatchObject([
    { checked: 2, same: true },
    { checked: 7, same: false },
  ]);
  const again = watched.told('frame-done').filter((frame, at, all) => all.indexOf(frame) < at);
  // The eighth was on its way with the scene that the seventh had left.
  expect(again.filter((frame) => frame <= 7)).toEqual([3, 4, 5, 6]);
  expect(watched.job('hero')).toMatchObject({
    status: 'completed',
    keptScene: { anew: { why: 'differs', frame: 7 }, unproved: [] },
  });
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
});

test('where only the last frame shows it, the shot is not complete before all of it is right', async () => {
  drawing(0);
  const rig = await heavy('frames: 1-12', { ...HEAVY, wrongFrom: 9 });
  const watched = await rig.processor();
  expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(checks(watched)).toMatchObject([
    { checked: 2, same: true },
    { checked: 3, same: true },
    { checked: 12, same: false },
  ]);
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
});

test('a run that ends between two checks is checked by the next one, which begins with what it left', async () => {
  drawing(0.99);
  const rig = await heavy('frames: 1-12', { ...HEAVY, wrongFrom: 5 });
  const first = await cutOffAfter(rig, 8);
  expect(first.job('hero').keptScene?.unproved[0]?.frames.length).toBeGreaterThan(4);

  const second = await rig.processor();
  await second.processor.load();
  expect(second.job('hero').keptScene?.unproved).toEqual(first.job('hero').keptScene?.unproved);
  expect(await second.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(checks(second).some(({ same }) => !same)).toBe(true);
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
});

test('a night that begins afresh takes no picture from the disk that nobody has checked', async () => {
  drawing(0.99);
  const rig = await heavy('frames: 1-12', { ...HEAVY, wrongFrom: 5 });
  await cutOffAfter(rig, 8);

  const second = await rig.processor({ resumeOnFailure: false, existing: 'skip' });
  expect(await second.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(second.job('hero').counts).toMatchObject({ done: 12 });
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
});

test('a shot whose last check was cut off is complete only after it', async () => {
  drawing(0.5);
  const rig = await heavy('frames: 1-12');
  const first = await cutOffAfter(rig, 12);
  expect(first.job('hero').status).not.toBe('completed');

  const second = await rig.processor();
  const done = (await renders(rig)).length;
  expect(await second.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect((await renders(rig)).slice(done).map(({ frame }) => frame)).toEqual([12]);
  expect(checks(second)).toMatchObject([{ checked: 12, same: true }]);
});

test('a frame that somebody paints over before it is checked is kept aside, and rendered again', async () => {
  drawing(0.99);
  const rig = await heavy('frames: 1-12', { ...HEAVY, prepares: 0.3 });
  const watched = await rig.processor();
  const until = watched.until(event('frame-done', 'hero', 12));
  const run = watched.processor.processBatch();
  await until;
  await writeFile(join(rig.out, 'hero', 'hero_0012.png'), 'painted');
  expect(await run).toMatchObject({ outcome: 'completed' });
  const aside = join(rig.out, 'hero', '.nightshift-aside');
  const [name = ''] = await readdir(aside);
  expect(await readFile(join(aside, name), 'utf8')).toBe('painted');
  expect(watched.told('frame-done').filter((frame) => frame === 12)).toHaveLength(2);
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
});

test('a Blender that dies with a kept scene costs the frame that it was at, and nothing is kept any more', async () => {
  drawing(0.99);
  const rig = await heavy('frames: 1-12');
  await rig.steer({ kept: HEAVY, render: { frame: 7, crash: true, tries: 1 } });
  const watched = await rig.processor();
  expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(watched.job('hero').keptScene).toMatchObject({
    anew: { why: 'failed', frame: 7 },
    unproved: [],
    checked: [2, 6],
  });
  expect(watched.told('frame-done')).toHaveLength(12);
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
});

test('a frame that fails with a kept scene is built anew also where nothing is tried again', async () => {
  drawing(0.99);
  const rig = await heavy('frames: 1-12\nretries: 0');
  await rig.steer({ kept: HEAVY, render: { frame: 7, crash: true, tries: 1 } });
  const watched = await rig.processor();
  expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
});

test('where a full disk stops a comparison, the scene that was built for it proves nothing of the frames before', async () => {
  drawing(0.5);
  const rig = await heavy('frames: 1-12');
  const fail = { cause: 'disk-full', message: 'The disk is full.' };
  const render = { frame: 7, keep: 'begin', fail, tries: 1 };
  await rig.steer({ kept: { ...HEAVY, wrongAfter: 2 }, render });
  const watched = await rig.processor();
  const { outcome, night } = await watched.processor.processBatch();
  expect(outcome).toBe('completed');
  expect(night.incidents).toMatchObject([{ kind: 'paused', reason: 'disk-full', times: 1 }]);
  expect(checks(watched).some(({ same }) => !same)).toBe(true);
  expect(await pictures(rig)).toEqual(await neverKept('1-12'));
});

test('two lanes keep the scene each for itself, and each is checked', async () => {
  const rig = await heavy('frames: 1-24', { ...HEAVY, wrongFrom: 18 });
  const watched = await rig.processor({ workers: 2 });
  expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(watched.job('hero').keptScene?.unproved).toEqual([]);
  expect(await pictures(rig)).toEqual(await neverKept('1-24'));
});

/** Two lanes, the second of which opens the scene when the first has proved it; what that one rendered. */
async function besideAProof(wrongFrom: number) {
  drawing(0.999);
  const rig = await heavy('frames: 1-40');
  const [proved, helped] = [join(rig.folder, 'proved'), join(rig.folder, 'helped')];
  await rig.steer({
    kept: { ...HEAVY, wrongFrom },
    open: [{ tries: 1 }, { until: proved }],
    render: { frame: 5, until: helped },
  });
  const watched = await rig.processor({ workers: 2 });
  const compared = watched.until(event('scene-checked'));
  const helping = watched.until(event('frame-done', 'hero', 8));
  const run = watched.processor.processBatch();
  await compared;
  await writeFile(proved, '');
  await helping;
  await writeFile(helped, '');
  expect(await run).toMatchObject({ outcome: 'completed' });
  const all = (await rig.noted('render')) as unknown as readonly (Rendered & { pid: number })[];
  return { rig, watched, helps: all.filter(({ pid }) => pid !== all[0]?.pid) };
}

test('a lane that comes to a scene which another one has proved tries no second frame, and is checked at its end', async () => {
  const { rig, watched, helps } = await besideAProof(1000);
  expect(helps.slice(0, 3).map(({ keep }) => keep)).toEqual(['begin', 'go-on', 'go-on']);
  expect(new Set(helps.slice(0, 3).map(({ frame }) => frame)).size).toBe(3);
  expect(watched.job('hero').keptScene).toMatchObject({ anew: null, unproved: [] });
  // Of each of the two keepings the last frame.
  expect(new Set(checks(watched).map(({ session }) => session)).size).toBeGreaterThan(2);
  expect(await pictures(rig)).toEqual(await neverKept('1-40'));
});

test('and nothing that it made stays where that check finds a difference', async () => {
  const { rig, watched } = await besideAProof(4);
  expect(watched.job('hero').keptScene?.anew).toMatchObject({ why: 'differs' });
  expect(await pictures(rig)).toEqual(await neverKept('1-40'));
});

/** A night that is cancelled when it has told of a frame of hero; closed. */
async function cutOffAfter(rig: EngineRig, frame: number): Promise<Watched> {
  const watched = await rig.processor();
  const until = watched.until(event('frame-done', 'hero', frame));
  const run = watched.processor.processBatch();
  await until;
  await watched.processor.cancel();
  await run;
  await watched.processor.close();
  return watched;
}
