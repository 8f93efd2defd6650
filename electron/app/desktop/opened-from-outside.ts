import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { app } from 'electron';
import { showWindow } from './window.ts';

type Open = (paths: readonly string[]) => Promise<void>;

/** What is opened from outside: by the command line, a second start, the app's icon, a file manager. */
export class OpenedFromOutside {
  #open: Open | null = null;
  #waiting: readonly string[] = pathArguments(
    process.argv.slice(1),
    process.cwd(),
    app.getAppPath(),
  );
  /** Files that macOS names one by one, though they were chosen together. */
  #coming: string[] = [];

  /** Listens from the first moment: macOS names the file before the app is ready. */
  constructor() {
    app.on('open-file', (event, path) => {
      event.preventDefault();
      this.#coming.push(path);
      if (this.#coming.length === 1) setTimeout(() => this.#takeComing(), TOGETHER_MS);
    });
    app.on('second-instance', (_event, argv, cwd) => {
      showWindow();
      this.#take(pathArguments(argv.slice(1), cwd, app.getAppPath()));
    });
  }

  /** Something was named at the start and is not open yet. */
  get isExpected(): boolean {
    return this.#waiting.length + this.#coming.length > 0;
  }

  /** From now on it is opened, what waited first. Call when the window listens. @param open never rejects */
  deliver(open: Open): void {
    this.#open = open;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) void open(waiting);
  }

  #takeComing(): void {
    const paths = this.#coming;
    this.#coming = [];
    this.#take(paths);
  }

  #take(paths: readonly string[]): void {
    if (paths.length === 0) return;
    if (this.#open) void this.#open(paths);
    else this.#waiting = paths;
  }
}

const TOGETHER_MS = 100;

/**
 * What a start names that is on disk: scenes that were chosen together, or else the first of it, a shot folder or a file
 * in it.
 * @param argv arguments after the executable
 * @param appPath the app's own folder, which Electron in development gets as an argument, too
 */
export function pathArguments(
  argv: readonly string[],
  cwd: string,
  appPath: string,
): readonly string[] {
  const own = realPath(appPath);
  const paths = argv
    .filter((argument) => !argument.startsWith('-'))
    .map((argument) => resolve(cwd, argument))
    .filter((path) => existsSync(path) && realPath(path) !== own);
  const [first] = paths;
  if (first === undefined || !isScene(first)) return paths.slice(0, 1);
  return paths.filter(isScene);
}

function isScene(path: string): boolean {
  return /\.blend$/i.test(path);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
