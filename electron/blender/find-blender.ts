import { constants } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { BlenderInfo } from '../../shared/batch.ts';
import {
  BLENDER_SOURCES,
  type BlenderInstall,
  type BlenderInstalls,
  compareVersions,
  type SilentBlender,
} from '../../shared/blender-install.ts';
import type { Failure } from '../../shared/failure.ts';
import {
  blenderPlaces,
  blendersIn,
  type Candidate,
  FLATPAK_ID,
  type Machine,
  THIS_MACHINE,
} from './blender-places.ts';
import { within } from './clock.ts';
import { diagnose } from './diagnose.ts';
import type { Host } from './host.ts';
import { readLines } from './log-line.ts';
import { THIS_COMPUTER } from './this-computer.ts';
import type { Answer } from './types.ts';

export interface SearchOptions {
  /** Executables, folders and apps that the artist added. */
  readonly added?: readonly string[];
  readonly machine?: Machine;
}

export interface AskOptions {
  /** What they answered before, so that the same one is asked once. */
  readonly known?: KnownAnswers;
  /** Asks those again that did not answer the last time. */
  readonly again?: boolean;
  /** What each of them may take to answer. */
  readonly limitMs?: number;
  /** Where they are started; not there: on this computer. */
  readonly host?: Host | undefined;
}

/** What Blenders answered, by their real paths. */
export type KnownAnswers = ReadonlyMap<string, KnownAnswer>;

/** What the Blenders of a machine said, and what of that holds as long as they are the same files. */
export interface BlendersAsked extends Omit<BlenderInstalls, 'added'> {
  readonly answers: KnownAnswers;
}

/** Asks each Blender for its version: those that answer, newest first, and what only looks like one. */
export async function askBlenders(
  files: readonly BlenderFile[],
  { known = new Map(), again = false, limitMs, host }: AskOptions = {},
): Promise<BlendersAsked> {
  const answers = new Map<string, KnownAnswer>();
  const silent: SilentBlender[] = [];
  const found: BlenderInstall[] = [];
  const waiting = [...files];
  const askInTurn = async (): Promise<void> => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const { path, source, real } = file;
      const before = known.get(real);
      const kept = before && holds(before, file, again) ? before : null;
      const { answer, late } = kept
        ? { answer: answerOf(path, kept), late: false }
        : await askedFor(path, { host, limitMs });
      if (answer.ok) found.push({ ...answer.value, source });
      else silent.push({ path, source, failure: answer.failure });
      const now = kept ?? knownOf(file, answer, late);
      // One that vanished is forgotten.
      if (now) answers.set(real, now);
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askInTurn));
  return {
    found: found.sort((a, b) => compareVersions(b.version, a.version) || byPlace(files, a, b)),
    silent: silent.sort((a, b) => byPlace(files, a, b)),
    answers,
  };
}

/** What the Blenders say that are at a path: a program, a folder with some, a macOS app. */
export async function blendersAt(path: string): Promise<readonly Answer<BlenderInfo>[]> {
  const shown = await shownBlenders(THIS_MACHINE, path);
  return await Promise.all(shown.map((each) => blenderInfo(each.path)));
}

/** Asks a Blender for its version; a failure says where to get one. A folder or a macOS app will do. */
export async function blenderInfo(path: string, host?: Host): Promise<Answer<BlenderInfo>> {
  return (await askedFor(path, { host })).answer;
}

interface Asking {
  /** Where it is started; not there: on this computer. */
  readonly host?: Host | undefined;
  readonly limitMs?: number | undefined;
}

/** @returns `late`: it did not answer in time, and may do so the next time */
async function askedFor(
  path: string,
  { host = THIS_COMPUTER, limitMs = VERSION_LIMIT_MS }: Asking,
): Promise<{ readonly answer: Answer<BlenderInfo>; readonly late: boolean }> {
  const executable = await executableOf(path);
  const launched = await host.launch({ program: executable, args: ['--version'], deaf: true });
  if ('error' in launched) {
    const none = { kind: 'no-start', path: executable, code: launched.error } as const;
    const failure = await host.blame(none, STARTING, false, null);
    return refused(failure ?? diagnose(none, STARTING));
  }
  const said: string[] = [];
  const note = (line: string) => said.length < MOST_LINES && said.push(line);
  for (const stream of [launched.stdout, launched.stderr]) readLines(stream, LONGEST_LINE, note);
  const exit = await within(limitMs, launched.ended);
  if (!exit) await launched.kill();
  const version = said.map((line) => /^Blender (\d+\.\d+(?:\.\d+)?)/.exec(line)?.[1]).find(Boolean);
  if (version) return { answer: { ok: true, value: { path: executable, version } }, late: false };
  const last = said.filter((line) => line.trim() !== '').slice(-10);
  const log = last.map((text) => ({ level: 'info', text }) as const);
  const { platform } = process;
  const end = exit && ({ kind: 'exit', ...exit, platform, log, crash: [] } as const);
  const failure =
    (end && (await host.blame(end, STARTING, false, launched))) ??
    notBlender(executable, !exit, last);
  return refused(failure, !exit);
}

