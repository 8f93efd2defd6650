import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { execa } from 'execa';
import { electronPath } from '../../build/electron-path.mjs';
import type { CallName, Envelope } from '../../shared/ipc.ts';
import { killAt } from '../faults/kill-at.mjs';
import { type LaunchedApp, launchApp, projectRoot } from './launch.ts';
import { blendersOf, electronTree } from './processes.ts';

/** A folder of this story's own: shots, data directory, reports. */
export async function workplace(): Promise<{
  root: string;
  data: string;
  leave: () => Promise<void>;
}> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-e2e-')));
  const leave = () => rm(root, { recursive: true, force: true, maxRetries: 5 });
  return { root, data: join(root, 'data'), leave };
}

/** Nightshift as an artist uses it. */
export class App {
  private constructor(
    private readonly launched: LaunchedApp,
    private readonly data: string,
  ) {}

  /** @param lean see `LaunchOptions` */
  static async start(
    data: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    lean = false,
  ): Promise<App> {
    const launched = await launchApp({ dataDir: data, args, env, lean });
    launched.window.on('pageerror', (error) => console.error('in the window:', error));
    return new App(launched, data);
  }

  get window(): Page {
    return this.launched.window;
  }

  /** The main process, for what no window shows. */
  get main(): LaunchedApp['app'] {
    return this.launched.app;
  }

  /** A real drop, as the browser sees one that comes from the file manager. */
  dropFolder(path: string): Promise<void> {
    return this.drop([path]);
  }

  /** The same of several files at once. */
  async drop(files: readonly string[]): Promise<void> {
    await expect(this.window.getByRole('navigation', { name: 'Batches' })).toBeVisible();
    const devtools = await this.window.context().newCDPSession(this.window);
    const data = { items: [], files: [...files], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await devtools.send('Input.dispatchDragEvent', { type, x: 500, y: 300, data });
    }
    await devtools.detach();
  }

  async press(name: string | RegExp): Promise<void> {
    await this.window.getByRole('button', { name, exact: true }).click();
  }

  render(): Promise<void> {
    return this.press('Render');
  }

  resume(): Promise<void> {
    return this.press('Resume');
  }

  row(name: string): Locator {
    return this.window
      .getByRole('row')
      .filter({ has: this.window.getByText(name, { exact: true }) });
  }

  /** @param status the word in the row */
  async expectStatus(name: string, status: string, timeout = 120_000): Promise<void> {
    await expect(this.row(name).getByText(status, { exact: true })).toBeVisible({ timeout });
  }

  /** The batch is at rest: nothing of it renders any more. */
  async expectEnd(): Promise<void> {
    const said = this.window.getByText('How the night went');
    await expect(said).toBeVisible({ timeout: 120_000 });
  }

  /** Unfolds what stands below a night that has ended: numbers, incidents, charts. */
  async unfoldNight(): Promise<void> {
    await this.window.getByText('How the night went').click();
  }

  async cancelJob(name: string): Promise<void> {
    await this.row(name).click({ button: 'right' });
    await this.window.getByRole('menuitem', { name: 'Cancel' }).click();
  }

  async renderFirst(name: string): Promise<void> {
    await this.row(name).click({ button: 'right' });
    await this.window.getByRole('menuitem', { name: 'Render first' }).click();
    await expect(this.row(name).getByText(/priority \d/)).toBeVisible();
  }

  /** The set-up of the chosen shot says where a setting comes from. */
  async expectSetup(setting: string, source: string): Promise<void> {
    const value = this.window.locator('dt', { hasText: setting }).locator('+ dd');
    await expect(value.getByText(source)).toBeVisible();
  }

  async cancelBatch(): Promise<void> {
    await this.press('Cancel…');
    await this.dialog('Cancel the batch?').getByRole('button', { name: 'Cancel batch' }).click();
  }

  dialog(name: string): Locator {
    return this.window
      .getByRole('dialog', { name })
      .or(this.window.getByRole('alertdialog', { name }));
  }

  async answerTrust(answer: 'Trust and run scripts' | 'Don’t run scripts'): Promise<void> {
    await this.dialog('Trust this folder?').getByRole('button', { name: answer }).click();
  }

