import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LastSeen, REMEMBERED_ROWS } from '../../electron/app/sessions/last-seen.ts';
import type { BatchView } from '../../shared/view.ts';
import { aRow, aView } from '../renderer/rows.ts';

let data: string;
beforeEach(async () => {
  data = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-seen-')));
  await mkdir(join(data, 'shots'));
});
afterEach(() => rm(data, { recursive: true, force: true, maxRetries: 5 }));

const snapshot = (change: Partial<BatchView> = {}, rows = [aRow()]) => ({
  seq: 9,
  view: aView({ folder: join(data, 'shots'), phase: 'running', ...change }),
  rows,
});

it('gives back a night that broke off as interrupted, with nothing at work in it', async () => {
  const rows = [aRow({ status: 'running' }), aRow({ id: '000000000002', status: 'completed' })];
  await new LastSeen(data).keep(snapshot({ pausedSince: 5 }, rows));
  const last = await new LastSeen(data).read();
  expect(last).toMatchObject({ remembered: true, view: { id: 'film', phase: 'interrupted' } });
  expect(last?.view).toMatchObject({ resume: null, lanes: [], pausedSince: null });
  expect(last?.rows.map(({ status }) => status)).toEqual(['waiting', 'completed']);
});

it('keeps the first rows of a large batch, so that it is there at once', async () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => aRow({ id: `${index}` }));
  await new LastSeen(data).keep(snapshot({}, rows));
  expect((await new LastSeen(data).read())?.rows).toEqual(rows.slice(0, REMEMBERED_ROWS));
});

it.each(['completed', 'cancelled', 'failed', 'unread'] as const)(
  'gives nothing back of a batch that was %s: nothing of it waits to be resumed',
  async (phase) => {
    await new LastSeen(data).keep(snapshot({ phase }));
    expect(await new LastSeen(data).read()).toBeNull();
  },
);

it('gives nothing back of a folder that is gone', async () => {
  await new LastSeen(data).keep(snapshot());
  await rm(join(data, 'shots'), { recursive: true });
  expect(await new LastSeen(data).read()).toBeNull();
});

it('believes no file that somebody has changed, that is torn or that is not there', async () => {
  const seen = new LastSeen(data);
  expect(await seen.read()).toBeNull();
  await seen.keep(snapshot());
  const file = join(data, 'last-seen.json');
  const text = await readFile(file, 'utf8');
  for (const bad of [text.replace('hero', 'zero'), text.slice(0, 100), '', '[]', '{"seal":""}']) {
    await writeFile(file, bad);
    expect(await seen.read()).toBeNull();
  }
  await writeFile(file, text);
  expect(await seen.read()).not.toBeNull();
});
