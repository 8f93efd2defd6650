import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { checkedAddress } from '../../electron/telling/address.ts';
import { samplePicture } from '../../electron/telling/picture.ts';
import { previewOf } from '../../electron/telling/preview.ts';
import type { Fetch } from '../../electron/telling/send.ts';
import { type Message, secretsOf } from '../../electron/telling/services.ts';
import { tell } from '../../electron/telling/teller.ts';
import { type TellingPlace, tellingPlaceSchema } from '../../shared/telling.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { elsewhere, formOf, type Heard } from './elsewhere.ts';

const TOKEN = '123456:ABC-secret';

/** A name that would be read as markup, mentions everybody, and has letters of its own. */
const MESSAGE: Omit<Message, 'picture'> = {
  event: 'failed',
  batch: 'sq_020',
  title: 'sh_040_v2 ü failed',
  text: 'In sq_020. <@everyone> & a texture is missing.',
};

function place(over: Partial<TellingPlace> & Pick<TellingPlace, 'service' | 'fields'>) {
  return tellingPlaceSchema.parse({ plainHttp: true, ...over });
}

test('of a secret address also its path and the long parts of it are secret, as servers repeat them', () => {
  const address = 'https://hooks.example/in/a%20long-secret/x?key=1';
  const secrets = secretsOf(place({ service: 'webhook', fields: { address } }));
  for (const said of [
    address,
    '/in/a%20long-secret/x?key=1',
    '/in/a%20long-secret/x',
    'a long-secret',
  ]) {
    expect(secrets).toContain(said);
  }
  expect(secrets).not.toContain('in');
});

/** Sends a message to a place on this computer; what came there. */
async function heardBy(
  make: (url: string) => TellingPlace,
  message: Partial<Message> = {},
): Promise<Heard> {
  const there = await elsewhere();
  const toThere: Fetch = (url, init) =>
    fetch(url.replace('https://api.telegram.org', there.url), init);
  const means = {
    fetch: toThere,
    clock: new ManualClock('2026-11-26T23:00'),
    signal: new AbortController().signal,
  };
  const whole = { ...MESSAGE, picture: await samplePicture(), ...message };
  expect(await tell(make(there.url), whole, means)).toEqual({ ok: true });
  const [heard] = there.heard;
  if (!heard) throw new Error('nothing came');
  return heard;
}

function json({ body }: Heard) {
  return JSON.parse(body.toString());
}

async function isJpeg(data: Uint8Array | ArrayBuffer): Promise<boolean> {
  const { format, width } = await sharp(Buffer.from(data as ArrayBuffer)).metadata();
  return format === 'jpeg' && width === 640;
}

test('ntfy gets the picture as the body, and title, text and file name in the query', async () => {
  const heard = await heardBy((url) =>
    place({ service: 'ntfy', fields: { server: `${url}/`, topic: 'my-night', token: 'tk_1' } }),
  );
  const url = new URL(heard.path, 'http://x');
  expect(url.pathname).toBe('/my-night');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    title: MESSAGE.title,
    priority: 'high',
    message: MESSAGE.text,
    filename: 'sh0040_lighting_v012_0096.jpg',
  });
  expect(heard.headers).toMatchObject({
    authorization: 'Bearer tk_1',
    'content-type': 'image/jpeg',
  });
  expect(await isJpeg(heard.body)).toBe(true);
});

test('ntfy without a picture gets the text as the body, in bytes that it does not make a file of', async () => {
  const make = (url: string) => place({ service: 'ntfy', fields: { server: url, topic: 't' } });
  const heard = await heardBy(make, { picture: null, text: 'ü'.repeat(5000) });
  expect(heard.body.length).toBeLessThanOrEqual(4096);
  expect(heard.body.toString()).toMatch(/^ü+…$/);
  expect(heard.headers.authorization).toBeUndefined();
});

test('Discord gets an embed without markup or mentions, and the picture as a file of the form', async () => {
  const heard = await heardBy((url) =>
    place({ service: 'discord', fields: { address: `${url}/api/webhooks/1/x` } }),
  );
  expect(heard.path).toBe('/api/webhooks/1/x');
  const form = await formOf(heard);
  const file = form.get('files[0]') as File;
  expect(JSON.parse(String(form.get('payload_json')))).toEqual({
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: 'sh\\_040\\_v2 ü failed',
        description: 'In sq\\_020. \\<@everyone\\> & a texture is missing.',
        color: 0xf0655a,
        image: { url: `attachment://${file.name}` },
      },
    ],
  });
  expect(await isJpeg(await file.arrayBuffer())).toBe(true);
});

test('Slack gets text and blocks and never a picture', async () => {
  const heard = await heardBy((url) =>
    place({ service: 'slack', fields: { address: `${url}/services/T/B/x` } }),
  );
  const text = 'In sq_020. &lt;@everyone&gt; &amp; a texture is missing.';
  expect(json(heard)).toEqual({
    text: `${MESSAGE.title}: ${text}`,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: MESSAGE.title, emoji: false } },
      { type: 'section', text: { type: 'plain_text', text, emoji: false } },
    ],
  });
});

