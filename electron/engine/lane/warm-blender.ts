import { join } from 'node:path';
import type { BlenderInfo } from '../../../shared/batch.ts';
import type { LogLine } from '../../../shared/events.ts';
import type { GpuDevice } from '../../../shared/gpu.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { Asking, Place } from '../../blender/host.ts';
import type { Answer, BlenderWorker, Limits } from '../../blender/types.ts';
import { shouldRecycle } from '../capacity/memory.ts';
import type { Seat } from '../capacity/seats.ts';
import { cannotWrite } from '../failures.ts';
import { saysFull } from '../lib/disk-room.ts';
import { freshTemporary } from '../lib/temporary-folder.ts';
import { withHandles } from '../lib/with-handles.ts';
import { Keeping } from './keep-scene.ts';
import type { BlenderRun } from './lane-ports.ts';
import { type OpenedJob, openJob } from './open-job.ts';

/** A driver that has slept may take its time to tell what it drives. */
const ASK_LIMIT_MS = 60_000;

/** What a warm Blender needs from its lane. */
export interface WarmPorts {
  readonly onStarting: () => void;
  readonly onLog: (line: Omit<LogLine, 'at' | 'worker'>) => void;
}

/** It has been updated since it was asked which one it is: whether it fits the shot is to be asked anew. */
interface OtherVersion {
  readonly kind: 'other-version';
  readonly version: string;
}

/** The Blender of one lane: started when it is needed, kept between shots, replaced when it is old or dead. */
export class WarmBlender {
  readonly #lane: number;
  readonly #seat: Seat;
  /** The one that Cycles renders on in this lane; `null`: it is one of the CPU's. */
  readonly #gpu: GpuDevice | null;
  readonly #run: BlenderRun;
  readonly #ports: WarmPorts;
  #worker: BlenderWorker | null = null;
  /** What it was started as. */
  #path: string | null = null;
  #openJob: string | null = null;
  /** Which scene of the job that is; see `sceneOf`. */
  #scene = 0;
  #jobsOpened = 0;
  /** Frames of the open scene that it has rendered. */
  #frames = 0;
  #memoryMb = 0;
  #largestMb = 0;
  #keeping: Keeping | null = null;

  constructor(lane: number, gpu: GpuDevice | null, run: BlenderRun, ports: WarmPorts) {
    this.#lane = lane;
    this.#seat = run.seatOf(lane);
    this.#gpu = gpu;
    this.#run = run;
    this.#ports = ports;
  }

  /** The job whose scene is open; `null` without a living Blender. */
  get openJob(): string | null {
    if (!this.#worker?.alive || this.#openJob === null) return null;
    // The shot is made from other files by now: what stands open here is the old one.
    return this.#run.sceneOf(this.#openJob) === this.#scene ? this.#openJob : null;
  }

  /** What it has kept of the scene that is open. Throws where none is. */
  get keeping(): Keeping {
    if (!this.#keeping) throw new Error(`Lane ${this.#lane} has no scene open.`);
    return this.#keeping;
  }

  /** Which keeping of the open scene that is; `null`: none is open. */
  get session(): string | null {
    return this.openJob === null ? null : this.keeping.session;
  }

  /** What there is for it, MiB: its share of this computer, or its place on a cluster. */
  get shareMb(): number {
    return this.#seat.memoryMb;
  }

  /** Where the Blender is that is up; `null`: none is. */
  get path(): string | null {
    return this.#worker?.alive ? this.#path : null;
  }

  /** The Blender that holds the open scene. */
  get worker(): BlenderWorker {
    if (!this.#worker) throw new Error(`Lane ${this.#lane} has no Blender.`);
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
  async open(
    job: BatchJob,
    blender: BlenderInfo,
    limits: Limits,
  ): Promise<Answer<OpenedJob | OtherVersion>> {
    this.#openJob = null;
    this.#frames = 0;
    const started = await this.#ensure(limits, blender.path);
    if (!started.ok) return started;
    const version = started.value.blenderVersion;
    if (version !== null && version !== blender.version) {
      return { ok: true, value: { kind: 'other-version', version } };
    }
    this.#jobsOpened += 1;
    const scene = this.#run.sceneOf(job.id);
    const { existing, ...opening } = this.#run.opening(job, this.#gpu);
    const policy = { ...this.#run.config, existing };
    const opened = await openJob(started.value, job, policy, limits, {
      ...opening,
      warn: (text) => this.#ports.onLog({ level: 'warning', text }),
      gpu: this.#gpu,
    });
    if (!opened.ok || opened.value.kind !== 'open') return opened;
    this.#openJob = job.id;
    this.#keeping = new Keeping(this.#lane, opened.value.builtAnew);
    this.#scene = scene;
    this.note(opened.value.memoryMb);
    return opened;
  }

  /** Finds out which GPUs there are. Where Blender can't tell, the run goes on as if there were none. */
  async learnGpus(): Promise<void> {
    const limits = { signal: this.#run.signal, timeoutMs: ASK_LIMIT_MS, stallMs: null };
    const started = await this.#ensure(limits, this.#path ?? this.#run.blenderPath);
    const list = started.ok ? await started.value.devices(limits) : started;
    this.#run.learnGpus(list.ok ? list.value : null);
  }

  /** Where it runs, on a cluster; `null`: on this computer, or nothing runs. */
  get place(): Place | null {
    return this.#seat.place;
  }

  /** Whether a place has to be asked for before a Blender can be started. */
  get needsPlace(): boolean {
    return this.#seat.isAwaited && !this.#worker?.alive;
  }

  /** Whether another process is started before the next scene is opened by this Blender. */
  isSpent(path: string): boolean {
    const { memoryMb } = this.#seat;
    const isOld = shouldRecycle(this.#jobsOpened, this.#memoryMb, memoryMb, this.#run.config);
    return !this.#worker?.alive || !this.#worker.clean || isOld || this.#path !== path;
  }

  /** Waits for a place, and for this Blender to come up there. Resolves with which version came up. */
  async takePlace(path: string, asking: Asking, limits: Limits): Promise<Answer<string | null>> {
    this.#seat.ask(asking);
    const started = await this.#ensure(limits, path);
    return started.ok ? { ok: true, value: started.value.blenderVersion } : started;
  }

  /** Whether another Blender may be started on its seat. */
  get isSeated(): boolean {
    return this.#seat.alive;
  }

  /** Gives its seat back. Resolves when nothing runs there. Idempotent. */
  async leave(): Promise<void> {
    await this.close();
    await this.#seat.end();
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
      const failure = await cannotWrite(this.#run.temporary, error);
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
    const { config, temporary: all, runners } = this.#run;
    const temporary = await freshTemporary(join(all, this.#seat.id));
    return this.#run.startWorker(
      {
        host: this.#seat,
        blenderPath,
        trusted: config.trusted,
        factoryStartup: config.factoryStartup,
        temporary,
        runners,
        onLog: this.#ports.onLog,
        onSamples: (samples) => {
          // One that dies in the middle of a frame tells nothing of it afterwards.
          this.note(samples.memoryMb ?? 0);
          const job = this.#run.jobOf(this.#lane);
          if (job) this.#run.store.tell({ type: 'samples', worker: this.#lane, job, ...samples });
        },
      },
      limits,
    );
  }
}
