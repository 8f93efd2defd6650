import { app, BrowserWindow, dialog, powerMonitor } from 'electron';
import { execa } from 'execa';
import { clockText } from '../../../shared/schedule.ts';

interface QuitOptions {
  /** The artist has stopped the night: it does not go on by itself. */
  readonly stopped: () => void;
  /** What renders or is to render; `null`: nothing. */
  readonly busy: () => Busy | null;
  /** Stops every Blender and writes what is to be kept. */
  readonly close: () => Promise<void>;
  /** The last act, where the artist has closed it with nothing to give up. It may end the process itself. */
  readonly leave: () => Promise<void>;
}

/** Seconds after which the process ends even if something will not let go. */
const LAST_SECONDS = 8;

/** Ends the app without losing a frame: asks while it renders, and always stops the Blenders first. */
export function endWell({ busy, stopped, close, leave }: QuitOptions): void {
  let ending: Promise<void> | null = null;
  let asking = false;
  let leaving = false;

  const end = (wished = false): void => {
    ending ??= withinSeconds(LAST_SECONDS, close())
      .then(() => {
        leaving = true;
        return wished ? withinSeconds(LAST_SECONDS, leave()) : undefined;
      })
      .finally(() => app.exit(0));
  };
  const ask = async (now: Busy): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const tray = await hasTray();
      const answer = await answered(now, tray);
      if (answer === 'stop') {
        // A plan is kept for when the app is open again.
        if (now.startAt === null) stopped();
        end();
      }
      if (answer === 'keep') putWindowAway(tray);
    } finally {
      asking = false;
    }
  };
  const wish = (event: Electron.Event): void => {
    if (leaving) return;
    event.preventDefault();
    const now = ending === null ? busy() : null;
    if (now === null) end(true);
    else ask(now).catch((error: unknown) => console.error(error));
  };

  app.on('before-quit', wish);
  app.on('window-all-closed', () => app.quit());
  app.on('browser-window-created', (_event, window) => {
    // Without the window there would be nobody to ask.
    window.on('close', (event) => {
      if (!ending && busy() !== null) wish(event);
    });
    // Windows says it to a window, the others to the machine's monitor.
    window.on('session-end', () => end());
  });
  powerMonitor.on('shutdown', (event?: Electron.Event) => {
    event?.preventDefault();
    end();
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end());
}

async function answered(busy: Busy, tray: boolean): Promise<QuitAnswer> {
  const { message, detail, buttons } = quitQuestion(busy, tray);
  // A window that is away would take the question with it.
  const window = BrowserWindow.getAllWindows().find((each) => each.isVisible());
  const options = {
    type: 'question' as const,
    message,
    detail,
    buttons: [...buttons],
    defaultId: QUIT_ANSWERS.indexOf('keep'),
    cancelId: QUIT_ANSWERS.indexOf('cancel'),
    noLink: true,
  };
  const { response } = await (window
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options));
  return QUIT_ANSWERS[response] ?? 'cancel';
}

function withinSeconds(seconds: number, work: Promise<void>): Promise<void> {
  const limit = new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
  return Promise.race([work.catch((error: unknown) => console.error(error)), limit]);
}

/**
 * Whether an icon in the tray can be seen. Windows and macOS always have a place for it; of a Linux desktop
 * its session bus is asked whether somebody shows them. Never rejects.
 */
async function hasTray(platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (platform !== 'linux') return true;
  const call = ['call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/'];
  const method = ['--method', 'org.freedesktop.DBus.NameHasOwner', 'org.kde.StatusNotifierWatcher'];
  const { stdout } = await execa('gdbus', [...call, ...method], { timeout: 1000, reject: false });
  return stdout === '(true,)';
}

/** Puts the window away: into the tray, or where there is none into the task bar, so that it can be found again. */
function putWindowAway(tray: boolean): void {
  for (const window of BrowserWindow.getAllWindows()) {
    if (tray) window.hide();
    else window.minimize();
  }
}

/** What would be given up by quitting now. */
export interface Busy {
  /** Of the batch. */
  readonly name: string;
  /** It only waits for its time, ms since 1970; `null`: it renders. */
  readonly startAt: number | null;
  /** So many other batches are to begin by themselves after it. */
  readonly more: number;
}

export type QuitAnswer = 'keep' | 'stop' | 'cancel';

/** The question before the app ends, and what its buttons mean. */
export interface QuitQuestion {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

export const QUIT_ANSWERS: readonly QuitAnswer[] = ['keep', 'stop', 'cancel'];

/** @param tray there is one to go on in */
export function quitQuestion({ name, startAt, more }: Busy, tray: boolean): QuitQuestion {
  const where = tray ? 'in the tray' : 'minimised';
  const rest = more === 0 ? '' : more === 1 ? ', and one batch after it' : `, and ${more} after it`;
  if (startAt !== null) {
    return {
      message: `“${name}” starts at ${clockText(startAt)}${rest}.`,
      detail:
        'It only starts while Nightshift is open, with or without its window. If you quit, the plan is kept for when you open it again.',
      buttons: [`Keep waiting ${where}`, 'Quit', 'Cancel'],
    };
  }
  return {
    message: more === 0 ? `“${name}” is rendering.` : `“${name}” is rendering, ${waitText(more)}.`,
    detail: 'Finished frames are safe. If you stop now, it goes on from there when you resume.',
    buttons: [`Keep rendering ${where}`, 'Stop and keep progress', 'Cancel'],
  };
}

function waitText(more: number): string {
  return more === 1 ? 'and one batch waits for its turn' : `and ${more} wait for their turn`;
}
