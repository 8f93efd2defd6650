import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Ledger } from './ledger.ts';
import { findOrphans } from './orphans.ts';
import { lookAt } from './pictures.ts';
import { MARK } from './processes.ts';
import { SCENARIOS } from './scenarios.ts';
import { watchOutput } from './watcher.ts';
import { makeWorld, type World } from './world.ts';

const FRAME = 'dawn/dawn_0001.png';

test('the checker is content with a frame that is told, recorded and right', async () => {
  const { ledger, told, record } = await plant();
  await ledger.beginNight();
  await record();
  told();
  await ledger.endNight();
  await ledger.finish();
  expect(ledger.violations).toEqual([]);
  expect(ledger.tally).toMatchObject({ frames: 1, rendered: 1, renderedAgain: 0 });
});

test('the checker sees a cut picture that is announced as done', async () => {
  const { ledger, told, world } = await plant();
  await cut(world);
  told();
  await ledger.endNight();
  expect(kinds(ledger)).toEqual(['false dones']);
});

test('the checker sees another picture than the right one that is announced as done', async () => {
  const { ledger, told, world } = await plant();
  await picture(world, 'blue');
  told();
  await ledger.endNight();
  expect(kinds(ledger)).toEqual(['false dones']);
});

test('the checker sees a record of a frame that the disk has not', async () => {
  const { ledger, record, world } = await plant();
  await record();
  await rm(join(world.out, FRAME));
  await ledger.endNight();
  expect(kinds(ledger)).toEqual(['false dones']);
});

test('the checker sees a frame that is rendered again without need, also by the next night', async () => {
  const { ledger, told, record } = await plant();
  await record();
  await ledger.beginNight();
  told();
  told();
  await ledger.endNight();
  expect(kinds(ledger)).toEqual([
    'frames rendered twice without reason',
    'frames rendered twice without reason',
  ]);
});

test('a frame that we have broken ourselves may be rendered again, once', async () => {
  const { ledger, told, record, world } = await plant();
  await record();
  told();
  await ledger.endNight();
  await ledger.tamper(FRAME, async () => {
    await cut(world);
    return null;
  });
  await ledger.beginNight();
  await picture(world, 'red');
  told();
  await ledger.endNight();
  expect(kinds(ledger)).toEqual([]);
  expect(ledger.tally.renderedAgain).toBe(1);
  told();
  await ledger.endNight();
  expect(kinds(ledger)).toEqual(['frames rendered twice without reason']);
});

test('a record in a line that we have damaged binds nobody', async () => {
  const { ledger, told, record } = await plant();
  const lines = await record();
  ledger.alter(lines);
  await ledger.beginNight();
  told();
  await ledger.endNight();
  expect(kinds(ledger)).toEqual([]);
});

test('the checker sees at the end what is missing, wrong, or too much', async () => {
  const { ledger, record, world } = await plant();
  await record();
  await picture(world, 'blue');
  await picture(world, 'red', 'dawn/dawn_0099.png');
  await ledger.finish();
  expect(kinds(ledger)).toEqual(['wrong pixels', 'false dones', 'left over']);
  await rm(join(world.out, FRAME));
  await ledger.finish();
  expect(kinds(ledger)).toContain('frames lost');
});

test('the watcher sees a half file and a wrong one, and not those that we have put there', async () => {
  const { ledger, world } = await plant();
  await ledger.tamper(FRAME, async () => {
    await cut(world);
    const look = await lookAt(join(world.out, FRAME));
    return look.kind === 'gone' ? null : look.signature;
  });
  const watcher = watchOutput(world.out, ledger);
  onTestFinished(watcher.end);
  await watcher.end();
  expect(kinds(ledger)).toEqual([]);
  const again = watchOutput(world.out, ledger);
  onTestFinished(again.end);
  await rm(join(world.out, FRAME));
  await picture(world, 'blue');
  await vi.waitFor(() => expect(kinds(ledger)).toEqual(['wrong pixels']), 20_000);
  await cut(world);
  await vi.waitFor(
    () => expect(kinds(ledger)).toEqual(['wrong pixels', 'half files seen']),
    20_000,
  );
});

test.skipIf(process.platform !== 'linux')('an orphan is seen, told and ended', async () => {
  const mark = `checker-${process.pid}`;
  const child = spawn('sleep', ['100'], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, [MARK]: mark },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const orphans = await findOrphans(mark, 100);
  expect(orphans).toHaveLength(1);
  expect(orphans[0]).toContain(String(child.pid));
  await ended;
  expect(await findOrphans(mark, 100)).toEqual([]);
});

/** A world with one right frame, and a ledger that expects this one frame only. */
async function plant() {
  const scenario = SCENARIOS.find(({ blender }) => blender === 'scripted');
  if (!scenario) throw new Error('There is no scripted scenario.');
  const world = await makeWorld(scenario);
  onTestFinished(world.remove);
  await picture(world, 'red');
  const look = await lookAt(join(world.out, FRAME));
  const pixels = new Map([[FRAME, look.kind === 'whole' ? look.pixels : '']]);
  const sources = new Map([['dawn', 'source']]);
  const both = { pixels: { a: pixels, b: pixels }, sources: { a: sources, b: sources } };
  const ledger = new Ledger(world, { scenario, seconds: 1, ...both }, () => {});
  const told = () => ledger.told({ type: 'frame-done', file: join(world.out, FRAME) });
  return { world, ledger, told, record: () => record(world) };
}

/** A journal in which the frame is done. */
async function record(world: World): Promise<readonly string[]> {
  const bytes = await readFile(join(world.out, FRAME));
  const sha256 = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const plan = { frames: [1], pattern: 'dawn_####', extension: '.png' };
  const lines = [
    { type: 'job-added', job: 'dawn-1', name: 'dawn', source: 'source' },
    { type: 'job-planned', job: 'dawn-1', plan },
    { type: 'frame-done', job: 'dawn-1', frame: 1, record: { file: 'dawn_0001.png', sha256 } },
  ].map((event) => JSON.stringify(event));
  await mkdir(join(world.data, 'batches/one'), { recursive: true });
  await writeFile(join(world.data, 'batches/one/journal.jsonl'), `${lines.join('\n')}\n`);
  return lines;
}

async function picture(world: World, colour: string, frame = FRAME): Promise<void> {
  const image = sharp({ create: { width: 8, height: 8, channels: 3, background: colour } });
  await put(join(world.out, frame), await image.png().toBuffer());
}

async function cut(world: World): Promise<void> {
  const bytes = await readFile(join(world.out, FRAME));
  await put(join(world.out, FRAME), bytes.subarray(0, bytes.length - 9));
}

/** At one go: a watcher that looks in between sees nothing else. */
async function put(file: string, bytes: Uint8Array): Promise<void> {
  const hidden = join(dirname(file), '.being-written');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(hidden, bytes);
  await rename(hidden, file);
}

function kinds(ledger: Ledger): readonly string[] {
  return ledger.violations.map(({ kind }) => kind);
}
