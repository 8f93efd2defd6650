import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import type { BlenderSource } from '../../shared/blender-install.ts';
import { within } from './clock.ts';
import { windowsProgram } from './windows.ts';

/** The name of Blender on Flathub, and of the program that Flatpak exports to start it. */
export const FLATPAK_ID = 'org.blender.Blender';

/** The machine that is looked over. Tests bring folders that are laid out like one. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where a path of that machine really is. */
  readonly at: (path: string) => string;
  /** What a program of the system says; empty where it can't be run, or not in time. */
  readonly ask: (program: string, args: readonly string[]) => Promise<string>;
}

/** What may be a Blender; nobody has asked it yet. */
export interface Candidate {
  readonly path: string;
  readonly source: BlenderSource;
}

export const THIS_MACHINE: Machine = {
  platform: process.platform,
  get env() {
    return process.env;
  },
  get home() {
    return homedir();
  },
  at: (path) => path,
  ask: async (program, args) => {
    const { execa } = await import('execa');
    const { stdout } = await execa(program, args, {
      reject: false,
      stdin: 'ignore',
      timeout: ASK_LIMIT_MS,
      forceKillAfterDelay: 500,
      windowsHide: true,
      maxBuffer: 4 * 1024 * 1024,
    });
    return stdout;
  },
};

/**
 * Paths of what may be Blenders on this machine, the usual first; some may not exist, and one may be named twice.
 * A place that does not answer, as a drive of a network that is away, holds up nobody for long.
 */
export async function blenderPlaces(machine: Machine): Promise<readonly Candidate[]> {
  const named = machine.env.NIGHTSHIFT_BLENDER;
  const first: Candidate[] = named ? [{ path: machine.at(named), source: 'variable' }] : [];
  const looks = [fromPath, ...LOOKS[layoutOf(machine)]];
  const found = await Promise.all(
    looks.map((look) =>
      within(
        PLACE_LIMIT_MS,
        look(machine).catch(() => []),
      ),
    ),
  );
  return [...first, ...found.flatMap((candidates) => candidates ?? [])];
}

/** The executable in a folder that somebody shows, be it that folder or one inside of it. */
export async function blendersIn(machine: Machine, folder: string): Promise<readonly string[]> {
  return await unpacked(machine, folder, ANYTHING);
}

const ASK_LIMIT_MS = 10_000;
const PLACE_LIMIT_MS = 15_000;

type PlaceSearch = (machine: Machine) => Promise<readonly Candidate[]>;
type Layout = 'linux' | 'windows' | 'mac';

function layoutOf({ platform }: Machine): Layout {
  if (platform === 'win32') return 'windows';
  return platform === 'darwin' ? 'mac' : 'linux';
}

function pathsOf({ platform }: Machine) {
  return platform === 'win32' ? win32 : posix;
}

/** `blender`, and the names under which packages put several versions side by side. */
const PROGRAM = /^blender(?:[-_]?\d+(?:\.\d+)*)?$/;

async function fromPath(machine: Machine): Promise<readonly Candidate[]> {
  const { join, delimiter } = pathsOf(machine);
  const variable = machine.env.PATH ?? machine.env.Path ?? '';
  const folders = [...new Set(variable.split(delimiter).filter((folder) => folder !== ''))];
  const source = (folder: string): BlenderSource =>
    layoutOf(machine) === 'linux' && (folder === '/usr/bin' || folder === '/bin')
      ? 'package'
      : 'path';
  const found = folders.map(async (folder) => {
    // A shim of the Store there starts what is found by itself.
    if (layoutOf(machine) === 'windows') return [join(folder, 'blender.exe')];
    const names = await namesIn(machine, folder);
    return names.filter((name) => PROGRAM.test(name)).map((name) => join(folder, name));
  });
  return (await Promise.all(found)).flatMap((paths, at) =>
    paths.map((path) => ({ path: machine.at(path), source: source(folders[at] ?? '') })),
  );
}

// ---- Linux

async function linuxPackages(machine: Machine): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const folder of ['/usr/bin', '/usr/local/bin']) {
    const names = (await namesIn(machine, folder)).filter((name) => PROGRAM.test(name));
    const source = folder === '/usr/bin' ? 'package' : 'path';
    found.push(
      ...names.map((name) => ({ path: machine.at(`${folder}/${name}`), source }) as const),
    );
  }
  return found;
}

async function snap(machine: Machine): Promise<readonly Candidate[]> {
  return [{ path: machine.at('/snap/bin/blender'), source: 'snap' }];
}

