import { describe, expect, test, vi } from 'vitest';
import { type Fetch, send } from '../../electron/telling/send.ts';
import { tell } from '../../electron/telling/teller.ts';
import { tellingPlaceSchema } from '../../shared/telling.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { type Answer, elsewhere, formOf } from './elsewhere.ts';

const SECRET = 'very-secret';

/** A clock that a test passes on, and the pauses between tries that were begun. */
function timing() {
  const clock = new ManualClock('2026-11-26T23:00');
  const pauses: number[] = [];
  const after = (ms: number, run: () => void) => {
    // The others are of waiting for an answer.
    if (ms !== 20_000) pauses.push(ms);
    return clock.after(ms, run);
  };
  return { clock, pauses, means: { after } };
}

/** Sends to a place with these answers. */
async function sending(...answers: readonly Answer[]) {
  const there = await elsewhere(...answers);
  const { clock, pauses, means: timer } = timing();
  const end = new AbortController();
  const outgoing = { url: `${there.url}/${SECRET}`, headers: {}, body: 'x' };
  const means = { fetch, clock: timer, signal: end.signal, secrets: [SECRET] };
  const told = send(outgoing, means);
  return { there, clock, pauses, told };
}

test('what can heal is tried again, later each time', async () => {
  const { there, clock, pauses, told } = await sending({ status: 503 }, { status: 500 }, {});
  await vi.waitFor(() => expect(pauses).toEqual([2_000]));
  clock.pass(1_900);
  expect(there.heard).toHaveLength(1);
  clock.pass(100);
  await vi.waitFor(() => expect(pauses).toEqual([2_000, 10_000]));
  clock.pass(10_000);
  expect(await told).toEqual({ ok: true });
  expect(there.heard).toHaveLength(3);
});

test.each([
  ['Retry-After in seconds', { headers: { 'retry-after': '40' } }, 40_000],
  ['Discord’s retry_after', { body: '{"message":"slow","retry_after":64.57}' }, 64_570],
  ['Telegram’s parameters', { body: '{"ok":false,"parameters":{"retry_after":33}}' }, 33_000],
  ['nothing', {}, 2_000],
])('a service that is asked too often is let be as long as it says: %s', async (_of, says, ms) => {
  const { clock, pauses, told } = await sending({ status: 429, ...says }, {});
  await vi.waitFor(() => expect(pauses).toEqual([ms]));
  clock.pass(ms);
  expect(await told).toEqual({ ok: true });
});

test.each([
  [{ status: 404 }, 'answered 404. There is no such webhook, chat or topic any more.'],
  [{ status: 401, body: '{"error":"unauthorized"}' }, 'answered 401: unauthorized. The token is'],
  [{ status: 400, body: 'invalid_payload' }, 'answered 400: invalid_payload.'],
  [{ status: 400, body: `{"description":"no chat for ${SECRET}"}` }, 'no chat for •••.'],
  [{ status: 403, body: '<html>No.</html>' }, 'answered 403. The token'],
])('what does not heal is told at once, in words without secrets: %o', async (answer, words) => {
  const { there, told } = await sending(answer);
  const result = await told;
  expect(result).toMatchObject({ ok: false, heals: false });
  expect(result.ok || result.why).toContain(words);
  expect(JSON.stringify(result)).not.toContain(SECRET);
  expect(there.heard).toHaveLength(1);
});

test('of an answer without end only the beginning is taken in', async () => {
  let pulled = 0;
  let isLetGo = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (control) => {
      pulled += 1;
      control.enqueue(new Uint8Array(1000).fill(120));
    },
    cancel: () => {
      isLetGo = true;
    },
  });
  const { means } = timing();
  const told = await send(
    { url: 'https://night.example/', headers: {}, body: 'x' },
    {
      fetch: async () => new Response(endless, { status: 400 }),
      clock: means,
      signal: new AbortController().signal,
      secrets: [],
    },
  );
  expect(told).toMatchObject({ ok: false, status: 400 });
  expect(pulled).toBeLessThan(10);
  expect(isLetGo).toBe(true);
});

test('a secret is taken out before what is said is cut', async () => {
  const { told } = await sending({ status: 400, body: `${'x'.repeat(195)}${SECRET}` });
  const result = await told;
  expect(result.ok || result.why).not.toMatch(/very/);
});

test('nobody is followed to another host', async () => {
  const other = await elsewhere();
  for (const status of [301, 302, 307, 308]) {
    const { told } = await sending({ status, headers: { location: `${other.url}/stolen` } });
    const result = await told;
    expect(result.ok || result.why).toContain(`sends on to ${other.host}`);
  }
  expect(other.heard).toEqual([]);
});

describe('where no answer comes', () => {
  function without(failing: Fetch) {
    const { clock, pauses, means } = timing();
    const end = new AbortController();
    const outgoing = { url: `https://night.example/${SECRET}`, headers: {}, body: 'x' };
    const all = { fetch: failing, clock: means, signal: end.signal, secrets: [SECRET] };
    return { clock, pauses, end, told: send(outgoing, all) };
  }

  test('it is tried for twenty minutes and then given up', async () => {
    const failing = vi.fn<Fetch>(async (url) => {
      throw new TypeError(`fetch failed for ${url}`, { cause: { code: 'ENOTFOUND' } });
    });
    const { clock, pauses, told } = without(failing);
    for (let tries = 1; tries <= 7; tries += 1) {
      await vi.waitFor(() => expect(pauses).toHaveLength(tries));
      clock.pass(600_000);
    }
    expect(await told).toMatchObject({
      ok: false,
      why: 'night.example was not found: there is no such host, or no network.',
    });
    expect(failing).toHaveBeenCalledTimes(8);
  });

  test('a certificate that nobody trusts is not tried again', async () => {
    const { told } = without(async () => {
      throw new TypeError('fetch failed', { cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    });
    expect(await told).toMatchObject({ ok: false, heals: false });
  });

  test('a host that is silent is waited for 20 s', async () => {
    const silent: Fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const { clock, pauses, end, told } = without(silent);
    clock.pass(20_000);
    await vi.waitFor(() => expect(pauses).toEqual([2_000]));
    end.abort();
    expect(await told).toMatchObject({ why: 'night.example did not answer within 20 s.' });
    expect(clock.waiting).toBe(0);
  });
});

test('a place that takes no picture gets the message without it', async () => {
  const there = await elsewhere({ status: 413 }, {});
  const clock = new ManualClock('2026-11-26T23:00');
  const place = tellingPlaceSchema.parse({
    service: 'discord',
    fields: { address: there.url },
    plainHttp: true,
  });
  const picture = { data: new Uint8Array([1]), name: 'a.jpg' };
  const message = { event: 'done', batch: 'b', title: 't', text: 'x', picture } as const;
  const means = { fetch, clock, signal: new AbortController().signal };
  expect(await tell(place, message, means)).toEqual({ ok: true });
  const [first, second] = there.heard;
  expect(first && (await formOf(first)).get('files[0]')).toBeTruthy();
  expect(second?.headers['content-type']).toBe('application/json');
});
