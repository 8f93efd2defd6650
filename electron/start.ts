import { join } from 'node:path';
import { app } from 'electron';

/**
 * What the program is started as: the window, or with `--cli` the command line, which the launcher in
 * `build/packages/command/` asks for. What stands behind `--` is the person's, and Chromium reads none of it.
 */
if (process.argv.includes('--cli')) {
  app
    .whenReady()
    .then(becomeCommandLine)
    .catch((error: unknown) => {
      console.error(error);
      app.exit(1);
    });
} else {
  await import('./app/main.ts');
}

/** What the person has typed behind the command. */
function ownWords(): readonly string[] {
  const own = process.argv.indexOf('--');
  return own < 0 ? [] : process.argv.slice(own + 1);
}

/** Node's place is taken by the app, and the script's by the launcher: then all is as in the clone. */
async function becomeCommandLine(): Promise<void> {
  // An icon in the dock is for what has a window.
  if (process.platform === 'darwin') app.setActivationPolicy('prohibited');
  const launcher = join(process.resourcesPath, 'bin', 'nightshift');
  process.argv = [process.execPath, launcher, ...ownWords()];
  // Chromium took these to close windows; once nobody listens they end the process as they end any other.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, ignore).off(signal, ignore);
  }
  leaveOut(process.listeners('warning'));
  await import('./cli/main.ts');
}

/**
 * Of Node's warnings those that are about Electron, and are nothing to a person: that its Node finds a way to import a file
 * experimental, and what sharp says of Electron's GTK, which is not begun without a window.
 */
function leaveOut(listeners: ((warning: Error) => void)[]): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    const isOfSharp = 'code' in warning && warning.code === 'SharpElectronLinux';
    if (isOfSharp || warning.name === 'ExperimentalWarning') return;
    for (const listener of listeners) listener(warning);
  });
}

function ignore(): void {}