/** Of the system and of the user: what Flatpak exports starts the Blender inside of its sandbox. */
async function flatpak(machine: Machine): Promise<readonly Candidate[]> {
  const data = machine.env.XDG_DATA_HOME ?? `${machine.home}/.local/share`;
  return ['/var/lib/flatpak', `${data}/flatpak`].map((folder) => ({
    path: machine.at(`${folder}/exports/bin/${FLATPAK_ID}`),
    source: 'flatpak',
  }));
}

/** Not of Downloads and desktop: what a browser or a mail has put there is started only if the artist shows it. */
async function linuxArchives(machine: Machine): Promise<readonly Candidate[]> {
  const { home } = machine;
  const own = ['', '.local/opt', '.local/share', '.local/bin', 'opt', 'bin', 'apps', 'Apps']
    .concat('Applications', 'software', 'Software', 'programs', 'Programs', 'tools')
    .map((name) => (name === '' ? home : `${home}/${name}`));
  return archivesIn(machine, ['/opt', '/usr/local', '/usr/local/share', ...own]);
}

// ---- Windows

const SYSTEM_DRIVE = 'C:';

async function windowsInstalls(machine: Machine): Promise<readonly Candidate[]> {
  const { env } = machine;
  const local = env.LOCALAPPDATA ?? win32.join(machine.home, 'AppData', 'Local');
  const programs = [
    env.ProgramFiles,
    env.ProgramW6432,
    env['ProgramFiles(x86)'],
    `${SYSTEM_DRIVE}\\Program Files`,
    win32.join(local, 'Programs'),
  ].filter((folder) => folder !== undefined);
  const folders = programs.flatMap((folder) => [win32.join(folder, 'Blender Foundation'), folder]);
  const found = await Promise.all(folders.map((folder) => unpacked(machine, folder)));
  return found.flat().map((path) => ({ path, source: 'application' }));
}

/** See `linuxArchives`; nor of what is plugged in or of the network, where anybody may put a program of that name. */
async function windowsArchives(machine: Machine): Promise<readonly Candidate[]> {
  const { home } = machine;
  const own = ['Documents', 'Apps', 'Portable', 'scoop\\apps'];
  const inDrives = (await builtInDrives(machine)).flatMap((drive) =>
    ['', 'Apps', 'Portable', 'PortableApps', 'Programs', 'Program Files', 'Software', 'Tools'].map(
      (name) => win32.join(`${drive}\\`, name),
    ),
  );
  return archivesIn(machine, [home, ...own.map((name) => win32.join(home, name)), ...inDrives]);
}

/**
 * The drive of the system, and those that the registry has as partitions of a disk: the disk's signature and an offset
 * (12 bytes), or `DMIO:ID:` and a GUID. What is removable stands there with the name of its device. Where the registry
 * does not say it, the drive of the system alone.
 */
async function builtInDrives(machine: Machine): Promise<readonly string[]> {
  const [mounted, network] = await Promise.all(
    ['HKLM\\SYSTEM\\MountedDevices', 'HKCU\\Network'].map((key) => registry(machine, [key])),
  );
  const partition =
    /^ {4}\\DosDevices\\([A-Z]): {4}REG_BINARY {4}(?:[\dA-F]{24}|444D494F3A49443A[\dA-F]*)\s*$/gim;
  const disks = [...(mounted ?? '').matchAll(partition)].map(([, letter]) => `${letter}:`);
  const away = [...(network ?? '').matchAll(/\\Network\\([A-Z])\s*$/gim)];
  const isAway = (drive: string) => away.some(([, letter]) => `${letter}:` === drive);
  const system = machine.env.SystemDrive ?? SYSTEM_DRIVE;
  return [...new Set([system, ...disks.filter((drive) => !isAway(drive))])];
}

/** Apps of the Store stand in a folder that nobody may list; the registry says where each of them is. */
async function windowsStore(machine: Machine): Promise<readonly Candidate[]> {
  const packages =
    'HKCU\\Software\\Classes\\Local Settings\\Software\\Microsoft\\Windows\\CurrentVersion\\AppModel\\Repository\\Packages';
  const said = await registry(machine, [packages, '/s', '/v', 'PackageRootFolder']);
  const roots = registryValues(said).filter((value) => /BlenderFoundation\./i.test(value));
  const fromRegistry = roots.map((root) => win32.join(root, 'Blender', 'blender.exe'));
  // Where it may be listed after all.
  const apps = win32.join(
    machine.env.ProgramFiles ?? `${SYSTEM_DRIVE}\\Program Files`,
    'WindowsApps',
  );
  const listed = (await namesIn(machine, apps))
    .filter((name) => /^BlenderFoundation\./i.test(name))
    .map((name) => win32.join(apps, name, 'Blender', 'blender.exe'));
  return [...fromRegistry, ...listed].map((path) => ({ path: machine.at(path), source: 'store' }));
}

