import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  BatchCheckpoint,
  BatchProcessor,
  checkpointDirectory,
  createBatchFromDirectory,
  generateBatchReport,
  readResult,
} from '../../electron/engine/index.ts';
import { STAND_IN } from '../engine/rig.ts';
import { frameNames, type Lab, makeLab } from '../faults/lab.ts';

const SAMPLES = resolve(import.meta.dirname, 'samples/before-rebuild');
/** Where its engine ran, in every path that it wrote. */
const HOME = '/tmp/nightshift-before';

interface Placed {
  readonly lab: Lab;
  /** The folder of the checkpoint. */
  readonly checkpoint: string;
  /** What its journal holds. */
  readonly text: string;
}

/** Puts shots, frames and checkpoint of a sample where a test has them. */
async function placed(name: 'broken-off' | 'whole'): Promise<Placed> {
  const lab = await makeLab('stand-in');
  const from = join(SAMPLES, name);
  await cp(join(from, 'shots'), lab.shots, { recursive: true });
  await cp(join(from, 'frames'), lab.out, { recursive: true });
  await cp(join(SAMPLES, 'scenes'), join(lab.folder, 'scenes'), { recursive: true });
  const batch = await createBatchFromDirectory(lab.shots, { output: lab.out });
  const checkpoint = checkpointDirectory(lab.data, batch.id);
  await mkdir(checkpoint, { recursive: true });
  await cp(join(from, 'checkpoint'), checkpoint, { recursive: true });
  const short = name === 'whole' ? 'whole' : 'broken';
  const lines = (await readFile(join(checkpoint, 'journal.jsonl'), 'utf8')).split('\n');
  const text = lines
    .map((line) =>
      sealedAnew(
        line
          .replaceAll(`${HOME}/out-${short}`, lab.out)
          .replaceAll(`${HOME}/${short}`, lab.shots)
          .replaceAll(`${HOME}/blender.mjs`, STAND_IN)
          .replaceAll(HOME, lab.folder),
      ),
    )
    .join('\n');
  await writeFile(join(checkpoint, 'journal.jsonl'), text);
  return { lab, checkpoint, text };
}

/** The checksum of a line whose paths are others now, as the format says, and not as the engine does it. */
function sealedAnew(line: string): string {
  const found = /^(.*),"crc32":"[0-9a-f]{8}"\}$/u.exec(line);
  if (!found) return line;
  const sum = crc32(`${found[1]}}`).toString(16).padStart(8, '0');
  return `${found[1]},"crc32":"${sum}"}`;
}

async function rendered(lab: Lab): Promise<readonly number[]> {
  const log = (await lab.blenderLog()) as readonly { do: string; frame?: number }[];
  return log.flatMap(({ do: what, frame }) => (what === 'render' && frame ? [frame] : []));
}

test.each(['broken-off', 'whole'])('every line of the sample %s counts as it is', async (name) => {
  const { jobs, setAside, run } = await new BatchCheckpoint(
    join(SAMPLES, name, 'checkpoint'),
  ).load();
  expect(setAside).toEqual([]);
  expect(jobs.size).toBe(3);
  expect(run?.outputRoot).toMatch(HOME);
});

test('a night that the engine before broke off is resumed: its frames stay, the others come, in the chosen order', async () => {
  const { lab, checkpoint, text } = await placed('broken-off');
  const before = new Map<string, Buffer>();
  for (const name of ['hero/hero_0001.png', 'hero/hero_0003.png', 'knob/knob_0002.png']) {
    before.set(name, await readFile(join(lab.out, name)));
  }
  expect((await lab.run('list')).out).toMatch(/interrupted +5 of 7/);
  await lab.expectTruth();

  const batch = await createBatchFromDirectory(lab.shots, { output: lab.out });
  const processor = new BatchProcessor(batch, { dataDirectory: lab.data });
  expect(await processor.load()).toMatchObject({
    outcome: 'interrupted',
    framesWhole: 5,
    framesUnfinished: 1,
    framesLeft: 5,
    framesLost: 0,
    linesSetAside: 0,
    stale: [],
  });
  expect(processor.jobs.map(({ name }) => name)).toEqual(['rest', 'hero', 'knob']);
  expect(processor.jobs[0]?.chosenPriority).toEqual({ priority: 3, over: 0 });
  await processor.close();

  const rest = ['rest_0007.png', 'rest_0008.png', 'rest_0009.png'];
  const all = { hero: frameNames('hero', 5), knob: frameNames('knob', 2), rest };
  await lab.expectResume(all, { args: ['--workers', '1'] });
  expect(await rendered(lab)).toEqual([7, 8, 9, 4, 5]);
  for (const [name, bytes] of before) {
    expect((await readFile(join(lab.out, name))).equals(bytes), name).toBe(true);
  }
  expect((await readFile(join(checkpoint, 'journal.jsonl'), 'utf8')).startsWith(text)).toBe(true);

  const report = generateBatchReport(await readResult(checkpoint));
  expect(report).toMatch(/hero/);
  expect(report).toMatch(/10 of 10|10 frames/);
});

test('of an ended night of the engine before the report can be written, and its failed shot be tried again', async () => {
  const { lab, checkpoint } = await placed('whole');
  const result = await readResult(checkpoint);
  expect(result).toMatchObject({ outcome: 'failed', completed: 2, failed: 1, totalJobs: 3 });
  const report = await lab.run('report', '--output', join(lab.folder, 'report.md'));
  expect(report.code, report.err).toBe(0);
  expect(generateBatchReport(result)).toContain('The script bad.py failed: no such collection.');

  await lab.expectResume(
    { good: frameNames('good', 3), bad: frameNames('bad', 2), after: ['after_0005.png'] },
    { args: ['--trust'] },
  );
  expect((await rendered(lab)).toSorted()).toEqual([1, 2]);
});
