import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, vi } from 'vitest';
import { BatchProcessor, createBatchFromDirectory } from '../../electron/engine/index.ts';
import { proveExr } from '../../electron/engine/proof/exr.ts';
import type { BatchJob } from '../../shared/job.ts';
import { CLI, type CliRig, events, makeCli, ofType, type Told } from '../cli/rig.ts';
import { commandsWith, pixels } from '../engine/rig.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';

/** A `nightshift render --json` that has ended. */
export interface Night {
  /** `undefined` after a signal that can't be caught. */
  readonly code: number | undefined;
  readonly told: readonly Told[];
  readonly err: string;
  /** Absolute files of the frames that it announced as done. */
  readonly done: readonly string[];
}

/** One that still runs. */
export interface RunningNight {
  readonly pid: number;
  /** Resolves at the first event that is so, also if it was told already; throws if the night ends before. */
  until(what: (event: Told) => boolean): Promise<Told>;
  kill(signal: NodeJS.Signals): void;
  readonly end: Promise<Night>;
}

export interface NightOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Node's own options of the command, such as `--import`. */
  readonly node?: readonly string[];
  /** A program and its arguments that start the command, such as `prlimit --nofile=64`. */
  readonly under?: readonly string[];
  /** Another output folder than `out`. */
  readonly out?: string;
}

/**
 * The fault laboratory: a shot folder, real `nightshift render` processes over it, and what must
 * hold whatever was broken. Every night that it runs is remembered, and none may claim what isn't.
 */
export interface Lab extends CliRig {
  readonly data: string;
  /** A shot over a scene that real Blender made; see `makeBlend` for the Python. */
  realShot(name: string, options?: { python?: string; yaml?: string }): Promise<void>;
  begin(options?: NightOptions): RunningNight;
  night(options?: NightOptions): Promise<Night>;
  /** The jobs as the checkpoint and the frames on disk have them now. */
  jobs(): Promise<readonly BatchJob[]>;
  /**
   * Holds at every moment, whatever died: each visible picture below `out` decodes to its end, each
   * frame that counts as done is one of them, and within 2 s no Blender of ours is left.
   */
  expectTruth(): Promise<void>;
  /**
   * The same command again ends well with exactly these frames of each shot, tells no frame a second
   * time but the ones in `again` (absolute files), and leaves nothing behind in the output folder.
   */
  expectResume(
    frames: Readonly<Record<string, readonly string[]>>,
    options?: NightOptions & { readonly again?: readonly string[] },
  ): Promise<Night>;
}

/** @param blender the real one, or the stand-in of the command line's tests */
export async function makeLab(blender: 'real' | 'stand-in' = 'real'): Promise<Lab> {
  const cli = await makeCli();
  const own = blender === 'real' ? { NIGHTSHIFT_BLENDER: BLENDER } : {};
  const nights: Night[] = [];
  const begin = (options: NightOptions = {}): RunningNight => {
    const running = start(cli, options, own);
    void running.end.then((night) => nights.push(night));
    onTestFinished(async () => {
      running.kill('SIGKILL');
      await running.end;
    });
    return running;
  };
  const lab: Lab = {
    ...cli,
    data: join(cli.folder, 'data'),
    realShot: async (name, { python = '', yaml = '' } = {}) => {
      await makeBlend(join(cli.folder, 'scenes', `${name}.blend`), python);
      await cli.file(`shots/${name}.yaml`, `blend: ../scenes/${name}.blend\n${yaml}`);
    },
    begin,
    night: (options) => begin(options).end,
    jobs: async () => {
      const batch = await createBatchFromDirectory(cli.shots, { output: cli.out });
      const processor = new BatchProcessor(batch, { dataDirectory: lab.data });
      await processor.load();
      await processor.close();
      return processor.jobs;
    },
    expectTruth: async () => {
      await expectNoBlender(lab.data);
      await expectWholePictures(cli.out);
      await expectDoneFramesThere(await lab.jobs());
    },
    expectResume: async (frames, { again = [], ...options } = {}) => {
      const before = nights.flatMap(({ done }) => done);
      const night = await lab.night(options);
      expect(night.code, night.err + JSON.stringify(night.told.at(-1))).toBe(0);
      const twice = night.done.filter((file) => before.includes(file) && !again.includes(file));
      expect(twice, 'frames rendered again without need').toEqual([]);
      await lab.expectTruth();
      const out = options.out ?? cli.out;
      for (const [shot, names] of Object.entries(frames)) {
        const found = await readdir(join(out, shot));
        const ours = found.filter((name) => name !== '.nightshift-aside');
        expect(ours.sort(), `what lies in ${shot}`).toEqual([...names].sort());
      }
      return night;
    },
  };
  return lab;
}

