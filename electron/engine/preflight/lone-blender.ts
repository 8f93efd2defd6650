import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatchConfig, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import type { GpuList } from '../../../shared/gpu.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { Answer, BlenderWorker, Limits } from '../../blender/types.ts';
import { startWorker } from '../../blender/worker.ts';
import type { Blenders } from '../capacity/choose-blender.ts';
import { loneSeat, type Seat } from '../capacity/seats.ts';
import { noFrames } from '../failures.ts';
import { STALL_BOUNDS } from '../lane/limits.ts';
import { planFrames, sceneRequest } from '../lane/open-job.ts';
import { removeTemporary } from '../lib/temporary-folder.ts';

/** A shot that is open in it. */
export interface OpenedAlone {
  readonly worker: BlenderWorker;
  readonly plan: FramePlan;
  /** Files that it reads besides its .blend and script, absolute. */
  readonly inputs: readonly string[];
  readonly openSeconds: number;
}

/** One Blender at a time, kept warm over all shots that it fits, outside of any run; a shot that crashes it gets the next one started. */
export class LoneBlender {
  #worker: BlenderWorker | null = null;
  #path: string | null = null;
  /** Where it runs. */
  readonly seat: Seat;
  readonly #limits: Limits;

  private constructor(
    readonly config: BatchConfig,
    /** A folder of its own, removed when it is closed. */
    readonly temporary: string,
    signal: AbortSignal | undefined,
  ) {
    this.seat = loneSeat(config);
    this.#limits = {
      signal: signal ?? new AbortController().signal,
      timeoutMs: null,
      stallMs: STALL_BOUNDS.openMs,
    };
  }

  /** Starts nothing yet. */
  static async of(config: BatchConfig, signal: AbortSignal | undefined): Promise<LoneBlender> {
    const temporary = await mkdtemp(join(tmpdir(), 'nightshift-check-'));
    return new LoneBlender(config, temporary, signal);
  }

  /** What a request about this job may take: the shot's own time limit counts. */
  limitsFor(job: BatchJob): Limits {
    const seconds = job.shotConfig?.timeoutSeconds ?? this.config.timeoutSeconds;
    return { ...this.#limits, timeoutMs: seconds === null ? null : seconds * 1000 };
  }

  /** The Blender that is there, or a new one where it has gone is another than the one at this path, or keeps what a script has left. */
  async worker(blenderPath: string, limits = this.#limits): Promise<Answer<BlenderWorker>> {
    const old = this.#worker;
    if (old?.alive && old.clean && this.#path === blenderPath) return { ok: true, value: old };
    await this.#end();
    const { trusted, factoryStartup } = this.config;
    const started = await startWorker(
      {
        host: this.seat,
        blenderPath,
        trusted,
        factoryStartup,
        temporary: this.temporary,
        onLog: () => {},
        onSamples: () => {},
      },
      limits,
    );
    if (started.ok) [this.#worker, this.#path] = [started.value, blenderPath];
    return started;
  }

  /** Opens a shot in the Blender that is chosen for it, and plans its frames, of which there is at least one. */
  async open(job: BatchJob, blenders: Blenders): Promise<Answer<OpenedAlone>> {
    const blender = await blenders.choose(job);
    if (!blender.ok) return blender;
    const started = await this.worker(blender.value.path);
    if (!started.ok) return started;
    const worker = started.value;
    const began = performance.now();
    const opened = await worker.open(sceneRequest(job), this.limitsFor(job));
    if (!opened.ok) return opened;
    const openSeconds = (performance.now() - began) / 1000;
    const { frameStart, frameEnd, inputs } = opened.value;
    const plan = planFrames(job, opened.value);
    return plan.frames.length === 0
      ? { ok: false, failure: noFrames(frameStart, frameEnd) }
      : { ok: true, value: { worker, plan, inputs, openSeconds } };
  }

  /** Resolves when no process is left, and nothing that it wrote but for what another program has open. */
  async close(): Promise<void> {
    await this.#end();
    await this.seat.end();
    await removeTemporary(this.temporary);
  }

  async #end(): Promise<void> {
    await this.#worker?.close();
    this.#worker = null;
  }
}

/**
 * Asks a Blender which GPUs Cycles can use, as the user's preferences say, or with `factoryStartup` as
 * Blender would without any. Starts it for that, about a second, and opens no scene.
 */
export async function findGpus(
  blenderPath: string,
  factoryStartup = false,
): Promise<Answer<GpuList>> {
  const alone = await LoneBlender.of({ ...DEFAULT_CONFIG, factoryStartup }, undefined);
  const { signal } = new AbortController();
  const limits = { signal, timeoutMs: GPUS_LIMIT_MS, stallMs: null };
  try {
    const started = await alone.worker(blenderPath, limits);
    return started.ok ? await started.value.devices(limits) : started;
  } finally {
    await alone.close();
  }
}

/** A driver that has slept may take its time. */
const GPUS_LIMIT_MS = 60_000;
