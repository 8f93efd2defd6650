import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BatchCheckpoint } from '../../electron/engine/journal/batch-checkpoint.ts';
import { JournalTail } from '../../electron/engine/journal/journal-tail.ts';
import { added, done, runStarted, started } from './events.ts';
import { temporaryFolder } from './temporary.ts';

/** What one look at a journal told: `all`, or the types of events. */
async function look(tail: JournalTail): Promise<readonly string[]> {
  const told: string[] = [];
  await tail.read(
    ({ jobs }) => void told.push(`all of ${jobs.size}`),
    ({ type }) => void told.push(type),
  );
  return told;
}

async function journalOf(events: readonly Parameters<BatchCheckpoint['append']>[0][]) {
  const directory = await temporaryFolder();
  const checkpoint = new BatchCheckpoint(directory);
  await checkpoint.open();
  for (const event of events) await checkpoint.append(event);
  return { directory, checkpoint, file: join(directory, 'journal.jsonl') };
}

it('tells what is new in a journal once, and a line when it is whole', async () => {
  const { directory, checkpoint, file } = await journalOf([runStarted(), ...added(), started(1)]);
  const tail = new JournalTail(directory);
  expect(await look(tail)).toEqual(['all of 1']);
  expect(await look(tail)).toEqual([]);
  await checkpoint.append(done(1));
  await checkpoint.append(started(2));
  await checkpoint.close();
  expect(await look(tail)).toEqual(['frame-done', 'frame-started']);
  const line = (await readFile(file, 'utf8')).split('\n').at(-2) ?? '';
  await appendFile(file, line.slice(0, 40));
  expect(await look(tail)).toEqual([]);
  await appendFile(file, `${line.slice(40)}\nno event\n`);
  expect(await look(tail)).toEqual(['frame-started']);
});

it('keeps what is being rendered as such', async () => {
  const { directory, checkpoint } = await journalOf([
    ...[runStarted(), ...added(), { type: 'job-started', job: 'hero', at: 110 } as const],
    started(1),
  ]);
  await new JournalTail(directory).read(
    ({ jobs }) => {
      expect(jobs.get('hero')?.status).toBe('running');
      expect(jobs.get('hero')?.counts.running).toBe(1);
    },
    () => {},
  );
  await checkpoint.close();
});

it('begins anew where the journal is another one, was cut, or is not there yet', async () => {
  const { directory, checkpoint, file } = await journalOf([runStarted(), ...added(), started(1)]);
  await checkpoint.close();
  const tail = new JournalTail(directory);
  expect(await look(tail)).toEqual(['all of 1']);
  const text = await readFile(file, 'utf8');
  const lines = text.split('\n');
  await writeFile(file, `${lines.slice(0, 2).join('\n')}\n`);
  expect(await look(tail)).toEqual(['all of 0']);
  await rm(file);
  expect(await look(tail)).toEqual([]);
  await writeFile(file, text);
  expect(await look(tail)).toEqual(['all of 1']);
});
