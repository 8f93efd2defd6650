import { chmod, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { blenderPlaces, type Machine } from '../../electron/blender/blender-places.ts';
import type { AskOptions } from '../../electron/blender/find-blender.ts';
import { searchBlenders } from '../../electron/engine/capacity/blender-installs.ts';

// Windows and macOS are folders here that are laid out like theirs: nobody has tried this on the systems themselves.

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nightshift-places-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** `C:\Users\ada` → `<root>/C/Users/ada`, `/opt` → `<root>/opt`. */
const at = (path: string) =>
  path.startsWith(root) ? path : join(root, ...path.replace(/^([A-Z]):/, '$1').split(/[\\/]/));

const LINUX: Machine = {
  platform: 'linux',
  env: { PATH: '/usr/local/bin:/usr/bin' },
  home: '/home/ada',
  at,
  ask: async () => '',
};

/** @param answers what `reg.exe query KEY …` says, by key */
function windows(answers: Readonly<Record<string, string>> = {}): Machine {
  return {
    platform: 'win32',
    env: {
      Path: 'C:\\Windows\\System32',
      ProgramFiles: 'C:\\Program Files',
      'ProgramFiles(x86)': 'C:\\Program Files (x86)',
      LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local',
      SystemRoot: 'C:\\Windows',
    },
    home: 'C:\\Users\\ada',
    at,
    ask: async (program, [query, key]) => {
      expect([program, query]).toEqual(['C:\\Windows\\System32\\reg.exe', 'query']);
      return answers[key ?? ''] ?? '';
    },
  };
}

const MAC: Machine = {
  ...LINUX,
  platform: 'darwin',
  env: { PATH: '/usr/bin' },
  home: '/Users/ada',
};

async function put(path: string, content = ''): Promise<string> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), content);
  return at(path);
}

/** Which of the places that are named really exist, with their source. */
async function found(machine: Machine): Promise<Record<string, string>> {
  const places = await blenderPlaces(machine);
  const there: Record<string, string> = {};
  for (const { path, source } of places) {
    const exists = await readFile(path).then(
      () => true,
      () => false,
    );
    if (exists) there[path] ??= source;
  }
  return there;
}

test('Linux: packages, Snap, Flatpak of system and user, Steam on other drives, archives', async () => {
  const expected = {
    [await put('/usr/bin/blender')]: 'package',
    [await put('/usr/bin/blender-4.2')]: 'package',
    [await put('/snap/bin/blender')]: 'snap',
    [await put('/var/lib/flatpak/exports/bin/org.blender.Blender')]: 'flatpak',
    [await put('/home/ada/.local/share/flatpak/exports/bin/org.blender.Blender')]: 'flatpak',
    [await put('/home/ada/.local/share/Steam/steamapps/common/Blender/blender')]: 'steam',
    [await put('/mnt/games/Steam Library/steamapps/common/Blender/blender')]: 'steam',
    [await put(
      '/home/ada/.var/app/com.valvesoftware.Steam/.local/share/Steam/steamapps/common/Blender/blender',
    )]: 'steam',
    [await put('/opt/blender-4.5.1-linux-x64/blender')]: 'archive',
    [await put('/opt/blender/5.2/blender')]: 'archive',
    [await put('/home/ada/Apps/Blender/stable/blender-3.6.9-lts.abc/blender')]: 'archive',
    [await put('/home/ada/blender/blender')]: 'archive',
  };
  await put(
    '/home/ada/.local/share/Steam/steamapps/libraryfolders.vdf',
    '"libraryfolders"\n{\n\t"0"\n\t{\n\t\t"path"\t\t"/home/ada/.local/share/Steam"\n\t\t"apps"\n\t\t{\n\t\t\t"365670"\t\t"1009"\n\t\t}\n\t}\n\t"1"\n\t{\n\t\t"path"\t\t"/mnt/games/Steam Library"\n\t}\n}\n',
  );
  expect(await found(LINUX)).toEqual(expected);
});

test('what was downloaded, or lies in a project that somebody sent, is not started', async () => {
  await put('/home/ada/Downloads/blender/blender');
  await put('/home/ada/Downloads/blender-9.9.0-linux-x64/blender');
  await put('/home/ada/Desktop/blender-9.9.0-linux-x64/blender');
  await put('/home/ada/projects/blender-4.2-linux-x64/blender');
  expect(await found(LINUX)).toEqual({});
  await put('C:\\Users\\ada\\Downloads\\blender-9.9.0-windows-x64\\blender.exe');
  await put('C:\\Users\\ada\\Desktop\\Blender\\blender.exe');
  expect(await found(windows())).toEqual({});
  const downloaded = await put('/Users/ada/Downloads/Blender.app/Contents/MacOS/Blender');
  const plugged = await put('/Volumes/STICK/Blender.app/Contents/MacOS/Blender');
  const ask = async () =>
    [downloaded, plugged].map((path) => `${path.slice(root.length, -23)}\n`).join('');
  expect(await ask()).toMatch(/^\/Users.*Blender\.app\n\/Volumes.*Blender\.app\n$/);
  expect(await found({ ...MAC, ask })).toEqual({});
});

