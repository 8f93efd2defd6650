import { appendFile, copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyOf } from '../../electron/app/sessions/history.ts';
import { BatchCheckpoint, listCheckpoints } from '../../electron/engine/index.ts';
import { sealed } from '../../electron/engine/journal/journal-format.ts';
import { replay } from '../../electron/engine/journal/replay.ts';
import { finalPath } from '../../electron/engine/proof/staging.ts';
import { joinJob } from '../../electron/engine/resume/join-job.ts';
import { temporaryFolder } from '../journal/temporary.ts';
import { frameNames, type Lab, makeLab } from './lab.ts';
import { placeRecorded, recordedFolder } from './recorded.ts';

const ALL = {
  hero: frameNames('hero', 4),
  knob: frameNames('knob', 2),
  lost: ['lost_0007.png'],
};

test('a checkpoint of the oldest version is resumed from its first missing frame, and its lines stay', async () => {
  const lab = await makeLab('stand-in');
  const { journal, text } = await placeRecorded(lab.folder, 1);
  expect((await lab.run('list')).out).toMatch(/interrupted +3 of 6/);
  expect((await lab.run('report')).code).toBe(0);
  await lab.expectTruth();
  await lab.expectResume(ALL);
  expect(await rendered(lab)).toEqual([2, 3, 4, 7]);
  for (const frame of ['hero/hero_0001.png', 'hero/hero_0002.png', 'knob/knob_0001.png']) {
    const before = await readFile(join(recordedFolder(1), 'frames', frame));
    expect((await readFile(join(lab.out, frame))).equals(before), frame).toBe(true);
  }
  const now = await readFile(journal, 'utf8');
  expect(now.startsWith(text)).toBe(true);
  expect(JSON.parse(now.slice(text.length).split('\n')[0] ?? '')).toMatchObject({ version: 2 });
});

const NEWER = [
  '{"nightshift":"journal","version":3}',
  '{"type":"moon-rose","at":1,"phase":"full"}',
  'not even JSON any more',
].join('\n');

test.each([
  ['from its first line', NEWER],
  [
    'in the middle, where it went on with an older one',
    `{"nightshift":"journal","version":1}\n${NEWER}`,
  ],
])(
  'a checkpoint that a newer Nightshift wrote %s is refused with a sentence, and nothing of it is touched',
  async (_, text) => {
    const lab = await makeLab('stand-in');
    const { batch, checkpoint, journal } = await placeRecorded(lab.folder, 1);
    await writeFile(journal, text);
    const sentence =
      /written by a newer Nightshift .*Update Nightshift, or start the batch afresh \(nightshift render --fresh\)\./;

    const night = await lab.night();
    expect(night.code).toBe(1);
    expect(night.err).toMatch(sentence);
    expect(night.told).toMatchObject([{ type: 'nightshift' }]);
    const list = await lab.run('list');
    expect(list.code).toBe(0);
    expect(list.out).toMatch(/unreadable/);
    expect(list.out).toMatch(sentence);
    const report = await lab.run('report', lab.shots);
    expect(report.code).toBe(2);
    const byId = await lab.run('report', batch.id);
    expect(byId.code).toBe(2);
    expect(byId.err).toMatch(sentence);
    const [row] = historyOf(await listCheckpoints(lab.data), []);
    expect(row).toMatchObject({ id: batch.id, phase: 'unread' });
    expect(row?.problem).toMatch(sentence);

    expect(await readFile(journal, 'utf8')).toBe(text);
    expect(await readdir(checkpoint)).toEqual(['journal.jsonl']);
    expect(await rendered(lab)).toEqual([]);
  },
);

test('--fresh begins a new journal and keeps the newer one beside it, whole', async () => {
  const lab = await makeLab('stand-in');
  const { checkpoint, journal } = await placeRecorded(lab.folder, 1);
  await writeFile(journal, NEWER);
  const night = await lab.night({ args: ['--fresh'] });
  expect(night.code, night.err).toBe(0);
  expect((await rendered(lab)).length).toBe(7);
  const aside = (await readdir(checkpoint)).find((name) => name.startsWith('journal-newer-'));
  expect(await readFile(join(checkpoint, aside ?? ''), 'utf8')).toBe(NEWER);
  await lab.expectResume(ALL);
  expect((await rendered(lab)).length).toBe(7);
});

