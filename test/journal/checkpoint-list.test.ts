import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { BatchCheckpoint } from '../../electron/engine/journal/batch-checkpoint.ts';
import {
  checkpointDirectory,
  dataDirectory,
} from '../../electron/engine/journal/data-directory.ts';
import { listCheckpoints } from '../../electron/engine/resume/recorded-batches.ts';
import type { BatchEvent } from '../../shared/events.ts';
import { crashedRun, runStarted } from './events.ts';
import { temporaryFolder } from './temporary.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the list of batches', () => {
  it('is empty where nothing was ever rendered', async () => {
    expect(await listCheckpoints(join(await temporaryFolder(), 'nowhere'))).toEqual([]);
  });

  it('tells where each batch stands, the newest first, and which one runs now', async () => {
    const data = await temporaryFolder();
    await (await driven(data, 'crashed', crashedRun())).close();
    const live = await driven(data, 'live', [runStarted(900)]);
    onTestFinished(() => live.close());
    const [first, second] = await listCheckpoints(data);
    expect(first).toMatchObject({ id: 'live', live: true, startedAt: 900, problem: null });
    expect(second).toMatchObject({
      id: 'crashed',
      directory: checkpointDirectory(data, 'crashed'),
      folder: '/shots',
      outputRoot: '/shots/renders',
      outcome: 'interrupted',
      live: false,
      frames: { total: 4, done: 2, failed: 0 },
      jobs: { waiting: 1, running: 0, completed: 0 },
      lastAt: 200,
    });
  });

  it('names the problem of a batch that can not be read beside the ones that can', async () => {
    const data = await temporaryFolder();
    await (await driven(data, 'good', crashedRun())).close();
    const newer = checkpointDirectory(data, 'newer');
    await mkdir(newer);
    await writeFile(join(newer, 'journal.jsonl'), '{"nightshift":"journal","version":9}\n');
    await mkdir(join(checkpointDirectory(data, 'odd'), 'journal.jsonl'), { recursive: true });
    const list = await listCheckpoints(data);
    expect(list.map((one) => one.id).sort()).toEqual(['good', 'newer', 'odd']);
    const problemOf = (id: string) => list.find((one) => one.id === id)?.problem;
    expect(problemOf('newer')).toMatch(/written by a newer Nightshift/);
    expect(problemOf('odd')).toMatch(/can't be read/);
    expect(problemOf('good')).toBeNull();
  });
});

describe('the data directory', () => {
  it('is the one of the environment, or the one of this user', () => {
    vi.stubEnv('NIGHTSHIFT_DATA', '/somewhere/else');
    expect(dataDirectory()).toMatch(/somewhere.else$/);
    vi.stubEnv('NIGHTSHIFT_DATA', '');
    expect(dataDirectory()).toMatch(/Nightshift/);
    expect(dataDirectory()).not.toMatch(/nodejs/);
  });
});

async function driven(data: string, id: string, events: readonly BatchEvent[]) {
  const checkpoint = new BatchCheckpoint(checkpointDirectory(data, id));
  await checkpoint.open();
  for (const event of events) await checkpoint.append(event);
  return checkpoint;
}