test('Windows: of the drives only those are looked over that are partitions of its disks', async () => {
  for (const drive of 'CDEFGHZ') await put(`${drive}:\\Blender\\blender.exe`);
  const key = 'HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices';
  const stick = Buffer.from('_??_USBSTOR#Disk&Ven_Stick', 'utf16le').toString('hex').toUpperCase();
  const machine = windows({
    'HKLM\\SYSTEM\\MountedDevices': [
      '',
      key,
      '    \\DosDevices\\C:    REG_BINARY    444D494F3A49443A0011223344556677889900AABBCCDDEEFF',
      '    \\DosDevices\\D:    REG_BINARY    444D494F3A49443A0011223344556677889900AABBCCDDEEFE',
      '    \\DosDevices\\E:    REG_BINARY    1A2B3C4D0000100000000000',
      `    \\DosDevices\\F:    REG_BINARY    ${stick}`,
      '    \\??\\Volume{11223344}    REG_BINARY    1A2B3C4D0000200000000000',
      '    \\DosDevices\\Z:    REG_BINARY    1A2B3C4D0000300000000000',
      '',
    ].join('\r\n'),
    'HKCU\\Network': '\r\nHKEY_CURRENT_USER\\Network\\Z\r\n',
  });
  const drives = async (on: Machine) =>
    Object.keys(await found(on)).map((path) => path.at(root.length + 1));
  expect((await drives(machine)).sort()).toEqual(['C', 'D', 'E']);
  expect(await drives(windows()), 'where nobody says').toEqual(['C']);
});

test('Windows: Program Files, Steam on other drives, portable folders', async () => {
  const expected = {
    [await put('C:\\Program Files\\Blender Foundation\\Blender 4.5\\blender.exe')]: 'application',
    [await put('C:\\Program Files\\Blender Foundation\\Blender 5.2\\blender.exe')]: 'application',
    [await put('C:\\Program Files (x86)\\Steam\\steamapps\\common\\Blender\\blender.exe')]: 'steam',
    [await put('E:\\Steam Library\\steamapps\\common\\Blender\\blender.exe')]: 'steam',
    [await put('C:\\Portable\\blender-4.2.3-windows-x64\\blender.exe')]: 'archive',
    [await put('C:\\Blender\\3.6\\blender.exe')]: 'archive',
    [await put('C:\\Users\\ada\\scoop\\apps\\blender\\current\\blender.exe')]: 'archive',
  };
  await put(
    'C:\\Program Files (x86)\\Steam\\steamapps\\libraryfolders.vdf',
    '"libraryfolders"\n{\n\t"1"\n\t{\n\t\t"path"\t\t"E:\\\\Steam Library"\n\t}\n}\n',
  );
  expect(await found(windows())).toEqual(expected);
});

test('Windows: what the registry knows, by installers, by the Store, and by who opens a .blend', async () => {
  const expected = {
    [await put('D:\\3D\\B45\\blender.exe')]: 'registry',
    [await put('E:\\Kunst & Böcke\\blender.exe')]: 'registry',
    [await put('F:\\Steam\\steamapps\\common\\Blender\\blender.exe')]: 'steam',
    [await put(
      'C:\\Program Files\\WindowsApps\\BlenderFoundation.Blender_5.2.0.0_x64__ppwjx1n5r4v9t\\Blender\\blender.exe',
    )]: 'store',
  };
  const uninstall = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall';
  const packages =
    'HKCU\\Software\\Classes\\Local Settings\\Software\\Microsoft\\Windows\\CurrentVersion\\AppModel\\Repository\\Packages';
  const machine = windows({
    [uninstall]: [
      '',
      `${uninstall.replace('HKLM', 'HKEY_LOCAL_MACHINE')}\\{0A1B}`,
      '    InstallLocation    REG_SZ    D:\\3D\\B45\\',
      '',
      `${uninstall.replace('HKLM', 'HKEY_LOCAL_MACHINE')}\\Other`,
      '    InstallLocation    REG_SZ    C:\\Program Files\\Other',
      '    InstallLocation    REG_SZ    ',
      '',
      'End of search: 2 match(es) found.',
    ].join('\r\n'),
    'HKCU\\Software\\Classes\\blendfile\\shell\\open\\command': [
      '',
      'HKEY_CURRENT_USER\\Software\\Classes\\blendfile\\shell\\open\\command',
      '    (Standard)    REG_SZ    "E:\\Kunst & Böcke\\blender-launcher.exe" "%1"',
      '',
    ].join('\r\n'),
    'HKCU\\Software\\Valve\\Steam': '\r\n    SteamPath    REG_SZ    F:/Steam\r\n',
    [packages]: [
      '    PackageRootFolder    REG_SZ    C:\\Program Files\\WindowsApps\\Microsoft.Paint_1_x64__8',
      '    PackageRootFolder    REG_SZ    C:\\Program Files\\WindowsApps\\BlenderFoundation.Blender_5.2.0.0_x64__ppwjx1n5r4v9t',
    ].join('\r\n'),
  });
  expect(await found(machine)).toEqual(expected);
});

