import { constants } from 'node:fs';
import {
  access,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { BlenderInfo } from '../../shared/batch.ts';
import {
  BLENDER_SOURCES,
  type BlenderInstall,
  type BlenderInstalls,
  type SilentBlender,
} from '../../shared/blender-install.ts';
import type { Failure } from '../../shared/failure.ts';
import {
  blenderPlaces,
  blendersIn,
  type Candidate,
  type Machine,
  THIS_MACHINE,
} from './blender-places.ts';
import { diagnose } from './diagnose.ts';
import { FLATPAK_ID, tiedToUs } from './tied-start.ts';
import type { Answer } from './types.ts';
import { within } from './within.ts';

export interface FindOptions {
  /** Executables, folders and apps that the artist added. */
  readonly added?: readonly string[];
  /** File that keeps what each of them answered, so that the same one is asked once; `null`: none. */
  readonly memory?: string | null;
  /** Asks those again that did not answer the last time. */
  readonly again?: boolean;
  readonly machine?: Machine;
  /** What each of them may take to answer. */
  readonly limitMs?: number;
}

/** Every Blender of this machine that answers, newest first, each once. */
export async function findBlenders(options: FindOptions = {}): Promise<readonly BlenderInstall[]> {
  return (await lookForBlenders(options)).found;
}

/** Every Blender of this machine, newest first, each once, and what looks like one and does not answer. */
export async function lookForBlenders(options: FindOptions = {}): Promise<BlenderInstalls> {
  const { memory = null, again = false, limitMs } = options;
  const files = await distinct(options);
  const known = await readMemory(memory);
  const asked = new Map<string, Known>();
  let isNew = false;
  const silent: SilentBlender[] = [];
  const found: BlenderInstall[] = [];
  const waiting = [...files];
  const askInTurn = async (): Promise<void> => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const { path, source, real, size, mtimeMs } = file;
      const before = known.get(real);
      const isSame = before?.size === size && before.mtimeMs === mtimeMs;
      const kept = isSame && ('version' in before.answer || !again) ? before : null;
      const answer = kept ? answerOf(path, kept) : await blenderInfo(path, limitMs);
      if (answer.ok) found.push({ ...answer.value, source });
      else silent.push({ path, source, failure: answer.failure });
      const now = kept ?? knownOf(file, answer);
      if (now) asked.set(real, now);
      isNew ||= now !== (before ?? null);
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askInTurn));
  // One that vanished is forgotten.
  if (memory !== null && (isNew || asked.size !== known.size)) await writeMemory(memory, asked);
  return {
    found: found.sort((a, b) => compareVersions(b.version, a.version) || byPlace(files, a, b)),
    silent: silent.sort((a, b) => byPlace(files, a, b)),
    added: options.added ?? [],
  };
}

/** What the Blenders say that are at a path: a program, a folder with some, a macOS app. */
export async function blendersAt(path: string): Promise<readonly Answer<BlenderInfo>[]> {
  const shown = await shownBlenders(THIS_MACHINE, path);
  return await Promise.all(shown.map((each) => blenderInfo(each.path)));
}

/** Paths of what may be Blenders, each file once; nobody has asked them yet. */
export async function candidates(options: FindOptions = {}): Promise<readonly string[]> {
  return (await distinct(options)).map(({ path }) => path);
}

