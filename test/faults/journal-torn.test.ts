import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { BatchCheckpoint } from '../../electron/engine/index.ts';
import { type JournalFile, openJournalFile } from '../../electron/engine/journal/journal.ts';
import { NewerCheckpoint } from '../../electron/engine/journal/journal-format.ts';
import type { Replayed } from '../../electron/engine/journal/replay.ts';
import type { FrameRecord } from '../../shared/frame-state.ts';
import { recordOf, started } from '../journal/events.ts';
import { eventKinds } from './event-kinds.ts';
import { everyEvent } from './every-event.ts';

let directory: string;
let journal: string;
/** The undamaged journal. */
let whole: Buffer;
/** Every frame that was done at any moment of it, with its record, as text. */
const everDone = new Set<string>();

beforeAll(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'nightshift-torn-')), 'night');
  journal = join(directory, 'journal.jsonl');
  const checkpoint = new BatchCheckpoint(directory);
  await checkpoint.open();
  for (const event of everyEvent()) await checkpoint.append(event);
  await checkpoint.close();
  whole = await readFile(journal);
  for (const event of everyEvent()) {
    if (event.type === 'frame-done' || event.type === 'frame-kept') {
      everDone.add(keyOf(event.job, event.frame, event.record));
    }
  }
});

afterAll(() => rm(join(directory, '..'), { recursive: true, force: true }));

test('the journal that is damaged here holds every kind of event that there is', () => {
  expect(new Set(everyEvent().map(({ type }) => type))).toEqual(new Set(eventKinds()));
});

test('a journal that is cut anywhere says what was done until there, and goes on', {
  timeout: 300_000,
}, async () => {
  const ends = [...whole.keys()].filter((index) => whole[index] === 0x0a);
  // What is done after each number of lines: it takes a while to say, and there are thousands of cuts.
  const after = new Map(ends.map((_, lines) => [lines, String(doneAfter(lines))] as const));
  await writeFile(journal, whole);
  const file = await open(journal, 'r+');
  onTestFinished(() => file.close());
  for (let length = whole.length; length >= 0; length -= 1) {
    if (isDeepInWord(length)) continue;
    await file.truncate(length);
    const { jobs, setAside } = await new BatchCheckpoint(directory).load();
    // The line that only lacks its end counts too.
    const lines = ends.filter((end) => end <= length).length;
    const done = doneIn({ jobs });
    if (setAside.length === 0 && String(done) === after.get(lines - 1)) continue;
    expect(setAside, `cut at ${length}`).toEqual([]);
    expect(done, `cut at ${length}`).toEqual(doneAfter(lines - 1));
  }
  // Opening goes the same way for all bytes of a line but the outer ones.
  const outer = ends.flatMap((end) => [end - 1, end, end + 1, end + 99]);
  for (const length of [0, 1, ...outer]) {
    const loaded = await survives(whole.subarray(0, length), `cut at ${length}`);
    expect(loaded?.setAside).toEqual([]);
  }
});

/** Behind the second letter of a word or number, and before its last: there a cut is as it is behind the first. */
function isDeepInWord(length: number): boolean {
  const around = whole.subarray(Math.max(0, length - 2), length + 1).toString('latin1');
  return /^[a-z0-9]{3}$/i.test(around);
}

test('a byte that changes anywhere never makes a frame done that was not, and its line is set aside', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (index, change) => {
        const bytes = Buffer.from(whole);
        bytes[index] = (bytes[index] ?? 0) ^ change;
        const replayed = await survives(bytes, `byte ${index} xor ${change}`);
        // A header without its seal still is one, and a last line without its end is whole.
        const isEvent = index > whole.indexOf(0x0a) && index < whole.length - 1;
        if (isEvent) expect(replayed?.setAside.length).toBeGreaterThanOrEqual(1);
      },
    ),
    { numRuns: 400 },
  );
});

