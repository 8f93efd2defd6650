import { join, resolve, win32 } from 'node:path';
import { expect, it } from 'vitest';
import { configOf } from '../../electron/app/stores/settings.ts';
import { outputFor } from '../../electron/engine/index.ts';
import { DEFAULT_SETTINGS, settingsSchema } from '../../shared/settings.ts';

const film = resolve('/projects/film');

it('frames go into the shot folder, or into one of its name where the artist wants all frames', () => {
  expect(outputFor(film, { outputFolder: null })).toBeNull();
  expect(outputFor(film, { outputFolder: resolve('/frames') })).toBe(
    join(resolve('/frames'), 'film'),
  );
});

it('frames go to another disk of Windows too, where no relative way leads', () => {
  expect(outputFor('C:\\projects\\film', { outputFolder: 'D:\\frames' }, win32)).toBe(
    'D:\\frames\\film',
  );
  expect(outputFor('C:\\all\\..a\\..a', { outputFolder: 'C:\\all' }, win32)).toBeNull();
});

it('frames never go where the shot folder itself would lie among them', () => {
  expect(outputFor(film, { outputFolder: resolve('/projects') })).toBeNull();
  expect(outputFor(join(film, 'film'), { outputFolder: resolve('/projects') })).toBeNull();
  expect(outputFor(film, { outputFolder: film })).toBe(join(film, 'film'));
});

it('settings of a version that knew fewer are read, and an impossible memory limit is not', () => {
  const { memoryLimitMb: _, outputFolder: __, whenDone: ___, ...older } = DEFAULT_SETTINGS;
  expect(settingsSchema.parse(older)).toEqual(DEFAULT_SETTINGS);
  expect(settingsSchema.safeParse({ ...older, memoryLimitMb: 1 }).success).toBe(false);
  expect(configOf({ ...DEFAULT_SETTINGS, memoryLimitMb: 2048 })).toMatchObject({
    memoryLimitMb: 2048,
  });
});
