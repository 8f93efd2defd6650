import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished } from 'vitest';
import {
  BatchProcessor,
  createBatchFromDirectory,
  type ProcessorOptions,
} from '../../electron/engine/index.ts';
import type { Batch, BatchConfig } from '../../shared/batch.ts';
import type { BatchSignal, JobEvent } from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import { BLENDER } from '../helpers/make-blend.ts';

/** On Windows, which starts no script, a program that runs it: see `test/windows/blender.c`. */
export const STAND_IN =
  process.env.STAND_IN_BLENDER ?? resolve(import.meta.dirname, '../stand-ins/fake-blender.mjs');

/** What the stand-in noted of one thing that it was told to do. */
export interface Noted {
  readonly do: string;
  readonly pid: number;
  readonly frame: number | null;
  readonly threads: number | null;
  readonly blend: string | null;
  /** The id of the one GPU that it was given; `null`: none. */
  readonly gpu: string | null;
}

/** A shot folder whose batches run inside of this process; all goes when the test ends. */
export interface EngineRig {
  readonly folder: string;
  readonly shots: string;
  readonly out: string;
  readonly data: string;
  file(path: string, text: string): Promise<string>;
  /** A shot over a scene of its own that only the stand-in takes for one. */
  shot(name: string, yaml?: string): Promise<void>;
  /** What the stand-in does from now on; see its head. */
  steer(rules: Record<string, unknown>): Promise<void>;
  noted(what: string): Promise<readonly Noted[]>;
  /** Reads the folder anew; on the stand-in unless told otherwise. */
  processor(
    config?: Partial<BatchConfig>,
    more?: Partial<ProcessorOptions>,
    batch?: Batch,
  ): Promise<Watched>;
  /** Names in the output folder of a shot, hidden ones apart. */
  frames(shot: string): Promise<readonly string[]>;
}

/** A processor and everything that it told; each event was checked against the disk. */
export interface Watched {
  readonly processor: BatchProcessor;
  readonly events: JobEvent[];
  readonly signals: BatchSignal[];
  /** What was told and was not so; the test fails at its end if there is any. */
  readonly untruths: unknown[];
  job(name: string): BatchJob;
  /** Resolves at the first signal for which it is so. */
  until(what: (signal: BatchSignal) => boolean): Promise<void>;
  /** Frame numbers told with this type of event, in the order of telling. */
  told(
    type: 'frame-done' | 'frame-started' | 'frame-kept' | 'frame-failed',
    name?: string,
  ): number[];
}

/** @param atEnd when all of it goes: at the test's end, unless several tests look at what it made */
export async function makeEngine(
  atEnd: (leave: () => Promise<void>) => void = onTestFinished,
): Promise<EngineRig> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-engine-')));
  const watched: Watched[] = [];
  const log = join(folder, 'stand-in.jsonl');
  const steerFile = join(folder, 'steer.json');
  process.env.FAKE_BLENDER = steerFile;
  atEnd(async () => {
    await Promise.allSettled(watched.map(({ processor }) => processor.close()));
    const untrue = watched.flatMap(({ untruths }) => untruths);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    expect(untrue, 'claims that the disk did not bear out').toEqual([]);
  });
  const rig: EngineRig = {
    folder,
    shots: join(folder, 'shots'),
    out: join(folder, 'out'),
    data: join(folder, 'data'),
    file: async (path, text) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
      return join(folder, path);
    },
    shot: async (name, yaml = '') => {
      await rig.file(`scenes/${name}.blend`, `BLENDER-v403RENDH ${name}`);
      await rig.file(`shots/${name}.yaml`, `blend: ../scenes/${name}.blend\n${yaml}`);
    },
    steer: async (rules) => {
      await writeFile(steerFile, JSON.stringify({ log, ...rules }));
    },
    noted: async (what) => {
      const text = await readFile(log, 'utf8').catch(() => '');
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line)).filter((noted) => noted.do === what);
    },
    processor: async (config = {}, more = {}, given) => {
      const batch = given ?? (await createBatchFromDirectory(rig.shots, { output: rig.out }));
      const standard = { blenderPath: STAND_IN, workers: 1, backoffMs: 1 };
      const processor = new BatchProcessor(batch, {
        config: { ...standard, ...config },
        dataDirectory: rig.data,
        ...more,
      });
      const one = watch(processor);
      watched.push(one);
      return one;
    },
    frames: async (shot) => {
      const names = await readdir(join(rig.out, shot)).catch(() => []);
      return names.filter((name) => !name.startsWith('.')).sort();
    },
  };
  await mkdir(rig.shots, { recursive: true });
  await rig.steer({});
  return rig;
}

