import { app } from 'electron';
import { folderArgument } from './folder-argument.ts';
import type { Push } from './push.ts';
import { refusalOf } from './refusal.ts';
import type { Sessions } from './sessions.ts';
import { showWindow } from './window.ts';

/** Folders opened from outside: the command line, a second start, the app's icon. */
export class Outside {
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

  /** From now on folders are opened, the one that waited first. Call when the window listens. */
  deliver(sessions: Sessions, push: Push): void {
    this.#open = async (path) => {
      try {
        push('folder:opened', (await sessions.openPath(path)).snapshot());
      } catch (error) {
        const { message, nextStep } = refusalOf(error);
        push('notice', nextStep ? `${message} ${nextStep}` : message);
      }
    };
    if (this.#waiting !== null) this.#take(this.#waiting);
    this.#waiting = null;
  }

  #take(path: string): void {
    if (this.#open) void this.#open(path);
    else this.#waiting = path;
  }
}
