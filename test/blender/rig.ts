import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';
import type {
  Answer,
  BlenderWorker,
  Limits,
  SampleProgress,
  SceneRequest,
  WorkerOptions,
} from '../../electron/blender/types.ts';
import { startWorker } from '../../electron/blender/worker.ts';
import type { Failure } from '../../shared/failure.ts';
import { BLENDER } from '../helpers/make-blend.ts';

export const FAKE_BLENDER = resolve(import.meta.dirname, '../stand-ins/fake-blender.mjs');

/** A temporary folder and the workers of one test; both go when it ends. */
export interface Rig {
  readonly folder: string;
  readonly log: string[];
  readonly samples: SampleProgress[];
  path(...parts: string[]): string;
  start(options?: Partial<WorkerOptions>, limits?: Partial<Limits>): Promise<BlenderWorker>;
  tryStart(
    options?: Partial<WorkerOptions>,
    limits?: Partial<Limits>,
  ): Promise<Answer<BlenderWorker>>;
}

export async function makeRig(): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-test-'));
  const workers: BlenderWorker[] = [];
  const log: string[] = [];
  const samples: SampleProgress[] = [];
  let lanes = 0;
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await rm(folder, { recursive: true, force: true });
  });
  const tryStart: Rig['tryStart'] = async (options = {}, limits = {}) => {
    const lane = ++lanes;
    const temporary = join(folder, `worker-${lane}`);
    await mkdir(temporary, { recursive: true });
    const started = await startWorker(
      {
        blenderPath: BLENDER,
        trusted: false,
        factoryStartup: true,
        temporary,
        token: `ns-test-${process.pid}-${lane}-${folder.slice(-6)}`,
        onLog: (line) => log.push(line.text),
        onSamples: (progress) => samples.push(progress),
        ...options,
      },
      within(limits),
    );
    if (started.ok) workers.push(started.value);
    return started;
  };
  return {
    folder,
    log,
    samples,
    path: (...parts) => join(folder, ...parts),
    tryStart,
    start: async (options, limits) => value(await tryStart(options, limits)),
  };
}

/** A worker whose Blender is the stand-in, steered by `rules`. Tests that use it run one at a time. */
export async function startFake(
  rig: Rig,
  rules: Record<string, unknown>,
  limits?: Partial<Limits>,
): Promise<Answer<BlenderWorker>> {
  const steer = rig.path('steer.json');
  await writeFile(steer, JSON.stringify(rules));
  process.env.FAKE_BLENDER = steer;
  return rig.tryStart({ blenderPath: FAKE_BLENDER }, limits);
}

export function within(limits: Partial<Limits> = {}): Limits {
  return { signal: new AbortController().signal, timeoutMs: 50_000, stallMs: null, ...limits };
}

type Wish = Partial<Omit<SceneRequest, 'render'>> & { render?: Partial<SceneRequest['render']> };

export function sceneRequest(wish: Wish): SceneRequest {
  const none = { blend: null, script: null, params: {}, scene: null, camera: null };
  const size = { width: null, height: null, percentage: null };
  const render = { engine: null, samples: null, denoise: null, device: null, ...size };
  return {
    ...none,
    viewLayers: null,
    format: null,
    colorDepth: null,
    gpu: null,
    ...wish,
    render: { ...render, ...wish.render },
  };
}

export function value<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`${answer.failure.cause}: ${answer.failure.message}\n${answer.failure.evidence}`);
}

export function failed<T>(answer: Answer<T>): Failure {
  if (!answer.ok) return answer.failure;
  throw new Error(`It went well: ${JSON.stringify(answer.value)}`);
}

/** The decoded pixels as one text that can be compared. */
export async function pixels(file: string): Promise<string> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return `${info.width}x${info.height}x${info.channels}:${data.toString('base64')}`;
}

/** Asks again and again until it is so. */
export async function until(
  what: string,
  ask: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`Not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