/** The real Blender, for what only it does. */
export const REAL = { blenderPath: BLENDER, factoryStartup: true } as const;

function watch(processor: BatchProcessor): Watched {
  const events: JobEvent[] = [];
  const signals: BatchSignal[] = [];
  const untruths: unknown[] = [];
  const names = new Map(processor.jobs.map((job) => [job.id, job.name]));
  processor.subscribe((signal) => {
    signals.push(signal);
    if (signal.type === 'event' && signal.job) events.push(signal.event as JobEvent);
    try {
      if (signal.type === 'event') claimsOnlyWhatIsThere(processor);
    } catch (untruth) {
      untruths.push(untruth);
    }
  });
  return {
    processor,
    events,
    signals,
    untruths,
    job: (name) => {
      const found = processor.jobs.find((job) => job.name === name);
      if (!found) throw new Error(`There is no job ${name}.`);
      return found;
    },
    until: (what) =>
      new Promise((resolve) => {
        const end = processor.subscribe((signal) => {
          if (!what(signal)) return;
          end();
          resolve();
        });
      }),
    told: (type, name) =>
      events.flatMap((event) =>
        event.type === type && (name === undefined || names.get(event.job) === name)
          ? [event.frame]
          : [],
      ),
  };
}

/** No frame counts as done whose file is not there, at no moment. */
function claimsOnlyWhatIsThere(processor: BatchProcessor): void {
  let done = 0;
  for (const job of processor.jobs) {
    for (const frame of job.frames) {
      if (frame.status !== 'done') continue;
      done += 1;
      const file = join(job.plan?.directory ?? '', frame.record.file);
      // Asked for every frame at every event: an `expect` for each would take longer than all else.
      if (!existsSync(file)) expect.fail(`${file} counts as done, and is not there`);
    }
  }
  expect(processor.getProgress().frames.done).toBe(done);
}

/** For `until`: this event of a job, of this frame if one is given. */
export function event(type: JobEvent['type'], name?: string, frame?: number) {
  return (signal: BatchSignal): boolean =>
    signal.type === 'event' &&
    signal.event.type === type &&
    (name === undefined || signal.job?.name === name) &&
    (frame === undefined || ('frame' in signal.event && signal.event.frame === frame));
}

/** The decoded pixels as one text that can be compared. */
export async function pixels(file: string): Promise<string> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return `${info.width}x${info.height}x${info.channels}:${data.toString('base64')}`;
}

/** Running processes whose command line, or folder for temporary files, holds a text: so do all Blenders of a batch. Linux only. */
export async function processesWith(
  text: string,
): Promise<readonly { readonly pid: number; readonly line: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const own = (pid: string, what: string) =>
    readFile(`/proc/${pid}/${what}`, 'utf8').catch(() => '');
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await own(pid, 'cmdline');
      if (line.includes(text)) return [{ pid: Number(pid), line }];
      const variables = (await own(pid, 'environ')).split('\0');
      const isOurs = variables.some((each) => each.startsWith('TMPDIR=') && each.includes(text));
      return line !== '' && isOurs ? [{ pid: Number(pid), line }] : [];
    }),
  );
  return found.flat();
}

/** Their command lines. */
export async function commandsWith(text: string): Promise<readonly string[]> {
  return (await processesWith(text)).map(({ line }) => line);
}

/** How many frames of a shot each version rendered, by what is recorded. */
export function framesByVersion(job: BatchJob): Record<string, number> {
  return Object.fromEntries(
    [...job.frames.blenders].map(([version, count]) => [`${version}`, count]),
  );
}