  /** The save dialog of the system answers with `path`. */
  async exportReport(path: string): Promise<void> {
    await this.launched.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, path);
    await this.press('Export report');
    await expect(this.window.getByText(path)).toBeVisible();
  }

  /** The dialog of the system that asks for a file or a folder answers with `path`. */
  async answerOpenDialog(path: string): Promise<void> {
    await this.launched.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
    }, path);
  }

  /** Files are opened in no other program from now on; gives which was the last. */
  async catchOpenedFile(): Promise<() => Promise<string | null>> {
    await this.launched.app.evaluate(({ app, shell }) => {
      shell.openPath = async (path) => {
        Object.assign(app, { openedFile: path });
        return '';
      };
    });
    return () =>
      this.launched.app.evaluate(
        ({ app }) => (app as unknown as { openedFile?: string }).openedFile ?? null,
      );
  }

  /** Closes the window by its frame; the question that comes is answered with a button. */
  async closeWindow(answer: QuitAnswer): Promise<'open' | 'gone'> {
    await this.#answerQuitting(answer);
    const { app } = this.launched;
    const gone = new Promise<'gone'>((resolve) => app.once('close', () => resolve('gone')));
    const asked = app
      .evaluate(async ({ BrowserWindow, dialog }) => {
        const [window] = BrowserWindow.getAllWindows();
        const answered = new Promise<void>((resolve) => {
          const answer = dialog.showMessageBox;
          dialog.showMessageBox = async (...question: unknown[]) => {
            setImmediate(resolve);
            return (answer as (...question: unknown[]) => ReturnType<typeof answer>)(...question);
          };
        });
        window?.close();
        await answered;
      })
      .then(
        () => (answer.startsWith('Keep') ? ('open' as const) : gone),
        // It was gone before it could answer.
        () => gone,
      );
    // Where there is nothing to ask it does not answer.
    return Promise.race([asked, gone]);
  }

  /** Whether the window is on the desktop, if only in its task bar. */
  isWindowShown(): Promise<boolean> {
    return this.launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().some((each) => each.isVisible() || each.isMinimized()),
    );
  }

  /** The question that is asked when the app is quit while it renders. */
  async #answerQuitting(answer: string): Promise<void> {
    await this.launched.app.evaluate(({ dialog }, button) => {
      dialog.showMessageBox = async (...question: unknown[]) => {
        const { buttons } = question.at(-1) as { buttons: string[] };
        const wished = buttons.findIndex((each) => each.startsWith(button));
        // Of another question the answer that ends the app.
        return { response: wished < 0 ? 1 : wished, checkboxChecked: false };
      };
    }, answer);
  }

  /** A call past the buttons, as a page that was taken over would try it. */
  call(name: string, payload: unknown): Promise<Envelope<unknown>> {
    return this.window.evaluate(
      ([asked, sent]) =>
        (window as unknown as { nightshift: Caller }).nightshift.call(asked as CallName, sent),
      [name, payload] as const,
    );
  }

  /** Ctrl and a letter as from the keyboard: past the window it reaches the menu. */
  async pressKey(keyCode: string, ...modifiers: readonly 'control'[]): Promise<void> {
    await this.launched.app.evaluate(
      ({ BrowserWindow }, key) => {
        const [window] = BrowserWindow.getAllWindows();
        for (const type of ['keyDown', 'keyUp'] as const) {
          window?.webContents.sendInputEvent({ type, ...key });
        }
      },
      { keyCode, modifiers: [...modifiers] },
    );
  }

  /** Lays the page out as in a window of this size. @param zoom as chosen in the View menu; 2 is 200 % */
  async resize(width: number, height: number, zoom = 1): Promise<void> {
    const devtools = await this.window.context().newCDPSession(this.window);
    const size = { width: Math.round(width / zoom), height: Math.round(height / zoom) };
    const scale = { deviceScaleFactor: zoom, mobile: false };
    await devtools.send('Emulation.setDeviceMetricsOverride', { ...size, ...scale });
    await devtools.detach();
    // What measures itself, such as the table, answers in the next frame.
    await this.nextPicture();
  }

  /** Resolves when the window has drawn what it has to draw now. */
  async nextPicture(): Promise<void> {
    await this.window.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }

  /** Counts the folder dialogs that are asked for, and closes each at once. */
  async countFolderDialogs(): Promise<() => Promise<number>> {
    await this.launched.app.evaluate(({ app, dialog }) => {
      Object.assign(app, { asked: 0 });
      dialog.showOpenDialog = async () => {
        (app as unknown as { asked: number }).asked += 1;
        return { canceled: true, filePaths: [] };
      };
    });
    return () =>
      this.launched.app.evaluate(({ app }) => (app as unknown as { asked: number }).asked);
  }

  /** The Blenders that this app and its children run. */
  blenders(): Promise<readonly number[]> {
    return blendersOf(this.data);
  }

  /** SIGKILL for all of the app at once, as a crash does; its Blenders are not touched. */
  async kill(): Promise<void> {
    const child = this.launched.app.process();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    for (const pid of await electronTree(child.pid ?? 0)) process.kill(pid, 'SIGKILL');
    await gone;
  }

  /**
   * Makes the main process die by SIGKILL at a moment of its journal. Resolves when that is arranged,
   * with the wait for its end.
   */
  async dieAt(moment: Moment): Promise<{ readonly gone: Promise<void> }> {
    const child = this.launched.app.process();
    const tree = await electronTree(child.pid ?? 0);
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await this.launched.app.evaluate(killAt, moment);
    return { gone: gone.then(() => endAll(tree, 'SIGKILL')) };
  }

  /** One signal for the app and its Blenders at once. Resolves when the app has gone. */
  async signalAll(signal: NodeJS.Signals): Promise<void> {
    const child = this.launched.app.process();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const pids = await this.blenders();
    expect(pids).not.toEqual([]);
    endAll([...pids, child.pid ?? 0], signal);
    await gone;
  }

  /** What the operating system does at the end of a session. */
  async terminate(): Promise<number | NodeJS.Signals | null> {
    const child = this.launched.app.process();
    const end = new Promise<number | NodeJS.Signals | null>((resolve) =>
      child.once('exit', (code, signal) => resolve(signal ?? code)),
    );
    // Again and by other names, as systems do that are in a hurry: the end that goes on is not cut short.
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGTERM'] as const) child.kill(signal);
    return end;
  }

  /** A second start beside this one; resolves when it has handed over and ended. */
  async startAgain(args: readonly string[]): Promise<void> {
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const env = { NIGHTSHIFT_DATA: this.data };
    await execa(electronPath(), [...sandbox, projectRoot, ...args], { env, timeout: 30_000 });
  }

  /** Quits, and stops what renders. Safe to call twice and after a crash. */
  async close(): Promise<void> {
    await this.#answerQuitting('Stop and keep progress').catch(() => undefined);
    await this.launched.close();
  }
}

type QuitAnswer = 'Keep rendering' | 'Keep waiting' | 'Stop and keep progress' | 'Quit';

/** Of those that still run. */
function endAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has gone with the others.
    }
  }
}

/** See `test/faults/kill-at.mjs`. */
export interface Moment {
  readonly point: string;
  readonly kind: string;
  readonly nth?: number;
}

interface Caller {
  readonly call: (name: CallName, payload: unknown) => Promise<Envelope<unknown>>;
}
