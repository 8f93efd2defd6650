import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { execa } from 'execa';
import { glob } from 'tinyglobby';
import type { BlenderInfo } from '../../shared/batch.ts';
import type { Failure } from '../../shared/failure.ts';
import { diagnose } from './diagnose.ts';
import { tiedToUs } from './tied-start.ts';
import type { Answer } from './types.ts';

/** Every Blender of this machine that answers, newest first, each once. */
export async function findBlenders(): Promise<readonly BlenderInfo[]> {
  const answers = await Promise.all((await candidates()).map(blenderInfo));
  const found = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  return found.sort((a, b) => compareVersions(b.version, a.version));
}

/** Paths of what may be Blenders, each file once; nobody has asked them yet. */
export async function candidates(): Promise<readonly string[]> {
  const known = new Map<string, string>();
  for (const path of [...fromEnvironment(), ...fromPath(), ...(await fromUsualPlaces())]) {
    const real = await realpath(path).catch(() => null);
    if (real !== null && !known.has(real)) known.set(real, path);
  }
  return [...known.values()];
}

/** Asks a Blender for its version; a failure says where to get one. A folder or a macOS app will do. */
export async function blenderInfo(path: string): Promise<Answer<BlenderInfo>> {
  const executable = await executableOf(path);
  const [program, args] = await tiedToUs(executable, ['--version']);
  const result = await execa(program, args, {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: VERSION_LIMIT_MS,
    forceKillAfterDelay: 500,
    windowsHide: true,
    maxBuffer: 64 * 1024,
  });
  const version = /^Blender (\d+\.\d+(?:\.\d+)?)/m.exec(result.all ?? '')?.[1];
  if (version) return { ok: true, value: { path: executable, version } };
  const said = (result.all ?? '').split('\n').filter((line) => line.trim() !== '');
  return { ok: false, failure: notBlender(executable, result.code, result.timedOut, said) };
}

/** Positive if `a` is the newer one of two such as `4.3.2`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Generous: a first start from a cold disk or a network drive takes its time. */
const VERSION_LIMIT_MS = 20_000;
const NAME = process.platform === 'win32' ? 'blender.exe' : 'blender';

function notBlender(
  path: string,
  code: string | undefined,
  timedOut: boolean,
  said: readonly string[],
): Failure {
  const why = timedOut ? 'no answer' : (code ?? 'not a Blender');
  const evidence = { kind: 'no-start', path, code: why } as const;
  const failure = diagnose(evidence, { what: 'start', frame: null });
  return { ...failure, evidence: [...failure.evidence, ...said.slice(-10)] };
}

/** People point at the folder or the app bundle too. */
export async function executableOf(path: string): Promise<string> {
  if (/\.app[/\\]?$/i.test(path)) return join(path, 'Contents', 'MacOS', 'Blender');
  const inside = join(path, NAME);
  const isFolder = basename(path) !== NAME && (await realpath(inside).catch(() => null)) !== null;
  return isFolder ? inside : path;
}

function fromEnvironment(): string[] {
  const path = process.env.NIGHTSHIFT_BLENDER;
  return path ? [path] : [];
}

function fromPath(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, NAME));
}

async function fromUsualPlaces(): Promise<string[]> {
  const found = await Promise.all(
    usualPlaces().map(({ folder, pattern }) => {
      // A plain name needs no look through its folder, which may hold thousands.
      if (!pattern.includes('*')) return [join(folder, pattern)];
      const options = { cwd: folder, absolute: true, deep: 5, expandDirectories: false };
      return glob(pattern, options).catch(() => []);
    }),
  );
  return found.flat();
}

function usualPlaces(): { readonly folder: string; readonly pattern: string }[] {
  const home = homedir();
  if (process.platform === 'win32') {
    const env = process.env;
    const programs = [env.ProgramFiles, env['ProgramFiles(x86)'], 'C:\\Program Files'];
    return [...new Set(programs.filter((folder) => folder !== undefined))].flatMap((folder) => [
      { folder, pattern: 'Blender Foundation/Blender*/blender.exe' },
      { folder, pattern: 'Steam/steamapps/common/Blender/blender.exe' },
      // The Microsoft Store keeps its apps here; only the user's own may be listed.
      { folder, pattern: 'WindowsApps/BlenderFoundation.Blender*/Blender/blender.exe' },
    ]);
  }
  if (process.platform === 'darwin') {
    const pattern = 'Blender*.app/Contents/MacOS/Blender';
    return [
      { folder: '/Applications', pattern },
      { folder: '/Applications', pattern: `Blender*/${pattern}` },
      { folder: join(home, 'Applications'), pattern },
      {
        folder: join(home, 'Library/Application Support/Steam/steamapps/common/Blender'),
        pattern,
      },
    ];
  }
  return [
    { folder: '/usr/bin', pattern: 'blender' },
    { folder: '/usr/local/bin', pattern: 'blender' },
    { folder: '/snap/bin', pattern: 'blender' },
    { folder: '/var/lib/flatpak/exports/bin', pattern: 'org.blender.Blender' },
    // One by one: in braces they would be looked for in everything that is there.
    { folder: '/opt', pattern: 'blender*/blender' },
    { folder: '/opt', pattern: 'blender*/blender*/blender' },
    { folder: home, pattern: 'blender*/blender' },
    { folder: home, pattern: 'Applications/blender*/blender' },
    { folder: home, pattern: 'Downloads/blender*/blender' },
    { folder: join(home, '.local/share/Steam/steamapps/common/Blender'), pattern: 'blender' },
  ];
}