/** `hero`, 3 → `hero_0001.png` … `hero_0003.png`. */
export function frameNames(shot: string, count: number, extension = '.png'): readonly string[] {
  const number = (index: number) => String(index + 1).padStart(4, '0');
  return Array.from({ length: count }, (_, index) => `${shot}_${number(index)}${extension}`);
}

/** For `until`: an event of this type, of this shot and frame if given. */
export function told(type: string, name?: string, frame?: number) {
  return (event: Told): boolean =>
    event.type === type &&
    (name === undefined || event.name === name) &&
    (frame === undefined || event.frame === frame);
}

/** No process whose command line names this data directory is left, within 2 s. */
export async function expectNoBlender(data: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const left = (await commandsWith(data)).filter((line) => !line.includes('main.cjs'));
      expect(left, 'Blenders that are left').toEqual([]);
    },
    { timeout: 2000, interval: 20 },
  );
}

/** Every visible file below a folder is a picture that decodes to its end. */
export async function expectWholePictures(folder: string): Promise<void> {
  for (const file of await visibleFiles(folder)) {
    const fault = await pictureFault(file);
    expect(fault, `${relative(folder, file)} is a whole picture`).toBeNull();
  }
}

/** Every visible file below a folder, links and all; hidden names and what is in them apart. */
export async function visibleFiles(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(^|[\\/])\./.test(relative(folder, file)))
    .sort();
}

async function pictureFault(file: string): Promise<string | null> {
  if (file.endsWith('.exr')) {
    const picture = await proveExr(await readFile(file), false);
    return 'fault' in picture ? picture.fault : null;
  }
  return pixels(file).then(
    () => null,
    (error: Error) => error.message,
  );
}

/** No false done: a frame counts only while its file is there. */
async function expectDoneFramesThere(jobs: readonly BatchJob[]): Promise<void> {
  for (const job of jobs) {
    for (const frame of job.frames) {
      if (frame.status !== 'done') continue;
      const file = join(job.plan?.directory ?? '', frame.record.file);
      const found = await lstat(file).catch(() => null);
      expect(found?.size, `${basename(dirname(file))}/${basename(file)} counts as done`).toBe(
        frame.record.bytes,
      );
    }
  }
}

function start(cli: CliRig, options: NightOptions, own: Record<string, string>): RunningNight {
  const { args = [], env = {}, node = [], under = [], out = cli.out } = options;
  const command = [process.execPath, ...node, CLI, 'render', cli.shots, '-o', out, '--json'];
  const [program = '', ...rest] = [...under, ...command, '--factory-startup', ...args];
  const child = execa(program, rest, {
    cwd: cli.folder,
    env: { ...cli.env, ...own, ...env },
    reject: false,
    stripFinalNewline: false,
  });
  const heard: Told[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  let ended = false;
  const wake = () => {
    for (const look of waiting) look();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    text = text.slice(whole.length);
    heard.push(...events(whole));
    wake();
  });
  const end = child.then(({ exitCode, stderr }) => {
    ended = true;
    wake();
    const done = ofType(heard, 'frame-done').map(({ file }) => String(file));
    return { code: exitCode, told: heard, err: stderr, done };
  });
  return {
    pid: child.pid ?? 0,
    end,
    kill: (signal) => {
      child.kill(signal);
    },
    until: (what) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = heard.find(what);
          if (!found && !ended) return;
          waiting.delete(look);
          if (found) resolve(found);
          else reject(new Error(`The night ended before: ${JSON.stringify(heard.slice(-3))}`));
        };
        waiting.add(look);
        look();
      }),
  };
}