test('lines that are lost, doubled, mixed up or made of rubbish never make a frame done that was not', async () => {
  const lines = whole.toString().split('\n').slice(0, -1);
  const place = fc.nat({ max: lines.length - 1 });
  const rubbish = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constant('\0'.repeat(512)),
    fc.constant('{"type":"frame-done","job":"hero","at":1,"frame":4}'),
    // What version 1 would have taken: here nothing stands without its seal.
    fc.constant(
      JSON.stringify({ type: 'frame-done', job: 'knob', at: 1, frame: 8, record: recordOf(8) }),
    ),
  );
  const damage = fc.oneof(
    fc.record({ kind: fc.constant('lose' as const), place }),
    fc.record({ kind: fc.constant('double' as const), place, to: place }),
    fc.record({ kind: fc.constant('insert' as const), place, rubbish }),
    fc.record({ kind: fc.constant('join' as const), place }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 6 }), async (damages) => {
      const text = [...lines];
      for (const one of damages) {
        if (one.kind === 'lose') text.splice(one.place, 1);
        else if (one.kind === 'double') text.splice(one.to, 0, lines[one.place] ?? '');
        else if (one.kind === 'insert') text.splice(one.place, 0, one.rubbish);
        else text.splice(one.place, 2, text.slice(one.place, one.place + 2).join(''));
      }
      await survives(Buffer.from(`${text.join('\n')}\n`), JSON.stringify(damages));
    }),
    { numRuns: 300 },
  );
});

test('a line that was set aside is told with its number, its words and the reason, and kept for a person', async () => {
  const lines = whole.toString().split('\n');
  const at = lines.findIndex((line) => line.includes('"frame-done"'));
  lines[at] = (lines[at] ?? '').replace('"frame":1,', '"frame":4,');
  const replayed = await survives(Buffer.from(lines.join('\n')), 'another frame');
  expect(replayed?.setAside).toEqual([
    { line: at + 1, text: lines[at], reason: 'It was changed after it was written.' },
  ]);
  const kept = await readFile(join(directory, 'set-aside.jsonl'), 'utf8');
  expect(JSON.parse(kept.trim().split('\n').at(-1) ?? '')).toMatchObject({ text: lines[at] });
});

/**
 * Loads, opens, appends, and loads again. Nothing throws, but for a header that says a newer version,
 * and no frame is done that was not at some moment, with the very same record.
 */
async function survives(bytes: Buffer, what: string): Promise<Replayed | null> {
  await writeFile(journal, bytes);
  const loaded = await new BatchCheckpoint(directory).load().catch((error: unknown) => {
    expect(error, what).toBeInstanceOf(NewerCheckpoint);
    return null;
  });
  const checkpoint = new BatchCheckpoint(directory, withoutSync);
  if (!loaded) {
    await expect(checkpoint.open()).rejects.toThrow(NewerCheckpoint);
    return null;
  }
  for (const key of doneIn(loaded)) expect(everDone, what).toContain(key);
  const opened = await checkpoint.open();
  try {
    expect(doneIn(opened), what).toEqual(doneIn(loaded));
    expect(opened.setAside, what).toEqual(loaded.setAside);
    await checkpoint.append({ ...started(1), at: 999 }, { sync: true }).catch((error: Error) => {
      // The shot itself is not in what is left.
      expect(error.message, what).toMatch(/never added/);
    });
  } finally {
    await checkpoint.close();
  }
  const again = await new BatchCheckpoint(directory).load();
  expect(again.setAside, what).toEqual(loaded.setAside);
  const before = doneIn(loaded).filter((key) => !key.startsWith('hero 1 '));
  expect(
    doneIn(again).filter((key) => !key.startsWith('hero 1 ')),
    what,
  ).toEqual(before);
  return loaded;
}

/** What reaches the disk when the power goes is not at stake here, and takes most of the time. */
async function withoutSync(file: string): Promise<JournalFile> {
  const handle = await openJournalFile(file);
  handle.datasync = async () => {};
  return handle;
}

function doneIn(replayed: Pick<Replayed, 'jobs'> | null): readonly string[] {
  const keys: string[] = [];
  for (const job of replayed?.jobs.values() ?? []) {
    job.plan?.frames.forEach((number, index) => {
      const frame = job.frames.get(index);
      if (frame?.status === 'done') keys.push(keyOf(job.id, number, frame.record));
    });
  }
  return keys.sort();
}

/** What is done after the first so many events, by no code of the product. */
function doneAfter(count: number): readonly string[] {
  const done = new Map<string, string>();
  for (const event of everyEvent().slice(0, Math.max(0, count))) {
    if (event.type === 'frame-done' || event.type === 'frame-kept') {
      done.set(`${event.job} ${event.frame}`, keyOf(event.job, event.frame, event.record));
    } else if (event.type === 'frame-lost') done.delete(`${event.job} ${event.frame}`);
    // One frame only, here.
    else if (event.type === 'frames-again') done.delete(`${event.job} ${event.frames}`);
  }
  return [...done.values()].sort();
}

function keyOf(job: string, frame: number, record: FrameRecord): string {
  return `${job} ${frame} ${JSON.stringify(record)}`;
}