/** Installers tell the registry where they put things; portable ones do when they were made to open `.blend` files. */
async function windowsRegistry(machine: Machine): Promise<readonly Candidate[]> {
  const uninstall = 'Microsoft\\Windows\\CurrentVersion\\Uninstall';
  const folders = await Promise.all(
    [`HKLM\\SOFTWARE\\${uninstall}`, `HKLM\\SOFTWARE\\WOW6432Node\\${uninstall}`]
      .concat(`HKCU\\Software\\${uninstall}`)
      .map((key) => registry(machine, [key, '/s', '/v', 'InstallLocation'])),
  );
  const commands = await Promise.all(
    ['HKCU\\Software\\Classes', 'HKLM\\SOFTWARE\\Classes'].flatMap((classes) =>
      ['blendfile', 'blendfile.launcher', 'Applications\\blender.exe'].map((name) =>
        registry(machine, [`${classes}\\${name}\\shell\\open\\command`, '/ve']),
      ),
    ),
  );
  const installed = folders.flatMap(registryValues).map((folder) => folder.replaceAll('"', ''));
  const opened = commands.flatMap(registryValues).map((command) => {
    const program = /^"([^"]+)"|^(\S+)/.exec(command);
    return win32.dirname(program?.[1] ?? program?.[2] ?? '');
  });
  return [...installed, ...opened]
    .filter((folder) => win32.isAbsolute(folder))
    .map((folder) => ({
      path: machine.at(win32.join(folder, 'blender.exe')),
      source: 'registry',
    }));
}

async function registry(machine: Machine, query: readonly string[]): Promise<string> {
  return await machine.ask(windowsProgram('reg', machine.env), ['query', ...query]);
}

/** Of lines such as `    InstallLocation    REG_SZ    C:\Program Files\…`; the default's name is in the language of Windows. */
function registryValues(said: string): readonly string[] {
  return [...said.matchAll(/^ {4}.+? {4}REG_(?:EXPAND_)?SZ {4}(.+?)\s*$/gm)].map(
    ([, value]) => value ?? '',
  );
}

// ---- macOS

async function macApplications(machine: Machine): Promise<readonly Candidate[]> {
  const { home } = machine;
  // Not into Downloads and Desktop: see `linuxArchives`, and macOS would ask the artist for them.
  const folders = ['/Applications', `${home}/Applications`];
  const found = await Promise.all(folders.map((folder) => unpacked(machine, folder)));
  return found.flat().map((path) => ({ path, source: 'application' }));
}

/** Spotlight knows apps wherever they lie, also on what is plugged in or was downloaded, which are left alone. */
async function spotlight(machine: Machine): Promise<readonly Candidate[]> {
  const query = "kMDItemCFBundleIdentifier == 'org.blenderfoundation.blender'";
  const said = await machine.ask('/usr/bin/mdfind', [query]);
  const { home } = machine;
  const strange = ['/Volumes', `${home}/Downloads`, `${home}/Desktop`];
  return said
    .split('\n')
    .filter((line) => line.startsWith('/') && line.endsWith('.app'))
    .filter((app) => !strange.some((folder) => app.startsWith(`${folder}/`)))
    .map((app) => ({ path: machine.at(posix.join(app, MAC_PROGRAM)), source: 'application' }));
}

const MAC_PROGRAM = 'Contents/MacOS/Blender';

// ---- Steam

async function steam(machine: Machine): Promise<readonly Candidate[]> {
  const { join } = pathsOf(machine);
  const program = {
    windows: 'blender.exe',
    linux: 'blender',
    mac: `Blender.app/${MAC_PROGRAM}`,
  }[layoutOf(machine)];
  const roots = await steamRoots(machine);
  const libraries = await Promise.all(roots.map((root) => steamLibraries(machine, root)));
  return [...new Set([...roots, ...libraries.flat()])].map((library) => ({
    path: machine.at(join(library, 'steamapps', 'common', 'Blender', program)),
    source: 'steam',
  }));
}

