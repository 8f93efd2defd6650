import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import {
  CONTENT_SECURITY_POLICY,
  ORIGIN,
  resourceAt,
} from '../../electron/app/desktop/app-protocol.ts';
import { dispatch, type Handlers } from '../../electron/app/ipc/ipc.ts';
import { Refusal, refusalOf } from '../../electron/app/refusal.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';

const WINDOW = { url: `${ORIGIN}/index.html`, mainFrame: true };

describe('the calls between window and main process', () => {
  const opened = vi.fn(() => {
    throw new Refusal('There is nothing at “/gone”.', 'Choose another folder.');
  });
  const handlers = {
    'folder:open': opened,
    'settings:get': () => DEFAULT_SETTINGS,
    'batches:list': () => {
      throw new Error('boom');
    },
  } satisfies Partial<Handlers>;

  it('answers the window', async () => {
    expect(await dispatch(handlers, 'settings:get', undefined, WINDOW)).toEqual({
      ok: true,
      value: DEFAULT_SETTINGS,
    });
  });

  it.each([
    ['a web page', { url: 'https://example.com/', mainFrame: true }],
    ['a file', { url: 'file:///index.html', mainFrame: true }],
    ['another host of our scheme', { url: 'app://evil/index.html', mainFrame: true }],
    ['a frame inside the window', { url: `${ORIGIN}/index.html`, mainFrame: false }],
    ['a frame that is gone', { url: '', mainFrame: false }],
  ])('refuses %s', async (_who, sender) => {
    const answer = await dispatch(handlers, 'settings:get', undefined, sender);
    expect(answer).toMatchObject({ ok: false });
  });

  it.each([
    ['no payload', undefined],
    ['an empty path', { path: '' }],
    ['a number', { path: 7 }],
    ['one key too many', { path: '/shots', shell: 'rm' }],
    ['an endless path', { path: 'x'.repeat(40_000) }],
  ])('refuses %s before anything is done', async (_what, payload) => {
    opened.mockClear();
    const answer = await dispatch(handlers, 'folder:open', payload, WINDOW);
    expect(answer.ok).toBe(false);
    if (!answer.ok) expect(answer.error.message).toMatch(/^The call “folder:open” was refused: .+/);
    expect(opened).not.toHaveBeenCalled();
  });

  it('hands on a refusal with its next step', async () => {
    expect(await dispatch(handlers, 'folder:open', { path: '/gone' }, WINDOW)).toEqual({
      ok: false,
      error: { message: 'There is nothing at “/gone”.', nextStep: 'Choose another folder.' },
    });
  });

  it('turns a mistake of ours into a sentence without a stack trace', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const answer = await dispatch(handlers, 'batches:list', undefined, WINDOW);
    log.mockRestore();
    expect(JSON.stringify(answer)).toContain('Something inside Nightshift went wrong: boom.');
    expect(JSON.stringify(answer)).not.toContain('    at ');
  });

  it.each(['files:read', 'constructor', '__proto__', '', undefined, 7, { name: 'settings:get' }])(
    'knows no call %j',
    async (name) => {
      const answer = await dispatch(handlers, name, undefined, WINDOW);
      expect(answer).toMatchObject({
        ok: false,
        error: { message: expect.stringMatching(/^Nightshift knows no call “.*”\.$/) },
      });
    },
  );
});

describe('a fault of the system', () => {
  it.each(['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC'])('%s has a next step', (code) => {
    const error = Object.assign(new Error(code), { code, path: '/shots' });
    const refusal = refusalOf(error);
    expect(refusal.message).toMatch(/^[A-Z].*“\/shots”.*\.$/);
    expect(refusal.nextStep).toMatch(/\.$/);
  });

  it('leaves the sentences of the engine alone', () => {
    const sentence = 'Another Nightshift renders this batch.';
    expect(refusalOf(new Error(sentence)).message).toBe(sentence);
  });
});

describe('our own protocol', () => {
  const root = resolve('/app/out/renderer');

  it('serves the page and its parts with their types', () => {
    expect(resourceAt(root, `${ORIGIN}/`)?.file).toBe(join(root, 'index.html'));
    expect(resourceAt(root, `${ORIGIN}/assets/a.js?x#y`)).toEqual({
      file: join(root, 'assets', 'a.js'),
      type: 'text/javascript; charset=utf-8',
    });
  });

  it.each([
    `${ORIGIN}/../../package.json`,
    `${ORIGIN}/..%2f..%2fpackage.json`,
    `${ORIGIN}/%2e%2e/%2e%2e/package.json`,
    `${ORIGIN}//etc/x.json`,
    `${ORIGIN}/a%00.js`,
    `${ORIGIN}/%`,
    'app://evil/index.html',
    'https://nightshift/index.html',
    `${ORIGIN}/index.exe`,
    `${ORIGIN}/folder`,
    'nonsense',
  ])('gives nothing outside of it: %s', (url) => {
    const file = resourceAt(root, url)?.file;
    expect(file === undefined || file.startsWith(join(root, '/'))).toBe(true);
    if (!url.includes('package') && !url.includes('etc')) expect(file).toBeUndefined();
  });

  it('runs no inline script and talks to nobody', () => {
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|https?:|\*/);
  });
});
