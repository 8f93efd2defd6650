import {
  appendFile,
  mkdir,
  open,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BatchStore } from '../../electron/engine/batch-store.ts';
import { BatchCheckpoint } from '../../electron/engine/journal/batch-checkpoint.ts';
import { openJournalFile } from '../../electron/engine/journal/journal.ts';
import { sealed } from '../../electron/engine/journal/journal-format.ts';
import { BatchInUse, isHeld } from '../../electron/engine/journal/lock.ts';
import type { BatchEvent } from '../../shared/events.ts';
import { added, CRASH, crashedRun, done, recordOf, runStarted, started } from './events.ts';
import { FailingFile } from './failing-file.ts';
import { temporaryFolder } from './temporary.ts';

/** These journals are as they were before each frame said which Blender rendered it: the run's own one did. */
const ofRun = (frame: number) => ({ ...recordOf(frame), blender: '4.3.2' });

describe('BatchCheckpoint', () => {
  it('remembers after a restart what was recorded before it', async () => {
    const directory = await written(crashedRun());
    const again = await opened(directory);
    expect([...again.getCompletedFrames('hero')]).toEqual([
      [1, ofRun(1)],
      [2, ofRun(2)],
    ]);
    expect(again.getCompletedJobs()).toEqual([]);
    expect(again.getCompletedFrames('nobody').size).toBe(0);
  });

  it('marks jobs and frames', async () => {
    const directory = await written([runStarted(), ...added('hero', [1]), ...added('second')]);
    const checkpoint = await opened(directory);
    await checkpoint.markJobStatus('hero', 'running');
    await checkpoint.markFrame('hero', 1, recordOf(1));
    await checkpoint.markJobStatus('hero', 'completed');
    await checkpoint.markJobStatus('second', 'failed', CRASH);
    await checkpoint.close();
    const { jobs } = await new BatchCheckpoint(directory).load();
    expect(jobs.get('hero')).toMatchObject({ status: 'completed', error: null });
    expect(jobs.get('second')).toMatchObject({ status: 'failed', error: CRASH });
    const other = await opened(directory);
    expect(other.getCompletedJobs()).toEqual(['hero']);
    await other.markJobStatus('hero', 'waiting');
    expect(other.getCompletedJobs()).toEqual([]);
    expect(other.getCompletedFrames('hero').size).toBe(1);
  });

  it('refuses the same when a store owns the jobs, writes the same, and asks there for them', async () => {
    const events = [...crashedRun(), done(1, 'nobody'), ...crashedRun(), started(77)];
    const finished = { type: 'job-finished', job: 'hero', at: 9, status: 'skipped', error: null };
    events.push(finished as BatchEvent, { type: 'job-reset', job: 'hero', at: 10 }, done(4));
    const refusedBy = async (isOwned: boolean) => {
      const checkpoint = await opened(await written([]));
      const store = new BatchStore([]);
      store.persist = (event, options) => checkpoint.append(event, options);
      if (isOwned) checkpoint.leaveJobsTo(store);
      const record = async (event: BatchEvent) => {
        if (!isOwned) return checkpoint.append(event);
        store.record(event);
        await store.flush();
      };
      const answers: string[] = [];
      for (const event of events) {
        const answer = record(event).then(
          () => 'written',
          (error: Error) => error.message,
        );
        answers.push(await answer);
      }
      const done = [...checkpoint.getCompletedFrames('hero').keys()];
      return { answers, done, lines: await readFile(journalOf(checkpoint.directory), 'utf8') };
    };
    const own = await refusedBy(false);
    expect(own.done.length).toBeGreaterThan(0);
    expect(new Set(own.answers).size).toBeGreaterThan(2);
    expect(await refusedBy(true)).toEqual(own);
  });

  it('is not read again by who has read it, until it is another one', async () => {
    const directory = await written(crashedRun());
    const before = await new BatchCheckpoint(directory).read();
    expect(await new BatchCheckpoint(directory).read(before)).toBe(before);
    const other = new BatchCheckpoint(directory);
    expect(await other.open({ before })).toBe(before.replayed);
    expect([...other.getCompletedFrames('hero').keys()]).toEqual([1, 2]);
    await other.append(done(3), { sync: true });
    await other.close();

    const again = new BatchCheckpoint(directory);
    onTestFinished(() => again.close());
    const replayed = await again.open({ before });
    expect(replayed.jobs.get('hero')?.counts.done).toBe(3);
    expect([...again.getCompletedFrames('hero').keys()]).toEqual([1, 2, 3]);
  });

  it('is read again where another event of the same length stands at its end', async () => {
    const directory = await written([...crashedRun(), done(3)]);
    const { mtime } = await stat(journalOf(directory));
    const before = await new BatchCheckpoint(directory).read();
    const text = await readFile(journalOf(directory), 'utf8');
    const lines = text.trimEnd().split('\n');
    await writeFile(
      journalOf(directory),
      `${[...lines.slice(0, -1), sealed(done(4))].join('\n')}\n`,
    );
    await utimes(journalOf(directory), mtime, mtime);
    const { jobs } = (await new BatchCheckpoint(directory).read(before)).replayed;
    const frames = jobs.get('hero')?.frames;
    expect([frames?.get(2)?.status, frames?.get(3)?.status]).toEqual(['waiting', 'done']);
  });

  it('ends a torn line also where it was read before', async () => {
    const directory = await written(crashedRun());
    await appendFile(journalOf(directory), '{"type":"frame-done","job":"hero","at":2');
    const before = await new BatchCheckpoint(directory).read();
    const checkpoint = new BatchCheckpoint(directory);
    onTestFinished(() => checkpoint.close());
    expect(await checkpoint.open({ before })).toBe(before.replayed);
    await checkpoint.append(done(3), { sync: true });
    const { setAside, jobs } = await checkpoint.load();
    expect(setAside).toEqual([]);
    expect(jobs.get('hero')?.counts.done).toBe(3);
  });

  it('is plain JSON that a person can read, header first', async () => {
    const directory = await written(crashedRun());
    const lines = (await readFile(journalOf(directory), 'utf8')).split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ nightshift: 'journal', version: 2 });
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ type: 'job-added', job: 'hero' });
  });

  it('has its header also where the power went before the end of that line', async () => {
    const directory = await written([]);
    const header = (await readFile(journalOf(directory), 'utf8')).trim();
    await writeFile(journalOf(directory), header);
    const checkpoint = await opened(directory);
    for (const event of crashedRun()) await checkpoint.append(event, { sync: true });
    await checkpoint.close();
    const lines = (await readFile(journalOf(directory), 'utf8')).split('\n');
    expect(lines[0]).toBe(header);
    expect((await new BatchCheckpoint(directory).load()).setAside).toEqual([]);
  });

  it('keeps the order of the calls when many are made at once', async () => {
    const frames = Array.from({ length: 200 }, (_, index) => index + 1);
    const checkpoint = await opened(await written([runStarted(), ...added('hero', frames)]));
    await Promise.all(
      frames.flatMap((frame) => [
        checkpoint.append(started(frame)),
        checkpoint.append(done(frame), { sync: true }),
      ]),
    );
    const rows = (await readFile(journalOf(checkpoint.directory), 'utf8')).trim().split('\n');
    const numbers = rows.slice(4).map((row) => JSON.parse(row).frame);
    expect(numbers).toEqual(frames.flatMap((frame) => [frame, frame]));
    expect(checkpoint.getCompletedFrames('hero').size).toBe(200);
  });

  it('brings many appends to the disk with few syncs', async () => {
    let file: FailingFile | null = null;
    const directory = await written([runStarted(), ...added('hero')]);
    const checkpoint = new BatchCheckpoint(directory, async (path) => {
      file = new FailingFile(await openJournalFile(path));
      return file;
    });
    await checkpoint.open();
    onTestFinished(() => checkpoint.close());
    await Promise.all([1, 2, 3, 4].map((frame) => checkpoint.append(done(frame), { sync: true })));
    expect((file as FailingFile | null)?.syncs).toBe(1);
  });

  it('resumes after the power went while a line was being written', async () => {
    const directory = await written(crashedRun());
    await appendFile(journalOf(directory), '{"type":"frame-done","job":"hero","at":2');
    const checkpoint = await opened(directory);
    await checkpoint.append(done(3), { sync: true });
    expect(checkpoint.getCompletedFrames('hero').size).toBe(3);
    await checkpoint.close();
    const replayed = await new BatchCheckpoint(directory).load();
    expect(replayed.setAside).toEqual([]);
    expect(replayed.jobs.get('hero')?.counts.done).toBe(3);
    expect(await readFile(join(directory, 'set-aside.jsonl'), 'utf8')).toContain('frame-done');
  });

  it('resumes after the power went and left zeros where the last line should be', async () => {
    const directory = await written(crashedRun());
    await appendFile(journalOf(directory), Buffer.alloc(4096));
    const checkpoint = await opened(directory);
    await checkpoint.append(done(3));
    await checkpoint.close();
    expect(await readFile(journalOf(directory), 'utf8')).not.toContain('\0');
    expect((await new BatchCheckpoint(directory).load()).jobs.get('hero')?.counts.done).toBe(3);
  });

  it('keeps a bad line in the middle aside once, however often it is opened', async () => {
    const directory = await written(crashedRun());
    const text = await readFile(journalOf(directory), 'utf8');
    await writeFile(journalOf(directory), text.replace('"frame":2,"record"', '"frame":2,"rec'));
    for (let time = 0; time < 3; time += 1) {
      const checkpoint = new BatchCheckpoint(directory);
      const { setAside, jobs } = await checkpoint.open();
      await checkpoint.close();
      expect(setAside).toHaveLength(1);
      expect(jobs.get('hero')?.counts.done).toBe(1);
    }
    const rows = (await readFile(join(directory, 'set-aside.jsonl'), 'utf8')).trim().split('\n');
    expect(rows).toHaveLength(1);
  });

  it('never throws and never invents a done frame, wherever the journal is cut', async () => {
    const directory = await written(crashedRun());
    const whole = await readFile(journalOf(directory));
    const known = new Map([1, 2].map((frame) => [frame, ofRun(frame)]));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        await writeFile(journalOf(directory), whole.subarray(0, length));
        const before = await new BatchCheckpoint(directory).load();
        const checkpoint = new BatchCheckpoint(directory);
        await checkpoint.open();
        for (const [frame, record] of checkpoint.getCompletedFrames('hero')) {
          expect(record).toEqual(known.get(frame));
        }
        expect(checkpoint.getCompletedFrames('hero').size).toBe(
          before.jobs.get('hero')?.counts.done ?? 0,
        );
        await checkpoint.append(runStarted(999), { sync: true });
        await checkpoint.close();
        const after = await new BatchCheckpoint(directory).load();
        expect(after).toMatchObject({ setAside: [], lastAt: 999, outcome: 'interrupted' });
      }),
      { numRuns: 150 },
    );
  });

  it('leaves a journal of a newer Nightshift untouched', async () => {
    const directory = await written([]);
    const newer = '{"nightshift":"journal","version":7}\n{"type":"from-the-future"}\ncut sho';
    await writeFile(journalOf(directory), newer);
    const checkpoint = new BatchCheckpoint(directory);
    await expect(checkpoint.open()).rejects.toThrow(/written by a newer Nightshift/);
    expect(await readFile(journalOf(directory), 'utf8')).toBe(newer);
    await truncate(journalOf(directory), 0);
    await checkpoint.open();
    await checkpoint.close();
  });

  it('loses nothing when the disk is full and goes on when there is room again', async () => {
    const directory = await written([runStarted(), ...added()]);
    let file: FailingFile | null = null;
    const checkpoint = new BatchCheckpoint(directory, async (path) => {
      file = new FailingFile(await openJournalFile(path));
      return file;
    });
    await checkpoint.open();
    onTestFinished(() => checkpoint.close());
    const disk = file as unknown as FailingFile;
    await checkpoint.append(done(1), { sync: true });
    for (const how of ['write', 'sync', 'write and truncate'] as const) {
      disk.fails = how;
      await expect(checkpoint.append(done(2), { sync: true })).rejects.toThrow(/disk .* is full/);
      expect(checkpoint.getCompletedFrames('hero').size).toBe(1);
    }
    disk.fails = null;
    await checkpoint.append(started(3));
    await checkpoint.append(done(3), { sync: true });
    const replayed = await new BatchCheckpoint(directory).load();
    expect(replayed.setAside).toEqual([]);
    expect([...checkpoint.getCompletedFrames('hero').keys()]).toEqual([1, 3]);
    expect(replayed.jobs.get('hero')?.counts.done).toBe(2);
  });

  it('says so when its folder was deleted in the middle of a batch', async () => {
    const checkpoint = await opened(await written([runStarted(), ...added()]));
    await rm(checkpoint.directory, { recursive: true });
    await expect(checkpoint.append(done(1))).rejects.toThrow(/was deleted while the batch/);
  });

  it('says where it wanted to write when it can not, and holds no lock then', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    const below = new BatchCheckpoint(join(folder, 'file', 'night'));
    await expect(below.open()).rejects.toThrow(/checkpoint can't be written .*night\.$/);
    await mkdir(join(folder, 'odd', 'journal.jsonl'), { recursive: true });
    const odd = new BatchCheckpoint(join(folder, 'odd'));
    await expect(odd.open()).rejects.toThrow(/A folder called journal.jsonl stands .*odd\.$/);
    expect(await isHeld(odd.directory)).toEqual({ held: false });
  });

  it('refuses an event that is not legal and records the ones beside it', async () => {
    const checkpoint = await opened(await written([runStarted(), ...added()]));
    const ghost = checkpoint.append({ type: 'job-started', job: 'ghost', at: 1 });
    const good = checkpoint.append(done(1));
    await expect(ghost).rejects.toThrow(/never added/);
    await good;
    expect((await checkpoint.load()).setAside).toEqual([]);
    expect(checkpoint.getCompletedFrames('hero').size).toBe(1);
  });

  it('refuses to append before it is open and after it is closed', async () => {
    const checkpoint = new BatchCheckpoint(await written([]));
    await expect(checkpoint.append(runStarted())).rejects.toThrow(/not open/);
    await checkpoint.open();
    await checkpoint.close();
    await checkpoint.close();
    await expect(checkpoint.append(runStarted())).rejects.toThrow(/not open/);
  });

  it('forgets a batch, but not one that is being rendered', async () => {
    const directory = await written(crashedRun());
    const first = await opened(directory);
    await expect(new BatchCheckpoint(directory).clear()).rejects.toThrow(BatchInUse);
    await first.clear();
    await expect(open(directory)).rejects.toThrow(/ENOENT/);
    expect(first.getCompletedFrames('hero').size).toBe(0);
    await opened(directory);
  });

  it('writes the same for an append however large the batch is', async () => {
    expect(await writtenByAppend(400)).toBe(await writtenByAppend(4));
  });
});

