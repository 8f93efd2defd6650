import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { alarm } from '../../electron/blender/clock.ts';
import { makeEngine, processesWith, STAND_IN } from '../engine/rig.ts';
import { frameNames, makeLab, told } from './lab.ts';

const HOURS = 3_600_000;

/** Sets the machine's clock after it was read so often. */
function setClock(reads: number, byMs: number): void {
  const real = Date.now;
  let count = 0;
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => {
    count += 1;
    return real() + (count > reads ? byMs : 0);
  });
  onTestFinished(() => spy.mockRestore());
}

test.each([
  ['back', 8],
  ['back', 30],
  ['forward', 8],
  ['forward', 30],
] as const)(
  'a clock set %s by three hours after it was read %d times ends no frame and holds back no retry',
  async (way, reads) => {
    const rig = await makeEngine();
    await rig.shot('hero', 'frames: 1-4\nframe_timeout: 20m\ntimeout: 1h');
    await rig.steer({ render: { frame: [2, 4], tries: 1, crash: true } });
    setClock(reads, way === 'back' ? -3 * HOURS : 3 * HOURS);
    const night = await rig.processor({ backoffMs: 20 });
    const result = await night.processor.processBatch();
    expect(result.outcome).toBe('completed');
    expect(night.job('hero').retryCount).toBe(2);
    expect(result.durationSeconds).toBeGreaterThanOrEqual(0);
    expect(night.processor.getProgress().elapsedSeconds).toBeGreaterThanOrEqual(0);
    expect(await rig.frames('hero')).toEqual(frameNames('hero', 4));
    const again = await (await rig.processor()).processor.processBatch();
    expect(again.outcome).toBe('completed');
    expect(await rig.noted('render')).toHaveLength(6);
  },
);

test('a time limit that ends in a sleep waits for the rest of it afterwards', async () => {
  const real = performance.now.bind(performance);
  let slept = 0;
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => real() + slept);
  onTestFinished(() => spy.mockRestore());
  let rang = 0;
  const began = real();
  const bell = new Promise<void>((resolve) => {
    alarm(1500, () => {
      rang = real() - began;
      resolve();
    });
  });
  slept = 8 * HOURS;
  await bell;
  // A sleep counts for a second at most, however long it was.
  expect(rang).toBeGreaterThan(450);
});

/** A frame's limit, through which the machine sleeps, s. */
const LIMIT_S = 3;

test.skipIf(process.platform !== 'linux')(
  'a machine that sleeps through a frame’s time limit wakes up and finishes the frame',
  async () => {
    const lab = await makeLab('stand-in');
    await lab.shot('hero', `frames: 1-2\nframe_timeout: ${LIMIT_S}s\nretries: 0`);
    await lab.steer({ render: { frame: 2, seconds: 1 } });
    const night = lab.begin({ args: ['--workers', '1'] });
    await night.until(told('frame-done', 'hero', 1));
    const pids = [night.pid, ...(await pidsOf(lab.data))];
    expect(pids.length).toBeGreaterThan(1);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const stopped = performance.now();
    const slept = () => expect(performance.now() - stopped).toBeGreaterThan(LIMIT_S * 1000);
    await vi.waitFor(slept, { timeout: 2 * LIMIT_S * 1000, interval: 50 });
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    const { code, told: all } = await night.end;
    expect(all.filter(told('frame-failed'))).toEqual([]);
    expect(code).toBe(0);
    await lab.expectTruth();
  },
);

test('a resume in another time zone, over frames that were copied back, renders nothing again', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', 'frames: 1-4');
  await lab.steer({ render: { frame: 3, hang: true } });
  const night = lab.begin({ env: { TZ: 'Pacific/Auckland' }, args: ['--workers', '1'] });
  await night.until(told('frame-done', 'hero', 2));
  night.kill('SIGKILL');
  await night.end;
  const file = join(lab.out, 'hero/hero_0001.png');
  await copyFile(file, `${file}.copy`);
  await rename(`${file}.copy`, file);
  await lab.steer({});
  await lab.expectResume({ hero: frameNames('hero', 4) }, { env: { TZ: 'America/Los_Angeles' } });
});

/** The Blenders of a batch in this folder. Linux only. */
async function pidsOf(folder: string): Promise<readonly number[]> {
  const found = await processesWith(folder);
  expect(found.some(({ line }) => line.includes(STAND_IN))).toBe(true);
  return found.flatMap(({ pid, line }) => (line.includes('main.cjs') ? [] : [pid]));
}