function refused(failure: Failure, late = false) {
  return { answer: { ok: false, failure }, late } as const;
}

const STARTING = { what: 'start', frame: null } as const;
const MOST_LINES = 200;
const LONGEST_LINE = 1024;

/** Generous: a first start from a cold disk or a network drive takes its time. */
const VERSION_LIMIT_MS = 20_000;
const NAME = process.platform === 'win32' ? 'blender.exe' : 'blender';

function notBlender(path: string, late: boolean, said: readonly string[]): Failure {
  const code = late ? 'no answer' : 'not a Blender';
  const failure = diagnose({ kind: 'no-start', path, code }, STARTING);
  return { ...failure, evidence: [...failure.evidence, ...said] };
}

/** People point at the folder or the app bundle too. */
export async function executableOf(path: string): Promise<string> {
  if (/\.app[/\\]?$/i.test(path)) return join(path, 'Contents', 'MacOS', 'Blender');
  const inside = join(path, NAME);
  return (await isFile(inside)) ? inside : path;
}

/** A candidate that is there, and what tells whether it is still the same. */
export interface BlenderFile extends Candidate {
  readonly real: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** A script that may start another Blender tomorrow. What Flatpak exports is replaced with its Blender. */
  readonly mayChange: boolean;
}

/**
 * What may be Blenders on this machine, each file once, under the first of its paths, with the source that tells most.
 * Nobody has asked them yet.
 */
export async function blenderFiles({
  added = [],
  machine = THIS_MACHINE,
}: SearchOptions = {}): Promise<readonly BlenderFile[]> {
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

const KNOWN_ANSWER = z.object({
  size: z.number(),
  mtimeMs: z.number(),
  answer: z.union([
    z.object({ version: z.string() }),
    z.object({ message: z.string(), nextStep: z.string(), evidence: z.array(z.string()) }),
  ]),
  /** Until when it counts, ms since 1970; not there: as long as it is the same file. */
  until: z.number().optional(),
});
type KnownAnswer = z.infer<typeof KNOWN_ANSWER>;
export const KNOWN_ANSWERS = z.record(z.string(), KNOWN_ANSWER);

/** One that is late is not waited for again at once, and not left out for good: its disk may have been cold. */
const LATE_COUNTS_MS = 60 * 60 * 1000;

function holds(before: KnownAnswer, { size, mtimeMs }: BlenderFile, again: boolean): boolean {
  if (before.size !== size || before.mtimeMs !== mtimeMs) return false;
  if ('version' in before.answer) return true;
  const left = (before.until ?? Number.POSITIVE_INFINITY) - Date.now();
  // A clock that was set back must not make it count for longer.
  return !again && left > 0 && (before.until === undefined || left <= LATE_COUNTS_MS);
}

/** `null`: it is to be asked again the next time, as also where no process could be started. */
function knownOf(file: BlenderFile, answer: Answer<BlenderInfo>, late: boolean) {
  const { size, mtimeMs, mayChange } = file;
  if (answer.ok && mayChange) return null;
  if (answer.ok) return { size, mtimeMs, answer: { version: answer.value.version } };
  const { cause, message, nextStep, evidence } = answer.failure;
  if (cause !== 'blender-not-found') return null;
  const until = late && { until: Date.now() + LATE_COUNTS_MS };
  return { size, mtimeMs, answer: { message, nextStep, evidence: [...evidence] }, ...until };
}

function answerOf(path: string, { answer }: KnownAnswer): Answer<BlenderInfo> {
  if ('version' in answer) return { ok: true, value: { path, version: answer.version } };
  return { ok: false, failure: { cause: 'blender-not-found', ...answer } };
}