test('Telegram gets a photo with a caption as long as it takes, else a message', async () => {
  const make = () => place({ service: 'telegram', fields: { token: TOKEN, chat: '-100' } });
  const photo = await heardBy(make, { text: 'x'.repeat(3000) });
  expect(photo.path).toBe(`/bot${TOKEN}/sendPhoto`);
  const form = await formOf(photo);
  expect(form.get('chat_id')).toBe('-100');
  expect(form.get('caption')).toHaveLength(1001);
  expect(await isJpeg(await (form.get('photo') as File).arrayBuffer())).toBe(true);

  const message = await heardBy(make, { picture: null });
  expect(message.path).toBe(`/bot${TOKEN}/sendMessage`);
  expect(json(message)).toMatchObject({
    chat_id: '-100',
    text: `${MESSAGE.title}\n${MESSAGE.text}`,
  });
});

test('any webhook gets JSON with everything in it', async () => {
  const heard = await heardBy((url) =>
    place({ service: 'webhook', fields: { address: `${url}/hook?a=1`, token: 'abc' } }),
  );
  expect(heard.path).toBe('/hook?a=1');
  expect(heard.headers.authorization).toBe('Bearer abc');
  const { picture, ...rest } = json(heard);
  expect(rest).toEqual({ from: 'nightshift', version: 1, ...MESSAGE });
  expect(await isJpeg(Buffer.from(picture.base64, 'base64'))).toBe(true);
});

test('a place that does not want pictures gets none', async () => {
  const heard = await heardBy((url) =>
    place({ service: 'webhook', fields: { address: url }, picture: false }),
  );
  expect(json(heard).picture).toBeNull();
});

describe('a preview', () => {
  const picture = samplePicture();

  test('is what would be sent, without what is secret', async () => {
    const fields = { token: TOKEN, chat: '77' };
    const shown = previewOf(place({ service: 'telegram', fields }), {
      ...MESSAGE,
      picture: await picture,
    });
    expect(shown.request).toBe('POST https://api.telegram.org/bot•••/sendPhoto');
    expect(shown.body).toContain('chat_id: 77');
    expect(shown.body).toMatch(/photo: \S+\.jpg \(JPEG, \d+ KB\)/);
    expect(shown.picture).toMatch(/^data:image\/jpeg;base64,/);
    expect(JSON.stringify(shown)).not.toContain('secret');
  });

  test.each([
    [
      'discord',
      { address: 'https://discord.com/api/webhooks/1/secret' },
      'POST https://discord.com/•••',
    ],
    [
      'slack',
      { address: 'https://hooks.slack.com/services/secret' },
      'POST https://hooks.slack.com/•••',
    ],
    [
      'webhook',
      { address: 'https://h.example/secret', token: 'secret' },
      'POST https://h.example/•••',
    ],
    ['ntfy', { topic: 'mine', token: 'secret' }, /^POST https:\/\/ntfy\.sh\/mine\?title=/],
  ] as const)('of %s shows where it goes and hides the rest', async (service, fields, request) => {
    const shown = previewOf(place({ service, fields }), { ...MESSAGE, picture: await picture });
    expect(shown.request).toMatch(request);
    expect(JSON.stringify(shown)).not.toContain('secret');
    expect(shown.picture === null).toBe(service === 'slack');
  });

  test('can be read before anything is filled in', async () => {
    for (const service of ['ntfy', 'discord', 'slack', 'telegram', 'webhook'] as const) {
      const shown = previewOf(place({ service, fields: {} }), { ...MESSAGE, picture: null });
      expect(shown.request).toMatch(/^POST https:/);
    }
  });
});

describe('an address', () => {
  test.each([
    'https://hooks.example/x',
    'http://localhost:8080/x',
    'http://192.168.1.20/x',
    'http://172.31.0.1/x',
    'http://[::1]:80/x',
    'http://[fd00::1]/x',
    'http://nas/x',
    'http://nas.local/x',
  ])('%s is sent to, plain http only where that is allowed', (address) => {
    expect(checkedAddress(address, true).href).toBe(address.replace(':80/', '/'));
    if (address.startsWith('http:')) {
      expect(() => checkedAddress(address, false)).toThrow('is not encrypted');
    }
  });

  test.each([
    ['http://example.com/x', 'could be read on its way'],
    ['http://172.32.0.1/x', 'could be read on its way'],
    ['http://[2001:db8::1]/x', 'could be read on its way'],
    ['https://me:pw@example.com/', 'has a name or a password'],
    ['ftp://example.com/', 'not a web address'],
    ['file:///etc/passwd', 'not a web address'],
    ['hooks.example', 'not a web address'],
  ])('%s is refused', (address, why) => {
    expect(() => checkedAddress(address, true)).toThrow(why);
  });
});