/** Bytes by which the journal of a batch with so many jobs grows for one event; fails where it is written anew. */
async function writtenByAppend(jobs: number): Promise<number> {
  const events = Array.from({ length: jobs }, (_, index) => added(`job${index}`)).flat();
  const directory = await written([runStarted(), ...events]);
  const checkpoint = await opened(directory);
  // The first of a session says which version goes on.
  await checkpoint.append(started(1, 'job0'));
  const before = await stat(journalOf(directory));
  await checkpoint.append(started(2, 'job0'));
  const after = await stat(journalOf(directory));
  expect(after.ino).toBe(before.ino);
  return after.size - before.size;
}

/** A checkpoint that holds these events, closed again. */
async function written(events: readonly BatchEvent[]): Promise<string> {
  const directory = join(await temporaryFolder(), 'night');
  const checkpoint = new BatchCheckpoint(directory);
  await checkpoint.open();
  await Promise.all(events.map((event) => checkpoint.append(event)));
  await checkpoint.close();
  return directory;
}

async function opened(directory: string): Promise<BatchCheckpoint> {
  const checkpoint = new BatchCheckpoint(directory);
  await checkpoint.open();
  onTestFinished(() => checkpoint.close());
  return checkpoint;
}

function journalOf(directory: string): string {
  return join(directory, 'journal.jsonl');
}
