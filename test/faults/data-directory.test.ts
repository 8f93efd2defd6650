import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { refusalOf } from '../../electron/app/refusal.ts';
import { BatchCheckpoint } from '../../electron/engine/index.ts';
import { event, makeEngine } from '../engine/rig.ts';
import { frameNames, type Lab, makeLab, told } from './lab.ts';

/** A disk of its own; only root may mount one. */
const asRoot = test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0);

async function mounted(folder: string, options: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  onTestFinished(async () => {
    await execa('umount', ['-l', folder], { reject: false });
  });
  await execa('mount', ['-t', 'tmpfs', '-o', options, 'none', folder]);
}

async function fill(folder: string): Promise<() => Promise<void>> {
  const ballast = join(folder, 'ballast');
  await execa('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k'], { reject: false });
  return () => rm(ballast);
}

async function oneShot(frames = 3): Promise<Lab> {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', `frames: 1-${frames}`);
  return lab;
}

asRoot(
  'a data folder whose disk is full when the night begins is told, with what to do',
  async () => {
    const lab = await oneShot();
    await mounted(lab.data, 'size=1m');
    const makeRoom = await fill(lab.data);
    const night = await lab.night();
    expect(night.code).toBe(1);
    expect(night.err).toMatch(
      /^The disk that holds the checkpoint is full: .*\. Make room on it and start again/,
    );
    expect(night.told).toMatchObject([{ type: 'nightshift' }]);
    await lab.expectTruth();
    await makeRoom();
    await lab.expectResume({ hero: frameNames('hero', 3) });
  },
);

asRoot(
  'a data disk that takes no more files when the night begins pauses it until it does',
  async () => {
    const lab = await oneShot();
    // The journal and its folders fit; the folder of the workers does not.
    await mounted(lab.data, 'size=4m,nr_inodes=5');
    const running = lab.begin();
    const { message } = await running.until(told('batch-paused'));
    expect(message).toMatch(/is full/);
    await execa('mount', ['-o', 'remount,nr_inodes=400', lab.data]);
    const night = await running.end;
    expect(night.code, night.err).toBe(0);
    expect(night.done).toHaveLength(3);
    await lab.expectTruth();
  },
);

asRoot('a data folder that is read-only is told, and nothing is rendered unrecorded', async () => {
  const lab = await oneShot();
  await mounted(lab.data, 'size=1m,ro');
  const night = await lab.night();
  expect(night.code).toBe(1);
  expect(night.err).toMatch(
    /^The disk that holds the checkpoint is read-only: .*\. Make it writable and start again\./,
  );
  expect(await lab.blenderLog()).toEqual([]);
  await execa('mount', ['-o', 'remount,rw', lab.data]);
  await lab.expectResume({ hero: frameNames('hero', 3) });
});

test('a data folder that is deleted in mid-batch ends the night with a sentence, and whole frames are kept', async () => {
  const lab = await oneShot(60);
  await lab.steer({ render: { seconds: 0.02 } });
  const running = lab.begin();
  await running.until(told('frame-done', 'hero', 2));
  await rm(lab.data, { recursive: true, force: true });
  const night = await running.end;
  expect(night.code).toBe(1);
  expect(night.err).toMatch(
    /The checkpoint was deleted while the batch was running: .*--existing skip/,
  );
  await lab.expectTruth();
  await lab.steer({});
  await lab.expectResume({ hero: frameNames('hero', 60) }, { args: ['--existing', 'skip'] });
});

test.each([
  ['before the night', false],
  ['in mid-batch', true],
])(
  'a folder that takes the place of the journal %s is told, and moved away it costs nothing',
  async (_, isMidway) => {
    const lab = await oneShot(isMidway ? 60 : 3);
    if (isMidway) await lab.steer({ render: { seconds: 0.02 } });
    const first = lab.begin();
    if (isMidway) await first.until(told('frame-done', 'hero', 2));
    else expect((await first.end).code).toBe(0);
    const [id = ''] = await readdir(join(lab.data, 'batches'));
    const journal = join(lab.data, 'batches', id, 'journal.jsonl');
    const text = await readFile(journal);
    await rm(journal);
    await mkdir(journal);
    if (isMidway) {
      expect((await first.end).code).toBe(1);
      expect((await first.end).err).toContain(
        'The checkpoint was deleted while the batch was running',
      );
    }
    const refused = await lab.night();
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(
      /^A folder called journal.jsonl stands where the checkpoint is kept: .*\. Move it away and start again\./,
    );
    const error = await new BatchCheckpoint(dirname(journal))
      .load()
      .catch((caught: unknown) => caught);
    expect(refusalOf(error)).toMatchObject({ nextStep: 'Move it away and start again.' });
    await rm(journal, { recursive: true });
    await writeFile(journal, text);
    await lab.steer({});
    const args = isMidway ? ['--existing', 'skip'] : [];
    await lab.expectResume({ hero: frameNames('hero', isMidway ? 60 : 3) }, { args });
  },
);

asRoot(
  'a journal whose disk was full tells everything in the order in which it happened',
  async () => {
    const rig = await makeEngine();
    for (const shot of ['a', 'b', 'c']) await rig.shot(shot, 'frames: 1-40');
    await rig.steer({ render: { seconds: 0.02 } });
    await mounted(rig.data, 'size=1m');
    const watched = await rig.processor({ workers: 3 });
    const second = watched.until(event('frame-done', undefined, 2));
    const paused = watched.until(
      ({ type, ...signal }) =>
        type === 'event' && 'event' in signal && signal.event.type === 'batch-paused',
    );
    const running = watched.processor.processBatch();
    await second;
    const makeRoom = await fill(rig.data);
    await paused;
    await makeRoom();
    expect(await running).toMatchObject({ outcome: 'completed' });
    const happened = watched.signals.flatMap((signal) =>
      signal.type === 'event' && signal.event.type !== 'frame-done'
        ? [JSON.stringify(signal.event)]
        : [],
    );
    const journal = join(watched.processor.checkpointPath, 'journal.jsonl');
    const lines = (await readFile(journal, 'utf8')).trim().split('\n').slice(1);
    const recorded = lines.map((line) => line.replace(/,"crc32":"[0-9a-f]{8}"\}$/, '}'));
    // A finished frame is written before it is told, so that only its record has another place.
    expect(recorded.filter((line) => !line.includes('"type":"frame-done"'))).toEqual(happened);
    for (const [index, line] of recorded.entries()) {
      const { type, job, frame } = JSON.parse(line);
      if (type !== 'frame-done') continue;
      const start = recorded.findIndex(
        (other) =>
          other.startsWith(`{"type":"frame-started","job":"${job}"`) &&
          JSON.parse(other).frame === frame,
      );
      expect(start).toBeGreaterThan(-1);
      expect(start).toBeLessThan(index);
    }
  },
);
