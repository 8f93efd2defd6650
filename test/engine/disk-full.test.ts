import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { makeBlend } from '../helpers/make-blend.ts';
import { type EngineRig, makeEngine, REAL } from './rig.ts';

/** A small disk of its own; only root may make one. */
const asRoot = test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0);

async function smallDisk(folder: string, size: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { exitCode } = await execa('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', folder], {
    reject: false,
  });
  if (exitCode !== 0) throw new Error('A small disk could not be mounted.');
}

/** Registered before the rig's own clean-up ends, so that the folder can be removed. */
function unmounted(folder: string): void {
  onTestFinished(async () => {
    await execa('umount', ['-l', folder], { reject: false });
  });
}

async function fill(file: string): Promise<void> {
  await execa('dd', ['if=/dev/zero', `of=${file}`, 'bs=4k'], { reject: false });
}

async function noisyScene(rig: EngineRig): Promise<void> {
  await makeBlend(join(rig.shots, 'hero.blend'));
  await rig.file('shots/hero.yaml', 'blend: hero.blend\nframes: 1-3\n');
}

asRoot(
  'a disk that is full pauses the batch and says so; room made, it goes on by itself',
  async () => {
    const rig = await makeEngine();
    await noisyScene(rig);
    await smallDisk(rig.out, '400k');
    unmounted(rig.out);
    const ballast = join(rig.out, 'ballast');
    await writeFile(ballast, '');
    await fill(ballast);
    const watched = await rig.processor(REAL);
    const { processor, signals, told, job } = watched;
    const paused = watched.until(
      (signal) => signal.type === 'event' && signal.event.type === 'batch-paused',
    );
    const running = processor.processBatch();
    await paused;
    expect(processor.paused).toMatchObject({ reason: 'disk-full' });
    expect(processor.paused?.message).toMatch(/disk of .* is full .*Make room/);
    expect(job('hero').counts.failed).toBe(0);
    await rm(ballast);
    expect(await running).toMatchObject({ outcome: 'completed' });
    expect(told('frame-failed')).toEqual([]);
    expect(told('frame-done')).toEqual([1, 2, 3]);
    const types = signals.flatMap((signal) => (signal.type === 'event' ? [signal.event.type] : []));
    expect(types).toContain('batch-unpaused');
  },
);

asRoot('a batch that waits for room can be cancelled at once', async () => {
  const rig = await makeEngine();
  await noisyScene(rig);
  await smallDisk(rig.out, '200k');
  unmounted(rig.out);
  await fill(join(rig.out, 'ballast'));
  const watched = await rig.processor(REAL);
  const paused = watched.until(
    (signal) => signal.type === 'event' && signal.event.type === 'batch-paused',
  );
  const running = watched.processor.processBatch();
  await paused;
  await watched.processor.cancel();
  expect(await running).toMatchObject({ outcome: 'cancelled', cancelled: 1 });
});

asRoot('a full disk under the checkpoint pauses the batch too, and loses nothing', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-40');
  await rig.steer({ render: { seconds: 0.02 } });
  await smallDisk(rig.data, '1m');
  unmounted(rig.data);
  const watched = await rig.processor();
  const { processor, told } = watched;
  const ballast = join(rig.data, 'ballast');
  const second = watched.until(
    (signal) =>
      signal.type === 'event' && signal.event.type === 'frame-done' && signal.event.frame === 2,
  );
  const paused = watched.until(
    (signal) => signal.type === 'event' && signal.event.type === 'batch-paused',
  );
  const running = processor.processBatch();
  await second;
  await fill(ballast);
  await paused;
  expect(processor.paused?.message).toMatch(/disk that holds the checkpoint is full/);
  await rm(ballast);
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(new Set(told('frame-done')).size).toBe(40);
});
