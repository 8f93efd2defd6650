import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { execa } from 'execa';
import { quickBlender } from '../../build/blenders/quick-start.mjs';
import { electronPath } from '../../build/electron-path.mjs';

/** The folder that holds package.json, absolute. */
export const projectRoot = resolve(import.meta.dirname, '..', '..');

export interface LaunchOptions {
  /** Where this app keeps its journals and settings: each test has its own folder. */
  readonly dataDir: string;
  /** What a person would put after `npm start --`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A packaged executable instead of this clone. */
  readonly executable?: string;
  /** Up for less processor time than as a person starts it: for what is told, not for what is measured. */
  readonly lean?: boolean;
}

export interface LaunchedApp {
  readonly app: ElectronApplication;
  readonly window: Page;
  /** Ends the app; safe to call twice and after a crash. */
  close(): Promise<void>;
}

/** Starts Nightshift as a person would and waits for its window. The only file that imports Playwright's `_electron`. */
export async function launchApp(options: LaunchOptions): Promise<LaunchedApp> {
  await tellBlenders(options.dataDir);
  const app = await _electron.launch({
    executablePath: options.executable ?? electronPath(),
    args: [
      ...sandboxFlags(),
      ...(options.lean ? screenFlags() : []),
      ...(options.executable === undefined ? [projectRoot] : []),
      ...(options.args ?? []),
    ],
    cwd: projectRoot,
    env: {
      ...ownEnvironment({ ...ownScreen(), ...options.env }, options.lean),
      NIGHTSHIFT_DATA: options.dataDir,
    },
  });
  const window = await app.firstWindow();
  await window.waitForLoadState('domcontentloaded');
  // Kept, because a closed app no longer tells its process.
  const child = app.process();
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  return { app, window, close: async () => (ended() ? undefined : app.close()) };
}

/** An app that was here before knows what the machine's Blenders answer; these tests ask them once, and not for each app. */
async function tellBlenders(data: string): Promise<void> {
  answers ??= askBlenders();
  await mkdir(data, { recursive: true });
  await copyFile(await answers, join(data, 'blenders.json'), constants.COPYFILE_EXCL).catch(
    (error: NodeJS.ErrnoException) => {
      // It has been here before, or there is none to be known.
      if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
    },
  );
}

let answers: Promise<string> | undefined;

async function askBlenders(): Promise<string> {
  const folder = join(projectRoot, '.cache', 'known-blenders');
  const cli = join(projectRoot, 'out', 'cli', 'main.cjs');
  const env = { ...ownEnvironment({}, true), NIGHTSHIFT_DATA: folder };
  await execa(process.execPath, [cli, 'blender'], { env, extendEnv: false });
  return join(folder, 'blenders.json');
}

/** Chromium refuses its sandbox to root, which tests in a container are. */
function sandboxFlags(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/**
 * A screen that is no screen has no GPU: Chromium finds that out by a process that dies, and draws by a second one. Told
 * at once, and in the process that is there anyhow, a window is up for a sixth less of processor time (1.55 to 1.3 s).
 */
function screenFlags(): readonly string[] {
  return process.platform === 'linux' ? ['--disable-gpu', '--in-process-gpu'] : [];
}

/** @param lean this machine's Blender is found where it is up sooner, before the place where it was installed */
function ownEnvironment(
  more: Readonly<Record<string, string>>,
  lean = false,
): Record<string, string> {
  // Terminals inside of Electron editors hand this on, and it would turn the window into plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = { ...process.env, ...more };
  const quick = lean ? quickBlender() : undefined;
  if (quick !== undefined) env.PATH = [dirname(quick), env.PATH].join(delimiter);
  const entries = Object.entries(env);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => !!entry[1]));
}

/** Of two rows of tests each has a screen of its own: a window loses its focus to none of the other. */
function ownScreen(): Record<string, string> {
  const [DISPLAY = '', XAUTHORITY = ''] = (process.env.NIGHTSHIFT_FIRST_SCREEN ?? '').split(' ');
  return DISPLAY && process.env.TEST_PARALLEL_INDEX === '0' ? { DISPLAY, XAUTHORITY } : {};
}
