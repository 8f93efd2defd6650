import { join } from 'node:path';
import type { BlenderInfo } from '../../../shared/batch.ts';
import type { LogLine } from '../../../shared/events.ts';
import type { GpuList } from '../../../shared/gpu.ts';
import type { Asking, Place } from '../../blender/host.ts';
import type { Answer, BlenderWorker, Limits, WorkerOptions } from '../../blender/types.ts';
import { shouldRecycle } from '../capacity/memory.ts';
import { cannotWrite } from '../failures.ts';
import { saysFull } from '../lib/disk-room.ts';
import { freshTemporary } from '../lib/temporary-folder.ts';
import { withHandles } from '../lib/with-handles.ts';
import { type OpenedJob, openJob } from './open-job.ts';
import type { BlenderSetup, OpenTask, WorkerPlace } from './worker-ports.ts';

/** A driver that has slept may take its time to tell what it drives. */
const ASK_LIMIT_MS = 60_000;

/** What a Blender process reports to its worker. */
export interface WarmPorts {
  readonly onStarting: () => void;
  readonly onLog: (line: Omit<LogLine, 'at' | 'worker'>) => void;
  readonly onSamples: WorkerOptions['onSamples'];
}

/** It has been updated since it was asked which one it is: whether it fits the shot is to be asked anew. */
interface OtherVersion {
  readonly kind: 'other-version';
  readonly version: string;
}

/** The Blender process of one worker: started on demand, kept between shots, replaced when it is old or dead. */
export class WarmBlender {
  readonly #at: WorkerPlace;
  readonly #setup: BlenderSetup;
  readonly #ports: WarmPorts;
  #worker: BlenderWorker | null = null;
  /** The path that it was started from. */
  #path: string | null = null;
  #openJob: string | null = null;
  #scene = 0;
  #jobsOpened = 0;
  /** Frames of the open scene that it has rendered. */
  #frames = 0;
  #memoryMb = 0;
  #largestMb = 0;

  constructor(at: WorkerPlace, setup: BlenderSetup, ports: WarmPorts) {
    this.#at = at;
    this.#setup = setup;
    this.#ports = ports;
  }

  /** The job whose scene is open; `null` without a living Blender. */
  get openJob(): string | null {
    return this.#worker?.alive ? this.#openJob : null;
  }

  /** Which version of the job's files is open: see `OpenTask`. */
  get scene(): number {
    return this.#scene;
  }

  /** Where the Blender is that is up; `null`: none is. */
  get path(): string | null {
    return this.#worker?.alive ? this.#path : null;
  }

