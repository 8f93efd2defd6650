import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FileLooks } from '../../electron/engine/folder/file-cache.ts';
import { outputRootOf } from '../../electron/engine/folder/output-place.ts';
import { isStrange, serverOf } from '../../electron/engine/folder/servers.ts';

test.each<[string, string | null]>([
  ['\\\\NAS\\renders\\hero', 'nas'],
  ['//nas/renders', 'nas'],
  ['\\\\?\\UNC\\nas\\renders', '?'],
  ['\\\\.\\pipe\\x', '.'],
  ['C:\\shots', null],
  ['/shots', null],
])('%s leads to the computer %s', (path, server) => {
  expect(serverOf(path, 'win32')).toBe(server);
  expect(serverOf(path, 'linux')).toBeNull();
});

test('the computer that the shots lie on is no strange one', () => {
  const known = ['\\\\nas\\jobs\\night', 'D:\\renders'];
  expect(isStrange('\\\\NAS\\textures\\a.blend', known, 'win32')).toBe(false);
  expect(isStrange('\\\\thief\\x\\a.blend', known, 'win32')).toBe(true);
  expect(isStrange('C:\\a.blend', known, 'win32')).toBe(false);
});

test('one output folder counts once, however Windows or macOS lets it be written', async () => {
  const made = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-out-')));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  await mkdir(join(made, 'out'));
  await symlink(join(made, 'out'), join(made, 'mapped'));
  const rootOf = (written: string, platform: NodeJS.Platform) =>
    outputRootOf(join(made, written), join(made, 'renders'), new FileLooks(), platform);
  for (const platform of ['win32', 'darwin', 'linux'] as const) {
    expect(await rootOf('out', platform)).toBe(join(made, 'out'));
    expect(await rootOf('new/deep', platform)).toBe(join(made, 'new/deep'));
  }
  // A mapped drive is another name of a folder; a link on other systems is a place that somebody chose.
  expect(await rootOf('mapped/a', 'win32')).toBe(join(made, 'out/a'));
  expect(await rootOf('mapped/a', 'linux')).toBe(join(made, 'mapped/a'));
  expect(await rootOf('RENDERS', 'win32')).toBe(join(made, 'renders'));
  expect(await rootOf('RENDERS', 'linux')).toBe(join(made, 'RENDERS'));
});
