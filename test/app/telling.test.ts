import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { TellingElsewhere } from '../../electron/app/night/telling-elsewhere.ts';
import type { BatchController } from '../../electron/app/sessions/batch-controller.ts';
import { type Safe, TellingStore } from '../../electron/app/stores/telling.ts';
import { WALL_CLOCK } from '../../electron/engine/index.ts';
import type { Fetch } from '../../electron/telling/send.ts';
import type { TellingDraft } from '../../shared/telling.ts';
import { folderOf } from '../folder/folder.ts';
import { madeJob, madeResult } from '../helpers/results.ts';

const SECRET = 'tk_only_for_us';

/** Encrypts, as far as a test can tell. */
const safe: Safe = {
  isAvailable: () => true,
  lock: (text) => Buffer.from(text).reverse().toString('base64'),
  unlock: (locked) => Buffer.from(locked, 'base64').reverse().toString(),
};
const noSafe: Safe = { ...safe, isAvailable: () => false };

const NTFY: TellingDraft = {
  service: 'ntfy',
  fields: { server: 'https://ntfy.example', topic: 'mine', token: SECRET },
  events: ['done'],
  picture: false,
  plainHttp: false,
  on: true,
};
const WEBHOOK: TellingDraft = {
  ...NTFY,
  service: 'webhook',
  fields: { address: 'https://h.example/x', token: SECRET },
};

async function storeIn(data: string, by = safe): Promise<TellingStore> {
  const store = new TellingStore(data, by);
  await store.load();
  return store;
}

test('a place is kept over a restart; its secret is neither in the file nor in what the window gets', async () => {
  const data = await folderOf({});
  await (await storeIn(data)).save(NTFY);
  expect(await readFile(join(data, 'telling.json'), 'utf8')).not.toContain(SECRET);
  const again = await storeIn(data);
  expect(JSON.stringify(again.view())).not.toContain(SECRET);
  expect(again.view()).toMatchObject({
    encrypted: true,
    places: [{ fields: { server: 'https://ntfy.example', topic: 'mine' }, stored: ['token'] }],
  });
  expect(again.active()).toMatchObject([{ fields: NTFY.fields }]);
});

test('where nothing encrypts, it is said, and only the user can read the file', async () => {
  const data = await folderOf({});
  const store = await storeIn(data, noSafe);
  await store.save(NTFY);
  expect(store.view().encrypted).toBe(false);
  const { mode } = await stat(join(data, 'telling.json'));
  expect((mode & 0o777).toString(8)).toBe('600');
  expect((await storeIn(data, noSafe)).active()).toMatchObject([{ fields: NTFY.fields }]);
});

test('a place that is changed keeps its secret, unless it leads elsewhere', async () => {
  const store = await storeIn(await folderOf({}));
  await store.save(NTFY);
  const { token: _, ...open } = NTFY.fields;
  await store.save({ ...NTFY, fields: { ...open, topic: 'other' } });
  expect(store.active()[0]?.fields).toEqual({ ...NTFY.fields, topic: 'other' });
  const moved = { ...NTFY, fields: { ...open, server: 'https://thief.example' } };
  expect(store.whole(moved).fields).toEqual(moved.fields);

  await store.save(WEBHOOK);
  expect(store.whole({ ...WEBHOOK, fields: {} }).fields).toEqual(WEBHOOK.fields);
  const other = { ...WEBHOOK, fields: { address: 'https://thief.example/' } };
  expect(store.whole(other).fields).toEqual(other.fields);
});

test('what was encrypted elsewhere is not sent, and said', async () => {
  const data = await folderOf({});
  await (await storeIn(data)).save(NTFY);
  const unlock = () => {
    throw new Error('Error while decrypting the ciphertext');
  };
  const stranger = await storeIn(data, { ...safe, unlock });
  expect(stranger.active()).toEqual([]);
  expect(stranger.view().places[0]?.last?.why).toContain('can’t be decrypted');
});

test('a place that is off, and one that was removed, make no request', async () => {
  const store = await storeIn(await folderOf({}));
  await store.save({ ...NTFY, on: false });
  await store.save(WEBHOOK);
  await store.remove('webhook');
  const fetched = vi.fn<Fetch>(async () => new Response('ok'));
  const push = vi.fn();
  const telling = new TellingElsewhere({
    ...{ store, pictureOf: async () => null, push, clock: WALL_CLOCK, fetch: fetched },
  });
  const session = { id: 'a', name: 'film', processor: {} } as BatchController;
  telling.ended(session, madeResult([madeJob()]));
  await telling.preview(NTFY, 'done');
  await telling.close();
  expect(fetched).not.toHaveBeenCalled();

  // The same place, on.
  await store.save(NTFY);
  const on = new TellingElsewhere({
    ...{ store, pictureOf: async () => null, push, clock: WALL_CLOCK, fetch: fetched },
  });
  on.ended(session, madeResult([madeJob()]));
  await vi.waitFor(() => expect(push).toHaveBeenCalledWith('telling:changed', expect.anything()));
  await on.close();
  expect(fetched).toHaveBeenCalledTimes(1);
});

test('what could not be told is said once, until it could again', async () => {
  const store = await storeIn(await folderOf({}));
  await store.save(NTFY);
  const status = [404, 404, 200, 404];
  const fetched: Fetch = async () => new Response('', { status: status.shift() ?? 200 });
  const push = vi.fn();
  const telling = new TellingElsewhere({
    ...{ store, pictureOf: async () => null, push, clock: WALL_CLOCK, fetch: fetched },
  });
  const session = { id: 'a', name: 'film', processor: {} } as BatchController;
  for (let run = 0; run < 4; run += 1) telling.ended(session, madeResult([madeJob()]));
  await vi.waitFor(() => expect(status).toEqual([]));
  await telling.close();
  const said = push.mock.calls.filter(([name]) => name === 'notice');
  expect(said).toHaveLength(2);
  expect(said[0]?.[1]).toMatch(/^ntfy could not be told: ntfy\.example answered 404\./);
});