  /** The Blender that holds the open scene. */
  get worker(): BlenderWorker {
    if (!this.#worker) throw new Error(`Worker ${this.#at.number} has no Blender.`);
    return this.#worker;
  }

  /** The most that it was seen to use, 0 without a living one, and the most that any before it did, MiB. */
  get memory(): { readonly usedMb: number; readonly largestMb: number } {
    const usedMb = this.#worker?.alive ? this.#memoryMb : 0;
    return { usedMb, largestMb: this.#largestMb };
  }

  /** Frames of the open scene that it has rendered. */
  get framesOfScene(): number {
    return this.#frames;
  }

  /** Notes that it has rendered one more. */
  hasRendered(): void {
    this.#frames += 1;
  }

  /** Notes how much memory it was seen to use, MiB. */
  note(memoryMb: number): void {
    this.#memoryMb = Math.max(this.#memoryMb, memoryMb);
    this.#largestMb = Math.max(this.#largestMb, memoryMb);
  }

  /** Opens a job's scene in this Blender, in a new process where that is better. */
  async open(task: OpenTask, blender: BlenderInfo): Promise<Answer<OpenedJob | OtherVersion>> {
    const { job, existing, scene, device, claim, fits } = task;
    const limits = task.limits({ stallMs: task.stallMs });
    this.#openJob = null;
    this.#frames = 0;
    const started = await this.#ensure(limits, blender.path);
    if (!started.ok) return started;
    const version = started.value.blenderVersion;
    if (version !== null && version !== blender.version) {
      return { ok: true, value: { kind: 'other-version', version } };
    }
    this.#jobsOpened += 1;
    const policy = { ...this.#setup.config, existing };
    const opened = await openJob(started.value, job, policy, limits, {
      ...{ claim, fits, ...(device && { device }) },
      warn: (text) => this.#ports.onLog({ level: 'warning', text }),
      gpu: this.#at.gpu,
    });
    if (!opened.ok || opened.value.kind !== 'open') return opened;
    this.#openJob = job.id;
    this.#scene = scene;
    this.note(opened.value.memoryMb);
    return opened;
  }

  /** Asks which GPUs exist; `null`: Blender can't tell. @param path of the Blender to start where none runs */
  async listGpus(signal: AbortSignal, path: string): Promise<GpuList | null> {
    const limits = { signal, timeoutMs: ASK_LIMIT_MS, stallMs: null };
    const started = await this.#ensure(limits, this.#path ?? path);
    const list = started.ok ? await started.value.devices(limits) : started;
    return list.ok ? list.value : null;
  }

  /** Where it runs, on a cluster; `null`: on this computer, or nothing runs. */
  get place(): Place | null {
    return this.#at.seat.place;
  }

  /** Whether a place has to be asked for before a Blender can be started. */
  get needsPlace(): boolean {
    return this.#at.seat.isAwaited && !this.#worker?.alive;
  }

  /** Whether another process is started before the next scene is opened by this Blender. */
  isSpent(path: string): boolean {
    const { memoryMb } = this.#at.seat;
    const isOld = shouldRecycle(this.#jobsOpened, this.#memoryMb, memoryMb, this.#setup.config);
    return !this.#worker?.alive || !this.#worker.clean || isOld || this.#path !== path;
  }

  /** Waits for a place, and for this Blender to come up there. Resolves with which version came up. */
  async takePlace(path: string, asking: Asking, limits: Limits): Promise<Answer<string | null>> {
    this.#at.seat.ask(asking);
    const started = await this.#ensure(limits, path);
    return started.ok ? { ok: true, value: started.value.blenderVersion } : started;
  }

  /** Gives its seat back. Resolves when nothing runs there. Idempotent. */
  async leave(): Promise<void> {
    await this.close();
    await this.#at.seat.end();
  }

  /** Resolves when no process is left. Idempotent. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#openJob = null;
    await worker?.close();
  }

  async #ensure(limits: Limits, path: string): Promise<Answer<BlenderWorker>> {
    const old = this.#worker;
    if (old && !this.isSpent(path)) return { ok: true, value: old };
    await this.close();
    this.#ports.onStarting();
    const starting = withHandles(() => this.#start(limits, path));
    const started = await starting.catch(async (error: unknown) => {
      if (!saysFull(error)) throw error;
      const failure = await cannotWrite(this.#setup.temporary, error);
      return { ok: false, failure } as const;
    });
    if (!started.ok) return started;
    this.#worker = started.value;
    this.#path = path;
    this.#jobsOpened = 0;
    this.#memoryMb = 0;
    return started;
  }

  async #start(limits: Limits, blenderPath: string): Promise<Answer<BlenderWorker>> {
    const { config, temporary: all, runners, startWorker } = this.#setup;
    const temporary = await freshTemporary(join(all, this.#at.seat.id));
    return startWorker(
      {
        host: this.#at.seat,
        blenderPath,
        trusted: config.trusted,
        factoryStartup: config.factoryStartup,
        temporary,
        runners,
        onLog: this.#ports.onLog,
        onSamples: (samples) => {
          // One that dies in the middle of a frame tells nothing of it afterwards.
          this.note(samples.memoryMb ?? 0);
          this.#ports.onSamples(samples);
        },
      },
      limits,
    );
  }
}