test('macOS: Applications, Steam, and what Spotlight knows', async () => {
  const program = 'Contents/MacOS/Blender';
  const expected = {
    [await put(`/Applications/Blender.app/${program}`)]: 'application',
    [await put(`/Applications/Blender 4.2.app/${program}`)]: 'application',
    [await put(`/Applications/Blender/4.5/Blender.app/${program}`)]: 'application',
    [await put(`/Users/ada/Applications/Blender 3.6.app/${program}`)]: 'application',
    [await put(
      `/Users/ada/Library/Application Support/Steam/steamapps/common/Blender/Blender.app/${program}`,
    )]: 'steam',
    [await put(`/Users/Shared/old/Blender 2.93.app/${program}`)]: 'application',
  };
  const ask = async (name: string) =>
    name === '/usr/bin/mdfind'
      ? '/Applications/Blender.app\n/Users/Shared/old/Blender 2.93.app\n'
      : '';
  expect(await found({ ...MAC, ask })).toEqual(expected);
});

test('a program of the system that fails takes nothing along', async () => {
  const blender = await put('/Applications/Blender.app/Contents/MacOS/Blender');
  const machine = { ...MAC, ask: () => Promise.reject(new Error('no Spotlight')) };
  expect(await found(machine)).toEqual({ [blender]: 'application' });
});

/** A stand-in that says its version, and counts how often it was asked. */
async function speaking(path: string, version: string, prefix = ''): Promise<string> {
  const file = await put(
    path,
    `#!/bin/sh\n${prefix}\necho asked >> "${at('/asked')}"\necho "Blender ${version}"\n`,
  );
  await chmod(file, 0o755);
  return file;
}

async function asked(): Promise<number> {
  const lines = await readFile(at('/asked'), 'utf8').catch(() => '');
  return lines.split('\n').length - 1;
}

/** What is found, with what the artist added, and what they answered before. */
async function looked(options: AskOptions = {}, added: readonly string[] = []) {
  await put('/data/blender-places.json', JSON.stringify(added));
  return (await searchBlenders(at('/data'), { machine: LINUX })).ask(options);
}

async function installs(options: AskOptions = {}, added: readonly string[] = []) {
  return (await looked(options, added)).found;
}

const MEMORY = '/data/blenders.json';

const onPosix = test.skipIf(process.platform === 'win32');
const EXPORTED = 'export/bin/org.blender.Blender';
const FLATPAK = '/var/lib/flatpak/app/org.blender.Blender/x86_64/stable';

/** As Flatpak lays out its apps: what is exported leads into the folder of the commit. */
async function flatpak(commit: string, version: string): Promise<void> {
  await speaking(`${FLATPAK}/${commit}/${EXPORTED}`, version);
  const exported = at('/var/lib/flatpak/exports/bin/org.blender.Blender');
  await mkdir(dirname(exported), { recursive: true });
  await rm(exported, { force: true });
  await symlink(at(`${FLATPAK}/${commit}/${EXPORTED}`), exported);
}

onPosix('each is asked once, a replaced one again, and a vanished one is forgotten', async () => {
  await flatpak('aaa', '4.5.3');
  expect(await looked()).toMatchObject({
    found: [{ version: '4.5.3', source: 'flatpak' }],
    silent: [],
  });
  await installs();
  await installs({ again: true });
  expect(await asked()).toBe(1);
  await flatpak('bbb', '5.2.1');
  expect((await installs()).map(({ version }) => version)).toEqual(['5.2.1']);
  const program = at(`${FLATPAK}/bbb/${EXPORTED}`);
  await utimes(program, new Date(), new Date(Date.now() - 60_000));
  await installs();
  expect(await asked()).toBe(3);
  await rm(program);
  expect(await installs()).toEqual([]);
  expect(JSON.parse(await readFile(at(MEMORY), 'utf8'))).toEqual({ asked: {} });
});

onPosix('a memory that somebody broke is not believed', async () => {
  await flatpak('aaa', '4.5.3');
  for (const broken of ['', '{', '{"asked":{"/x":{"size":"1"}}}', '[]']) {
    await put(MEMORY, broken);
    expect(await installs()).toHaveLength(1);
  }
});

