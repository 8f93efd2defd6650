import { join } from 'node:path';
import { expect } from '@playwright/test';
import { app, place, startApp, test } from './story.ts';

test('calls that the window would never make are refused with a sentence', async () => {
  await startApp();
  const asked: readonly [string, unknown][] = [
    ['files:read', { path: '/etc/passwd' }],
    ['constructor', undefined],
    ['folder:open', undefined],
    ['folder:open', { path: ['/'] }],
    ['folder:open', { path: join(place.root, 'gone') }],
    ['batch:open', { batchId: '../../etc' }],
    ['batch:render', { batchId: 'nobody' }],
    ['settings:set', { workers: 1e9 }],
    ['settings:set', { workers: 1 }],
  ];
  for (const [name, payload] of asked) {
    const answer = await app.call(name, payload);
    expect(answer, `${name} ${JSON.stringify(payload)}`).toMatchObject({ ok: false });
    if (!answer.ok) expect(answer.error.message).toMatch(/^[A-Z].*[.!?]$/);
  }
  expect(await app.call('batches:list', undefined)).toEqual({ ok: true, value: [] });
});

test('the window can neither leave its page nor reach Node', async () => {
  await startApp();
  const { window } = app;
  const home = window.url();
  expect(await window.evaluate(() => [typeof require, typeof process])).toEqual([
    'undefined',
    'undefined',
  ]);
  await window.evaluate(() => {
    location.href = 'https://example.com/';
    open('file:///etc/passwd');
  });
  const outside = await window.evaluate(() =>
    fetch('https://example.com/').then(
      () => 'reached',
      () => 'refused',
    ),
  );
  expect(outside).toBe('refused');
  expect(window.url()).toBe(home);
  const escaped = await window.evaluate(() =>
    fetch('/..%2f..%2fpackage.json').then((answer) => answer.status),
  );
  expect(escaped).toBe(404);
});