test('clear forgets a checkpoint of a newer version too; the frames stay', async () => {
  const lab = await makeLab('stand-in');
  const { batch, journal } = await placeRecorded(lab.folder, 1);
  await writeFile(journal, NEWER);
  expect((await lab.run('clear', batch.id)).code).toBe(0);
  expect((await lab.run('list')).err).toContain('There is no batch yet.');
  expect(await readdir(join(lab.out, 'hero'))).toHaveLength(2);
});

test('within a version an unknown field is passed over, an unknown event is told, and both stay', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', 'frames: 1-2');
  expect((await lab.night()).code).toBe(0);
  const [batch] = await listCheckpoints(lab.data);
  const directory = batch?.directory ?? '';
  const journal = join(directory, 'journal.jsonl');
  const text = await readFile(journal, 'utf8');
  const more = text.split('\n').map((line) => {
    if (!line.includes('"frame-done"')) return line;
    const { crc32: _, ...event } = JSON.parse(line);
    return sealed({ ...event, moon: 'full', record: { ...event.record, ghosts: 2 } });
  });
  const strange = sealed({ type: 'moon-rose', at: Date.now(), job: 'nobody' });
  await writeFile(journal, more.join('\n'));
  await appendFile(journal, `${strange}\n`);
  const { setAside } = await new BatchCheckpoint(directory).load();
  expect(setAside).toEqual([
    expect.objectContaining({
      text: strange,
      reason: expect.stringContaining('that this version knows'),
    }),
  ]);
  const night = await lab.expectResume({ hero: frameNames('hero', 2) });
  expect(night.done).toEqual([]);
  expect(await readFile(journal, 'utf8')).toContain(`${more.join('\n')}${strange}\n`);
});

test('no damage to a line that has no checksum makes a frame count that is not there, whole and of its number', async () => {
  const home = await temporaryFolder();
  const { batch, text } = await placeRecorded(home, 1);
  // The trap: what lies at frame 4 is the picture of frame 2, as in a shot where nothing moves.
  const hero = (number: number) => join(home, `out/hero/hero_000${number}.png`);
  await copyFile(hero(2), hero(4));
  const honest = new Set([hero(1), hero(2), join(home, 'out/knob/knob_0001.png')]);
  const counts = async (journal: string) => {
    const lines = journal.split('\n').filter((line) => line !== '');
    const { jobs } = replay(lines.filter((line) => !line.includes('"nightshift":"journal"')));
    for (const job of batch.jobs) {
      const resumed = await joinJob(job, jobs.get(job.id), { forget: false, folder: batch.folder });
      expect(resumed.unnamed).toEqual([]);
      expect(resumed.job.status).not.toBe('completed');
      const { plan, frames } = resumed.job;
      for (const [index] of plan ? frames.inState('done') : []) {
        expect(honest).toContain(plan && finalPath(plan, plan.frames[index] ?? Number.NaN));
      }
    }
  };
  await counts(text);
  // The very digits that would do it, and then anything.
  await counts(text.replaceAll('"frame":2,"record"', '"frame":4,"record"'));
  const place = fc.nat({ max: text.length - 1 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(place, fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 })), {
        minLength: 1,
        maxLength: 4,
      }),
      async (damages) => {
        const letters = [...text];
        for (const [index, letter] of damages) letters[index] = letter;
        await counts(letters.join(''));
      },
    ),
    { numRuns: 300 },
  );
});

async function rendered(lab: Lab): Promise<readonly number[]> {
  const log = (await lab.blenderLog()) as readonly { do: string; frame?: number }[];
  return log.flatMap(({ do: what, frame }) => (what === 'render' && frame ? [frame] : [])).sort();
}