onPosix('a script that may start another Blender tomorrow is asked each time', async () => {
  const path = await speaking('/usr/local/bin/blender', '4.2.0');
  expect(await installs()).toEqual([{ path, version: '4.2.0', source: 'path' }]);
  await installs();
  expect(await asked()).toBe(2);
});

onPosix(
  'one that hangs or breaks is told, holds up nobody, and is asked again on request',
  async () => {
    const old = await speaking(
      '/opt/blender-2.79/blender',
      '2.79',
      'echo "libGLU.so.1: not there"; exit 127',
    );
    await flatpak('aaa', '5.2.0');
    const { found, silent } = await looked();
    expect(found).toHaveLength(1);
    expect(silent).toMatchObject([{ path: old, source: 'archive' }]);
    expect(silent[0]?.failure.message).toContain(old);
    expect(silent[0]?.failure.evidence.join()).toContain('libGLU');
    expect((await looked()).silent).toEqual(silent);
    await speaking('/opt/blender-2.79/blender', '2.79');
    await utimes(old, new Date(), new Date(Date.now() - 60_000));
    expect((await looked()).found).toHaveLength(2);
  },
);

onPosix(
  'one that hangs is told, not waited for again, and asked once more on request',
  async () => {
    const hung = await speaking('/opt/blender-old/blender', '2.80', 'exec sleep 60');
    await flatpak('aaa', '5.2.0');
    const first = await looked({ limitMs: 1000 });
    expect(first.found).toMatchObject([{ version: '5.2.0' }]);
    expect(first.silent).toMatchObject([{ path: hung, failure: { cause: 'blender-not-found' } }]);
    // With its whole limit it would take a minute.
    expect(await looked({ limitMs: 60_000 })).toEqual(first);
    await chmod(hung, 0o644);
    expect((await looked({ again: true })).silent).toEqual([]);
  },
  40_000,
);

onPosix('one that was late once is asked again an hour later, without a request', async () => {
  const cold = await speaking(
    '/opt/blender-5.2/blender',
    '5.2.0',
    `[ -f '${at('/warm')}' ] || exec sleep 60`,
  );
  expect((await looked({ limitMs: 1000 })).silent).toMatchObject([{ path: cold }]);
  await put('/warm');
  expect((await looked()).silent).toMatchObject([{ path: cold }]);
  const memory = JSON.parse(await readFile(at(MEMORY), 'utf8'));
  const until = memory.asked[cold].until;
  expect(until - Date.now()).toBeGreaterThan(50 * 60_000);
  // An hour later; and a clock that was set back makes it count no longer.
  for (const then of [Date.now() - 1, until + 48 * 60 * 60_000]) {
    memory.asked[cold].until = then;
    await put(MEMORY, JSON.stringify(memory));
    expect(await installs()).toMatchObject([{ path: cold, version: '5.2.0' }]);
  }
});

onPosix('all Snaps are one program: the Blender inside says whether it is the same', async () => {
  await speaking('/usr/bin/snap', '4.4.0');
  await put('/snap/blender/5/blender');
  await put('/snap/blender/6/blender');
  await mkdir(at('/snap/bin'), { recursive: true });
  await symlink(at('/usr/bin/snap'), at('/snap/bin/blender'));
  for (const revision of ['5', '5', '6']) {
    await rm(at('/snap/blender/current'), { force: true });
    await symlink(at(`/snap/blender/${revision}`), at('/snap/blender/current'));
    expect(await installs()).toMatchObject([{ version: '4.4.0', source: 'snap' }]);
  }
  expect(await asked()).toBe(2);
});

onPosix('what the artist added comes with all that is in it, under that name', async () => {
  const one = await speaking('/mnt/tools/b42/blender', '4.2.0');
  const two = await speaking('/mnt/tools/deep/b52/blender', '5.2.0');
  const file = await speaking('/srv/blender-custom', '4.5.0');
  await speaking('/usr/bin/blender', '4.3.2');
  const added = [at('/mnt/tools'), file, at('/usr/bin/blender'), at('/gone')];
  expect(await installs({}, added)).toEqual([
    { path: two, version: '5.2.0', source: 'added' },
    { path: file, version: '4.5.0', source: 'added' },
    { path: at('/usr/bin/blender'), version: '4.3.2', source: 'added' },
    { path: one, version: '4.2.0', source: 'added' },
  ]);
});

onPosix('one Blender under several names is one, told by the most telling of them', async () => {
  const path = await speaking('/opt/blender-4.5.1-linux-x64/blender', '4.5.1');
  await mkdir(at('/usr/local/bin'), { recursive: true });
  await symlink(path, at('/usr/local/bin/blender'));
  expect(await installs()).toEqual([
    { path: at('/usr/local/bin/blender'), version: '4.5.1', source: 'archive' },
  ]);
});
