import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundsOnScreen } from '../../electron/app/desktop/window.ts';
import { History } from '../../electron/app/sessions/history.ts';
import { configOf, settingsFile } from '../../electron/app/stores/settings.ts';
import { TrustStore } from '../../electron/app/stores/trust.ts';
import { DEFAULT_CONFIG } from '../../shared/batch.ts';
import { DEFAULT_SETTINGS, settingsSchema } from '../../shared/settings.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'nightshift-app-'));
});
afterEach(() => rm(data, { recursive: true, force: true, maxRetries: 5 }));

/** Settings that the app itself goes by. */
const OF_APP = [
  'where',
  'outputFolder',
  'whenDone',
  'startAtLogin',
  'goOnWithNight',
  'lookForUpdates',
  'theme',
];

describe('settings', () => {
  it('are the defaults at first, and those are settings that the window may send', async () => {
    expect(await settingsFile(data).read()).toEqual(DEFAULT_SETTINGS);
    expect(settingsSchema.parse(DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
  });

  it('come back after a restart', async () => {
    const chosen = { ...DEFAULT_SETTINGS, workers: 3, theme: 'light' as const };
    await settingsFile(data).write(chosen);
    expect(await settingsFile(data).read()).toEqual(chosen);
    expect(await readdir(data)).toEqual(['settings.json']);
  });

  it('keep the last of many changes at once', async () => {
    const file = settingsFile(data);
    const writes = [1, 2, 3, 4].map((workers) => file.write({ ...DEFAULT_SETTINGS, workers }));
    await Promise.all(writes);
    expect((await settingsFile(data).read()).workers).toBe(4);
  });

  it('are what was chosen while they were still being read', async () => {
    const file = settingsFile(data);
    const reading = file.read();
    const chosen = { ...DEFAULT_SETTINGS, workers: 3 };
    await file.write(chosen);
    await reading;
    expect(await file.read()).toEqual(chosen);
  });

  it('leave nothing beside them where they can not be written', async () => {
    await mkdir(join(data, 'settings.json', 'in the way'), { recursive: true });
    await expect(settingsFile(data).write(DEFAULT_SETTINGS)).rejects.toThrow();
    expect(await readdir(data)).toEqual(['settings.json']);
  });

  it.each([
    ['cut off by a power cut', '{"workers": 2'],
    ['of the wrong shape', '{"workers": -1}'],
    ['empty', ''],
  ])('set a file aside that is %s, and go on with the defaults', async (_what, text) => {
    await writeFile(join(data, 'settings.json'), text);
    expect(await settingsFile(data).read()).toEqual(DEFAULT_SETTINGS);
    expect(await readFile(join(data, 'settings.json.bad'), 'utf8')).toBe(text);
  });

  it('hand the engine what configures a batch, and nothing of the window, nor of a cluster that is asked first', () => {
    const given = configOf({ ...DEFAULT_SETTINGS, workers: 3, existing: 'overwrite' });
    expect(given).toMatchObject({ workers: 3, existing: 'overwrite' });
    expect(Object.keys(DEFAULT_CONFIG)).toEqual(expect.arrayContaining(Object.keys(given)));
    const others = Object.keys(DEFAULT_SETTINGS).filter((name) => !(name in given));
    expect(others.filter((name) => !name.startsWith('slurm'))).toEqual(OF_APP);
  });
});

describe('trust', () => {
  it('is asked for only where a script wants to run, once a folder', async () => {
    const trust = new TrustStore(data);
    expect(await trust.of('/shots', false)).toBe('not-needed');
    expect(await trust.of('/shots', true)).toBe('ask');
    await trust.decide('/shots', false);
    expect(await trust.of('/shots', true)).toBe('untrusted');
    await trust.decide('/shots', true);
    expect(await new TrustStore(data).of('/shots', true)).toBe('trusted');
    expect(await trust.of('/shots/other', true)).toBe('ask');
  });

  it('is given to nobody by a name that every object has', async () => {
    expect(await new TrustStore(data).of('constructor', true)).toBe('ask');
  });
});

describe('a batch that was stopped because the app was closed', () => {
  const cancelled = { outcome: 'cancelled' as const, folder: '/shots' };

  it('waits to be resumed at the next start, until it renders again', async () => {
    await new History(data).markStopped('shots-1');
    const history = new History(data);
    expect((await history.asTheArtistSees('shots-1', cancelled)).outcome).toBe('interrupted');
    expect((await history.asTheArtistSees('shots-2', cancelled)).outcome).toBe('cancelled');
    await history.unmarkStopped('shots-1');
    expect(await history.asTheArtistSees('shots-1', cancelled)).toBe(cancelled);
  });

  it('is not called interrupted when it had an end of its own', async () => {
    const history = new History(data);
    await history.markStopped('shots-1');
    const failed = { outcome: 'failed' as const };
    expect(await history.asTheArtistSees('shots-1', failed)).toBe(failed);
  });
});

describe('the place of the window', () => {
  const bounds = { x: 2000, y: 100, width: 1200, height: 800 };
  const laptop = { x: 0, y: 0, width: 1920, height: 1080 };

  it('is remembered while its screen is there', () => {
    const second = { x: 1920, y: 0, width: 2560, height: 1440 };
    expect(boundsOnScreen(bounds, [laptop, second])).toBe(bounds);
  });

  it('is forgotten when its screen was unplugged', () => {
    expect(boundsOnScreen(bounds, [laptop])).toBeNull();
    expect(boundsOnScreen(null, [laptop])).toBeNull();
  });
});
