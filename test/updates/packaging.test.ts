import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { updateFailure } from '../../electron/app/updates/failure.ts';
import {
  hostOfUpdates,
  installCommand,
  type Program,
  packagingOf,
} from '../../electron/app/updates/packaging.ts';
import { folderOf } from '../folder/folder.ts';

const OPT = '/opt/Nightshift/nightshift';
const MOUNT = '/tmp/.mount_NightsAb12';
const APP_IMAGE = { APPIMAGE: '/home/a/Nightshift.AppImage', APPDIR: MOUNT };

function program(over: Partial<Program>): Program {
  return {
    ...{ packaged: true, platform: 'linux', path: '/home/a/nightshift/nightshift', env: {} },
    isOf: async () => false,
    exists: () => false,
    ...over,
  };
}

describe('what Nightshift came in is seen by what lies around it', () => {
  it.each([
    ['clone', { packaged: false, env: APP_IMAGE }],
    ['app-image', { path: `${MOUNT}/nightshift`, env: APP_IMAGE }],
    // Started in the terminal of another AppImage, whose file an update would replace.
    ['archive', { env: { APPIMAGE: '/home/a/Editor.AppImage', APPDIR: '/tmp/.mount_EditorXy' } }],
    ['deb', { path: OPT, isOf: async (of: string, path: string) => of === 'dpkg' && path === OPT }],
    ['rpm', { path: OPT, isOf: async (of: string) => of === 'rpm' }],
    // Somebody unpacked the archive there.
    ['archive', { path: OPT }],
    ['archive', {}],
    ['archive', { platform: 'win32' as const, path: 'C:\\N\\Nightshift.exe' }],
    ['installer', { platform: 'win32' as const, exists: (path: string) => /Uninstall/.test(path) }],
    ['mac-app', { platform: 'darwin' as const }],
  ] as const)('%s: %j', async (packaging, over) => {
    expect(await packagingOf(program(over))).toBe(packaging);
  });
});

describe('where updates come from', () => {
  it.each([
    ['moon.example', 'provider: generic\nurl: https://moon.example/nightshift/\n'],
    ['127.0.0.1:8080', 'provider: generic\nurl: http://127.0.0.1:8080\n'],
    // electron-updater would ask another host than the one that is told.
    [null, 'provider: github\nowner: a\nrepo: b\nurl: https://moon.example/\n'],
    [null, 'provider: generic\nurl: nowhere\n'],
    [null, ''],
    [null, 'url: [torn'],
  ])('%s', async (host, text) => {
    const folder = await folderOf({ 'app-update.yml': text });
    expect(await hostOfUpdates(join(folder, 'app-update.yml'))).toBe(host);
  });

  it('is nowhere without a file', async () => {
    expect(await hostOfUpdates('/nowhere/app-update.yml')).toBeNull();
  });
});

it('the command names the file as a shell reads it', () => {
  expect(installCommand('deb', "/home/a b's/x.deb")).toBe(
    "sudo apt install '/home/a b'\\''s/x.deb'",
  );
  expect(installCommand('app-image', '/x')).toBeNull();
});

describe('what goes wrong with an update is a sentence and a next step', () => {
  it.each([
    ['net::ERR_INTERNET_DISCONNECTED', '', 'There is no connection to moon.example.'],
    ['net::ERR_NAME_NOT_RESOLVED', '', 'There is no connection to moon.example.'],
    ['net::ERR_CONNECTION_REFUSED', '', 'moon.example does not answer.'],
    ['net::ERR_CERT_DATE_INVALID', '', 'moon.example could not prove who it is'],
    ['The request timed out.', '', 'moon.example does not answer.'],
    ['502 \nHeaders: {}', 'HTTP_ERROR_502', 'moon.example answers that it can’t give it now.'],
    [
      'Cannot find channel "latest.yml" update info: HttpError: 404',
      'ERR_UPDATER_CHANNEL_FILE_NOT_FOUND',
      'moon.example has nothing for this kind of computer.',
    ],
    [
      'Cannot download "https://moon.example/x.AppImage", status 404: ',
      '',
      'moon.example has nothing for this kind of computer.',
    ],
    [
      'sha512 checksum mismatch, expected a, got b',
      'ERR_CHECKSUM_MISMATCH',
      'What was downloaded is not what was announced',
    ],
    [
      'New version 2.0.0 is not signed by the application owner: x',
      'ERR_UPDATER_INVALID_SIGNATURE',
      'What was downloaded is not signed by those who signed this Nightshift.',
    ],
    [
      'Could not get code signature for running application',
      '',
      'What was downloaded is not signed by those who signed this Nightshift.',
    ],
    ["EACCES: permission denied, access '/opt'", 'EACCES', 'Nightshift may not write'],
    ['ENOSPC: no space left on device, write', 'ENOSPC', 'There is no room on the disk'],
    ['Cannot parse update info from latest.yml', 'ERR_UPDATER_INVALID_UPDATE_INFO', 'understood'],
    // What a host answers may say anything.
    ['Cannot parse update info\nnet::ERR_INTERNET_DISCONNECTED', '', 'could not be understood'],
  ])('%s', (message, code, sentence) => {
    const failure = updateFailure(Object.assign(new Error(message), { code }), 'moon.example');
    expect(failure.message).toContain(sentence);
    expect(failure.nextStep).toMatch(/\.$/);
  });
});