async function steamRoots(machine: Machine): Promise<readonly string[]> {
  const { home, env } = machine;
  switch (layoutOf(machine)) {
    case 'mac':
      return [`${home}/Library/Application Support/Steam`];
    case 'linux':
      return [
        `${env.XDG_DATA_HOME ?? `${home}/.local/share`}/Steam`,
        `${home}/.steam/steam`,
        `${home}/.steam/root`,
        `${home}/.var/app/com.valvesoftware.Steam/.local/share/Steam`,
        `${home}/snap/steam/common/.local/share/Steam`,
      ];
    case 'windows': {
      const said = await registry(machine, ['HKCU\\Software\\Valve\\Steam', '/v', 'SteamPath']);
      const programs = env['ProgramFiles(x86)'] ?? `${SYSTEM_DRIVE}\\Program Files (x86)`;
      return [...registryValues(said), win32.join(programs, 'Steam')];
    }
  }
}

/** Libraries on other drives: `"path" "D:\\SteamLibrary"` in Steam's own list, before 2021 `"1" "D:\\SteamLibrary"`. */
async function steamLibraries(machine: Machine, root: string): Promise<readonly string[]> {
  const { join } = pathsOf(machine);
  const lists = ['steamapps', 'config'].map((folder) =>
    readFile(machine.at(join(root, folder, 'libraryfolders.vdf')), 'utf8').catch(() => ''),
  );
  const text = (await Promise.all(lists)).join('\n');
  return [...text.matchAll(/^\s*"(?:path|\d+)"\s+"((?:[^"\\]|\\.)+)"\s*$/gm)]
    .map(([, path]) => (path ?? '').replace(/\\(.)/g, '$1'))
    .filter((path) => pathsOf(machine).isAbsolute(path));
}

const LOOKS: Readonly<Record<Layout, readonly PlaceSearch[]>> = {
  linux: [linuxPackages, snap, flatpak, steam, linuxArchives],
  windows: [windowsInstalls, steam, windowsStore, windowsRegistry, windowsArchives],
  mac: [macApplications, steam, spotlight],
};

// ---- Folders

async function archivesIn(
  machine: Machine,
  folders: readonly string[],
): Promise<readonly Candidate[]> {
  const found = await Promise.all(
    // One that hangs must not take the others along.
    [...new Set(folders)].map((folder) => within(PLACE_LIMIT_MS / 2, unpacked(machine, folder))),
  );
  return found.flatMap((paths) => paths ?? []).map((path) => ({ path, source: 'archive' }));
}

/** Which folders are looked into: those of the place itself, then those inside of them, and so on. */
type Into = readonly RegExp[];

/** As in `Blender/4.5/blender` and in what launchers of daily builds make: `blender/stable/blender-4.5.1-lts/blender`. */
const INSIDE = /^(?:blender|\d+\.\d+|stable|daily|experimental|custom|lts|current)/i;
const KEPT: Into = [/^blender/i, INSIDE, INSIDE];
/** Whoever shows a folder means what is in it. */
const ANYTHING: Into = [/^[^.]/, /^[^.]/];

/** Real paths of the executables of Blenders in a folder, and in the folders that are looked into. */
async function unpacked(
  machine: Machine,
  folder: string,
  into: Into = KEPT,
): Promise<readonly string[]> {
  const { join } = pathsOf(machine);
  const names = await namesIn(machine, folder);
  const found = programsAmong(machine, names).map((name) => machine.at(join(folder, name)));
  const [here, ...deeper] = into;
  if (here === undefined) return found;
  const folders = names.filter((name) => here.test(name) && !NO_FOLDER.test(name));
  const inside = folders
    .slice(0, MOST_FOLDERS)
    .map((name) => unpacked(machine, join(folder, name), deeper));
  return [...found, ...(await Promise.all(inside)).flat()];
}

const NO_FOLDER = /\.(?:app|blend\d*|zip|xz|dmg|msi|exe|sh|desktop)$/i;
/** A folder with more in it is no place where Blenders are kept. */
const MOST_FOLDERS = 200;

function programsAmong(machine: Machine, names: readonly string[]): readonly string[] {
  switch (layoutOf(machine)) {
    case 'windows':
      return names.filter((name) => name.toLowerCase() === 'blender.exe');
    case 'mac':
      return names
        .filter((name) => /blender.*\.app$/i.test(name))
        .map((name) => posix.join(name, MAC_PROGRAM));
    case 'linux':
      return names.filter((name) => name === 'blender');
  }
}

async function namesIn(machine: Machine, folder: string): Promise<readonly string[]> {
  return (await readdir(machine.at(folder)).catch(() => [])).sort();
}
