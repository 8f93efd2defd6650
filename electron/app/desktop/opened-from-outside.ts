import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { app } from 'electron';
import { showWindow } from './window.ts';

/** Folders opened from outside: the command line, a second start, the app's icon. */
export class FoldersFromOutside {
  #open: ((path: string) => Promise<void>) | null = null;
  #waiting: string | null = folderArgument(process.argv.slice(1), process.cwd(), app.getAppPath());

  /** Listens from the first moment: macOS names the file before the app is ready. */
  constructor() {
    app.on('open-file', (event, path) => {
      event.preventDefault();
      this.#take(path);
    });
    app.on('second-instance', (_event, argv, cwd) => {
      showWindow();
      const path = folderArgument(argv.slice(1), cwd, app.getAppPath());
      if (path !== null) this.#take(path);
    });
  }

  /** One was named at the start and is not open yet. */
  get isExpected(): boolean {
    return this.#waiting !== null;
  }

  /** From now on folders are opened, the one that waited first. Call when the window listens. @param open never rejects */
  deliver(open: (path: string) => Promise<void>): void {
    this.#open = open;
    if (this.#waiting !== null) void open(this.#waiting);
    this.#waiting = null;
  }

  #take(path: string): void {
    if (this.#open) void this.#open(path);
    else this.#waiting = path;
  }
}

/**
 * The shot folder (or a file in it) that a start names: the first argument that is on disk.
 * @param argv arguments after the executable
 * @param appPath the app's own folder, which Electron in development gets as an argument, too
 */
export function folderArgument(
  argv: readonly string[],
  cwd: string,
  appPath: string,
): string | null {
  const own = realPath(appPath);
  for (const argument of argv) {
    if (argument.startsWith('-')) continue;
    const path = resolve(cwd, argument);
    if (existsSync(path) && realPath(path) !== own) return path;
  }
  return null;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
