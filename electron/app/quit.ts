import { app, BrowserWindow, dialog, powerMonitor } from 'electron';

export interface QuitOptions {
  /** Name of the batch that renders; `null`: none. */
  readonly rendering: () => string | null;
  /** Stops every Blender and writes what is to be kept. */
  readonly close: () => Promise<void>;
}

const KEEP = 0;
const STOP = 1;
/** Seconds after which the process ends even if something will not let go. */
const LAST_SECONDS = 8;

/** Ends the app without losing a frame: asks while it renders, and always stops the Blenders first. */
export function endWell({ rendering, close }: QuitOptions): void {
  let ending: Promise<void> | null = null;
  let asking = false;

  const end = (code = 0): void => {
    ending ??= withinSeconds(LAST_SECONDS, close()).finally(() => app.exit(code));
  };
  const ask = async (name: string): Promise<void> => {
    if (asking) return;
    asking = true;
    const answer = await stopOrKeep(name).finally(() => {
      asking = false;
    });
    if (answer === STOP) end();
  };
  const wish = (event: Electron.Event): void => {
    event.preventDefault();
    const name = ending === null ? rendering() : null;
    if (name === null) end();
    else ask(name).catch((error: unknown) => console.error(error));
  };

  app.on('before-quit', wish);
  app.on('window-all-closed', () => app.quit());
  app.on('browser-window-created', (_event, window) => {
    // Without the window there would be nobody to ask.
    window.on('close', (event) => {
      if (!ending && rendering() !== null) wish(event);
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

async function stopOrKeep(name: string): Promise<number> {
  const window = BrowserWindow.getAllWindows()[0];
  const options = {
    type: 'question' as const,
    message: `“${name}” is rendering.`,
    detail: 'Finished frames are safe. If you stop now, it goes on from there when you resume.',
    buttons: ['Keep rendering', 'Stop and keep progress'],
    defaultId: KEEP,
    cancelId: KEEP,
    noLink: true,
  };
  const { response } = await (window
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options));
  return response;
}

function withinSeconds(seconds: number, work: Promise<void>): Promise<void> {
  const limit = new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
  return Promise.race([work.catch((error: unknown) => console.error(error)), limit]);
}
