import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { isOurs } from './own-folder.ts';
import { type Child, exists, lowerPriority, type Program, spawnHere } from './spawn-here.ts';

/*
 * The first Blender of a render, started before anything else of ours is loaded. It is started as the last one was that a
 * command line like this one began with: who wants one then takes it where it is just that one, and else it is ended. Nothing
 * but Node's own modules may be imported here, and of these those alone that a program is started with: each takes milliseconds.
 */

/** What a command line says about its first Blender. */
export interface FirstAsked {
  /** Absolute, or the bare name of a program; `null`: none is asked for. */
  readonly blender: string | null;
  readonly trusted: boolean;
  readonly factoryStartup: boolean;
}

/** How a Blender was started, to do it once more. */
export interface FirstStart {
  /** Its file as it was then. */
  readonly blender: {
    /** Absolute, or a bare name, whose file is the one that the system finds by it. */
    readonly path: string;
    readonly file: string;
    readonly size: number;
    readonly mtimeMs: number;
    /** What it said when it came up, such as `4.3.2`. */
    readonly version: string;
  };
  /** What stands before the program and ties it to us; nothing, where nothing can. */
  readonly tie: readonly string[];
  /** With `TOKEN` and `TEMPORARY` in place of those of then. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const TOKEN = '{token}';
const TEMPORARY = '{temporary}';

/** A Blender that has a head start, and how the next command line like this one gets one. */
export interface HeadStart {
  /** `null`: none was started. */
  readonly begun: Begun | null;
  /** Keeps how the first Blender of this command line was started; `null`: forgets it. Never throws. */
  readonly remember: (start: FirstStart | null) => void;
}

/** Does not start a Blender before it is known that one is needed. */
const OPT_OUT = 'NIGHTSHIFT_HEAD_START';

/**
 * Starts the Blender that `nightshift render` will most likely begin with; `null`: this is another command, or none is begun for it.
 * Never throws.
 * @param words of the command line, without the program
 * @param cache the folder of this user for what can be made anew: in there it is kept how that is done
 */
export function headStart([command, ...args]: readonly string[], cache: string): HeadStart | null {
  try {
    const folder = join(cache, 'first');
    const isWanted = command === 'render' && process.env[OPT_OUT] !== '0';
    const asked = isWanted ? firstAsked(args) : null;
    if (asked === null || !isOurs(folder)) return null;
    // An installation says which of its runners it starts Blender with.
    const key = JSON.stringify([import.meta.dirname, asked]);
    const file = join(folder, `${nameOf(key)}.json`);
    const remember = (start: FirstStart | null) => keep(file, key, start);
    const before = readStart(file, key);
    if (before === null) return { begun: null, remember };
    if (!isSameFile(before.blender)) {
      remember(null);
      return { begun: null, remember };
    }
    return { begun: begin(before, temporaryIn(folder)), remember };
  } catch {
    return null;
  }
}

/** What is asked for the first Blender; `null`: a question, a mistake, or nothing that is started here and now. */
export function firstAsked(args: readonly string[]): FirstAsked | null {
  let blender = process.env.NIGHTSHIFT_BLENDER || null;
  let [trusted, factoryStartup, hasFolder] = [false, false, false];
  const words = [...args];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [option = '', ...rest] = word.split('=');
    if (ELSEWHERE.includes(option)) return null;
    if (option === '--blender') blender = rest.length > 0 ? rest.join('=') : (words.shift() ?? '');
    else if (word === '--trust') trusted = true;
    else if (word === '--factory-startup') factoryStartup = true;
    else if (!word.startsWith('-')) hasFolder ||= existsSync(resolve(word));
  }
  if (!hasFolder || blender === '') return null;
  return { blender: blender === null ? null : programAt(blender), trusted, factoryStartup };
}

/** Who asks so wants to read, to wait, or to render on another computer or behind another program. */
const ELSEWHERE = ['-h', '--help', '--start-at', '--launcher', '--on', '--detach'];