/** Asks a Blender for its version; a failure says where to get one. A folder or a macOS app will do. */
export async function blenderInfo(
  path: string,
  limitMs = VERSION_LIMIT_MS,
): Promise<Answer<BlenderInfo>> {
  const executable = await executableOf(path);
  const [program, args] = await tiedToUs(executable, ['--version']);
  const result = await execa(program, args, {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: limitMs,
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
  return (await isFile(inside)) ? inside : path;
}

/** A candidate that is there, and what tells whether it is still the same. */
interface BlenderFile extends Candidate {
  readonly real: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** A script that may start another Blender tomorrow. What Flatpak exports is replaced with its Blender. */
  readonly mayChange: boolean;
}

/** Each file once, under the first of its paths, with the source that tells most. */
async function distinct({
  added = [],
  machine = THIS_MACHINE,
}: FindOptions): Promise<BlenderFile[]> {
  const shown = await Promise.all(added.map((path) => shownBlenders(machine, path)));
  const places = [...shown.flat(), ...(await blenderPlaces(machine))];
  const looks = places.map((candidate) => within(LOOK_LIMIT_MS, fileOf(machine, candidate)));
  const files = new Map<string, BlenderFile>();
  for (const file of await Promise.all(looks)) {
    if (!file) continue;
    const known = files.get(file.real);
    files.set(file.real, known ? { ...known, source: moreTelling(known, file) } : file);
  }
  return [...files.values()];
}

function moreTelling(one: Candidate, another: Candidate): Candidate['source'] {
  const [a, b] = [one, another].map(({ source }) => BLENDER_SOURCES.indexOf(source));
  return (a ?? 0) <= (b ?? 0) ? one.source : another.source;
}

async function shownBlenders(machine: Machine, path: string): Promise<readonly Candidate[]> {
  const executable = await executableOf(path);
  const paths = (await isFile(executable)) ? [executable] : await blendersIn(machine, path);
  return paths.map((each) => ({ path: each, source: 'added' }));
}

/** `null`: there is no program at this path. */
async function fileOf(machine: Machine, candidate: Candidate): Promise<BlenderFile | null> {
  try {
    const path = await executableOf(candidate.path);
    const found = await stat(path);
    if (!found.isFile()) return null;
    await access(path, constants.X_OK);
    const real = await realpath(path);
    // All snaps are one program, whose name says which: the Blender itself is what may be replaced.
    const isSnap = basename(real) === 'snap';
    const own = isSnap ? await realpath(machine.at('/snap/blender/current')) : real;
    const { size, mtimeMs } = isSnap ? await stat(own) : found;
    const mayChange = !isSnap && basename(real) !== FLATPAK_ID && (await isScript(real));
    return { ...candidate, path, real: own, size, mtimeMs, mayChange };
  } catch {
    return null;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

async function isScript(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.toString('latin1') === '#!';
  } finally {
    await handle.close();
  }
}

function byPlace(files: readonly BlenderFile[], a: { path: string }, b: { path: string }): number {
  const place = (path: string) => files.findIndex((file) => file.path === path);
  return place(a.path) - place(b.path);
}

/** A cold disk serves few at once; four that hang leave none for the others, and are given up after their time. */
const ASKED_AT_ONCE = 4;
const LOOK_LIMIT_MS = 10_000;

// ---- What they answered before

const KNOWN = z.object({
  size: z.number(),
  mtimeMs: z.number(),
  answer: z.union([
    z.object({ version: z.string() }),
    z.object({ message: z.string(), nextStep: z.string(), evidence: z.array(z.string()) }),
  ]),
});
type Known = z.infer<typeof KNOWN>;
const MEMORY = z.object({ asked: z.record(z.string(), KNOWN) });

/** `null`: it is to be asked again the next time, as also where no process could be started. */
function knownOf(file: BlenderFile, answer: Answer<BlenderInfo>): Known | null {
  const { size, mtimeMs, mayChange } = file;
  if (answer.ok && mayChange) return null;
  if (answer.ok) return { size, mtimeMs, answer: { version: answer.value.version } };
  const { cause, message, nextStep, evidence } = answer.failure;
  if (cause !== 'blender-not-found') return null;
  return { size, mtimeMs, answer: { message, nextStep, evidence: [...evidence] } };
}

function answerOf(path: string, { answer }: Known): Answer<BlenderInfo> {
  if ('version' in answer) return { ok: true, value: { path, version: answer.version } };
  return { ok: false, failure: { cause: 'blender-not-found', ...answer } };
}

async function readMemory(file: string | null): Promise<ReadonlyMap<string, Known>> {
  const text = file === null ? '' : await readFile(file, 'utf8').catch(() => '');
  try {
    return new Map(Object.entries(MEMORY.parse(JSON.parse(text)).asked));
  } catch {
    return new Map();
  }
}

/** Written whole. Where it can't be, they are asked again the next time. */
async function writeMemory(file: string, answers: ReadonlyMap<string, Known>): Promise<void> {
  const asked = Object.fromEntries([...answers].sort(([a], [b]) => (a < b ? -1 : 1)));
  const beside = `${file}.${process.pid}.new`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(beside, `${JSON.stringify({ asked }, null, 2)}\n`);
    await rename(beside, file);
  } catch {
    await rm(beside, { force: true }).catch(() => {});
  }
}