/** A program as it is said on a command line: an absolute path, or a bare name that the system looks up in PATH. */
export function programAt(text: string): string {
  const bare = text !== '' && !/[\\/]/.test(text) && !existsSync(resolve(text));
  return bare ? text : resolve(text);
}

/** A program that was started before anybody asked for it, and waits to be taken. */
export class Begun {
  readonly token: string;
  /** Its folder for temporary files. */
  readonly temporary: string;
  /** Which Blender the same file was the last time; it will say itself which it is. */
  readonly version: string;
  /** When it was started, by `performance.now()`. */
  readonly at = performance.now();
  readonly #child: Child;
  readonly #command: Program;
  readonly #folder = process.cwd();
  readonly #gone: Promise<unknown>;
  #isTaken = false;

  constructor(child: Child, command: Required<Program>, temporary: string, version: string) {
    this.version = version;
    this.#child = child;
    this.#command = command;
    this.token = command.token;
    this.temporary = temporary;
    child.stdin.on('error', () => {});
    this.#gone = new Promise((resolve) => {
      child.once('error', resolve).once('exit', resolve);
    });
    if (child.pid !== undefined) lowerPriority(child.pid);
    // Also where nothing can be waited for any more.
    process.once('exit', this.clearUp);
  }

  /** Whether somebody has taken it. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Gives the process where it runs and is what this command would start now; `null`: it is another, or has ended. */
  take(command: Program): Child | null {
    const { program, args, env } = this.#command;
    // Of its other variables nobody but a library of ours has changed any since.
    const wanted = [command.program, command.args, command.env, process.cwd()];
    const isSame = JSON.stringify(wanted) === JSON.stringify([program, args, env, this.#folder]);
    if (!this.#runs || !isSame || this.#isTaken) return null;
    this.#isTaken = true;
    return this.#child;
  }

  /** Ends it unless somebody has taken it. Resolves when it is gone. Idempotent. */
  async end(): Promise<void> {
    if (this.#isTaken) return;
    this.#kill();
    // What a broken disk holds for longer can't be waited for, and is tied to us.
    const late = new Promise((resolve) => setTimeout(resolve, LONGEST_END_MS).unref());
    await Promise.race([this.#gone, late]);
    const { stdin, stdout, stderr } = this.#child;
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  }

  /** Removes its folder, when it has ended. Never throws; idempotent. */
  readonly clearUp = (): void => {
    if (!this.#isTaken) this.#kill();
    process.off('exit', this.clearUp);
    try {
      rmSync(this.temporary, { recursive: true, force: true });
    } catch {
      // The next one that is begun removes it.
    }
  };

  get #runs(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  #kill(): void {
    const { pid } = this.#child;
    // Its id may be another's by now.
    if (pid === undefined || !this.#runs) return;
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // It is gone, which is what was wanted.
    }
  }
}

const LONGEST_END_MS = 15_000;

function begin(start: FirstStart, temporary: string): Begun {
  const token = uniqueText();
  const filled = (text: string) =>
    text.replaceAll(TOKEN, token).replaceAll(TEMPORARY, () => temporary);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(start.env)) env[name] = filled(value);
  const command = { program: start.program, args: start.args.map(filled), env, token };
  const [program = '', ...args] = [...start.tie, command.program, ...command.args];
  // Chromium is somewhere else for a moment while it begins.
  const child = spawnHere({ ...command, program, args, cwd: process.cwd() });
  return new Begun(child, command, temporary, start.blender.version);
}

/**
 * How a command was started, for `remember`; `null`: that is not to be repeated.
 * @param said the Blender in it, as it said when it came up
 * @param tied the program and its arguments as they were started
 */
export function startOf(
  { path, version }: { readonly path: string; readonly version: string },
  { program, args, env = {}, token = '' }: Program,
  tied: readonly [program: string, args: readonly string[]],
  temporary: string,
): FirstStart | null {
  const file = fileOf(path);
  const words = [tied[0], ...tied[1]];
  const tie = words.slice(0, words.length - args.length - 1);
  // What was written for this one alone is not there the next time.
  const isOwn = args.some((word) => word.includes(temporary));
  if (file === null || token === '' || isOwn) return null;
  const open = (text: string) =>
    text.replaceAll(token, TOKEN).replaceAll(temporary, () => TEMPORARY);
  const entries = Object.entries(env).map(([name, value]) => [name, open(value)]);
  const blender = { ...file, version };
  return { blender, tie, program, args: args.map(open), env: Object.fromEntries(entries) };
}

/** Looks like a UUID; a mark that nobody has, and no secret. */
function uniqueText(): string {
  const digits = () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  const [a, b, c, d] = [digits(), digits(), digits(), digits()];
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
}

// ---- What is kept

/** A short name for a text. Two of one name take turns: the whole text stands in the file. */
function nameOf(text: string): string {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0).toString(16);
}

function fileOf(path: string): Omit<FirstStart['blender'], 'version'> | null {
  const file = isAbsolute(path) ? path : inPath(path);
  const found = file === null ? undefined : statSync(file, { throwIfNoEntry: false });
  if (file === null || !found?.isFile()) return null;
  return { path, file, size: found.size, mtimeMs: found.mtimeMs };
}

/** The file that the system starts for a bare name; `null`: none, or it can't be told as simply as here. */
function inPath(name: string): string | null {
  const folders = process.platform === 'win32' ? [] : (process.env.PATH ?? '').split(delimiter);
  // One that is not absolute lies below the folder of the command.
  const files = folders.map((folder) => resolve(folder, name));
  return files.find((file) => existsSync(file) && isProgram(file)) ?? null;
}

/** What else has the name is passed over by the system. */
function isProgram(file: string): boolean {
  const found = statSync(file);
  return found.isFile() && (found.mode & 0o111) !== 0;
}

function isSameFile({ path, file, size, mtimeMs }: FirstStart['blender']): boolean {
  const now = fileOf(path);
  return now?.file === file && now.size === size && now.mtimeMs === mtimeMs;
}

function keep(file: string, key: string, start: FirstStart | null): void {
  try {
    if (start === null) {
      rmSync(file, { force: true });
      return;
    }
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, JSON.stringify({ key, start }), { mode: 0o600 });
    renameSync(fresh, file);
  } catch {
    // The next one begins as this one did.
  }
}

/** `null`: nothing is kept, or not of this command line, or it can't be read. */
function readStart(file: string, key: string): FirstStart | null {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : 'null';
  const read = JSON.parse(text) as { key?: unknown; start?: FirstStart } | null;
  return read?.key === key && isStart(read.start) ? read.start : null;
}

function isStart(start: FirstStart | undefined): start is FirstStart {
  const isText = (text: unknown) => typeof text === 'string';
  const { blender, tie, program, args, env } = start ?? ({} as Partial<Record<string, unknown>>);
  const isList = (list: unknown) => Array.isArray(list) && list.every(isText);
  const { path, file, version } = (blender ?? {}) as Partial<FirstStart['blender']>;
  const hasBlender = [path, file, version].every(isText);
  const hasEnv = typeof env === 'object' && env !== null && Object.values(env).every(isText);
  return hasBlender && isText(program) && isList(tie) && isList(args) && hasEnv;
}

/** A folder for temporary files of one that is begun by this process; those of processes that have died are removed. */
function temporaryIn(folder: string): string {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !exists(Number(pid)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
  const own = join(folder, `${process.pid}-${uniqueText().slice(0, 8)}`);
  mkdirSync(own, { mode: 0o700 });
  return own;
}

// ---- Between who starts it and who takes it

let offered: HeadStart | null = null;
let ending: Promise<void> = Promise.resolve();

/** Who renders first in this process may take it. */
export function offerHeadStart(head: HeadStart | null): void {
  offered = head;
}

/** What was offered, once. */
export function takeHeadStart(): HeadStart | null {
  const head = offered;
  offered = null;
  return head;
}

/** Nobody needs it any more. Resolves when it is gone, unless it was taken. Idempotent. */
export function withdrawHeadStart(): Promise<void> {
  const begun = takeHeadStart()?.begun;
  if (begun) ending = begun.end().then(begun.clearUp);
  return ending;
}
