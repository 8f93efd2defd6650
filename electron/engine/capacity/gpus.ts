import type { Cause } from '../../../shared/failure.ts';
import { type GpuDevice, type GpuList, gpuName } from '../../../shared/gpu.ts';
import type { BatchJob, ShotWarning } from '../../../shared/job.ts';
import type { Run } from '../run/run.ts';

/** A lane renders on the CPU, or on the one GPU that it has. */
export type Side = 'cpu' | 'gpu';

/**
 * Which lanes may work on a job. What the shot file says is believed until its scene stands open; what
 * the scene then wants counts from there on. Without a usable GPU everything belongs to the CPU's lanes,
 * where a shot that must have one is refused.
 */
export class Placement {
  /** Those in use; `null`: no Blender was asked yet. */
  #gpus: readonly GpuDevice[] | null = null;
  #known: readonly GpuDevice[] = [];
  #wanted = false;
  #asked = false;
  readonly #found = new Map<string, Side>();
  /** Of jobs: the GPUs that have too little memory for them. */
  readonly #tooLarge = new Map<string, Set<string>>();
  readonly #warnings = new Map<string, readonly ShotWarning[]>();
  /** Told once, when it is known which GPUs there are. */
  onLearned: () => void = () => {};

  /** Every GPU that the run has had: the n-th one's lane has the n-th number after those of the CPU. */
  get known(): readonly GpuDevice[] {
    return this.#known;
  }

  /** A Blender has told which there are. */
  get isKnown(): boolean {
    return this.#gpus !== null;
  }

  /** How many of them are in use. */
  get count(): number {
    return this.#gpus?.length ?? 0;
  }

  /** A job joins the run, again perhaps: what was found out about it does not count any more. */
  joined(job: BatchJob): void {
    this.#found.delete(job.id);
    this.#tooLarge.delete(job.id);
    this.#warnings.delete(job.id);
    if (sideByFile(job) === 'gpu') this.#wanted = true;
  }

  /** True once, for the lane that is to ask its Blender which GPUs there are; not before a shot needs one. */
  takesAsking(lane: Side): boolean {
    if (lane === 'gpu' || !this.#wanted || this.#asked) return false;
    this.#asked = true;
    return true;
  }

  /** Takes the first answer; `null`: the Blender that was asked had none to give. */
  learn(list: GpuList | null): void {
    this.#asked = true;
    if (this.#gpus !== null) return;
    this.#gpus = list?.devices.filter(({ on }) => on) ?? [];
    this.#known = this.#gpus;
    this.onLearned();
  }

  /** A GPU is not there any more. */
  lose(gpu: GpuDevice): void {
    this.#gpus = this.#gpus?.filter(({ id }) => id !== gpu.id) ?? [];
  }

  isLost(gpu: GpuDevice | null): boolean {
    return gpu !== null && !this.#gpus?.some(({ id }) => id === gpu.id);
  }

  /** The scene of a job stands open in a lane of this side: may it stay there? It is remembered where not. */
  fits(job: BatchJob, lane: Side, wants: Side): boolean {
    this.#found.set(job.id, wants);
    return this.#gpus === null ? wants === lane : this.sideOf(job) === lane;
  }

  /** A GPU has too little memory for a job: its lane leaves it to others, of the CPU where none is left. */
  outgrew(jobId: string, gpu: GpuDevice): void {
    const small = this.#tooLarge.get(jobId) ?? new Set<string>();
    this.#tooLarge.set(jobId, small.add(gpu.id));
  }

  /** Whether a job needs more memory than this GPU has. */
  hasOutgrown(jobId: string, gpu: GpuDevice): boolean {
    return this.#tooLarge.get(jobId)?.has(gpu.id) === true;
  }

  /** A job that may be rendered on the CPU has to be: no GPU is left, or none that has the memory for it. */
  isLeftToCpu(job: BatchJob): boolean {
    if (job.shotConfig?.render.device !== 'gpu-or-cpu' || this.#known.length === 0) return false;
    return this.#gpus?.every((gpu) => this.hasOutgrown(job.id, gpu)) === true;
  }

  #hasOutgrownAll(jobId: string): boolean {
    return this.count > 0 && this.#gpus?.every((gpu) => this.hasOutgrown(jobId, gpu)) === true;
  }

  /** Whether every other GPU in use has too little memory for a job. */
  isLastFor(jobId: string, gpu: GpuDevice): boolean {
    return !this.#gpus?.some((other) => other.id !== gpu.id && !this.hasOutgrown(jobId, other));
  }

  /** Whether the lane of this GPU, of the CPU with `null`, may work on a job. */
  mayRun(job: BatchJob, gpu: GpuDevice | null): boolean {
    if (gpu === null) return this.sideOf(job) === 'cpu';
    if (this.sideOf(job) === 'cpu') return false;
    return !this.hasOutgrown(job.id, gpu) || this.#hasOutgrownAll(job.id);
  }

  /** Keeps what is to be told of a job besides what its scene shows. */
  warn(jobId: string, warning: ShotWarning): void {
    this.#warnings.set(jobId, [...this.warningsOf(jobId), warning]);
  }

  warningsOf(jobId: string): readonly ShotWarning[] {
    return this.#warnings.get(jobId) ?? [];
  }

  sideOf(job: BatchJob): Side {
    if (this.#gpus?.length === 0 || this.isLeftToCpu(job)) return 'cpu';
    return this.#found.get(job.id) ?? sideByFile(job);
  }
}

/** Where a shot file wants its shot. Only Cycles chooses a device; which engine a scene was saved with shows when it is opened. */
export function sideByFile({ shotConfig }: BatchJob): Side {
  const { device = null, engine = null } = shotConfig?.render ?? {};
  const isCycles = engine === null || engine.toLowerCase() === 'cycles';
  return isCycles && device !== null && device !== 'cpu' ? 'gpu' : 'cpu';
}

/**
 * A GPU's memory was too small once more: a shot goes on with the other GPUs, and where there is none
 * left, with the CPU if it may. True if it does.
 */
export function outgrewGpu(run: Run, job: BatchJob, gpu: GpuDevice): boolean {
  const { placement } = run;
  const isLast = placement.isLastFor(job.id, gpu);
  if (isLast && job.shotConfig?.render.device !== 'gpu-or-cpu') return false;
  if (placement.hasOutgrown(job.id, gpu)) return true;
  placement.outgrew(job.id, gpu);
  const { done } = run.store.job(job.id).counts;
  const rest = done === 0 ? 'The shot is' : 'The rest of the shot is';
  const name = gpuName(gpu);
  const message = isLast
    ? `${rest} rendered on the CPU, because it needs more memory than ${name} has.`
    : `${rest} rendered without ${name}, which has too little memory for it.`;
  warn(run, job.id, 'out-of-memory', message);
  return true;
}

/** What is to be told of a job besides what its scene shows. */
export function gpuWarnings({ placement }: Run, job: BatchJob): readonly ShotWarning[] {
  const known = placement.warningsOf(job.id);
  if (known.length > 0 || !placement.isLeftToCpu(job)) return known;
  const message = 'The shot is rendered on the CPU, because no GPU is left.';
  return [{ cause: 'device-not-available', message }];
}

/** A GPU is not there any more: its lane ends, and nobody is to blame. */
export function lostGpu(run: Run, gpu: GpuDevice, job: BatchJob): void {
  const { placement, bell } = run;
  placement.lose(gpu);
  const others = placement.count === 0 ? 'No other GPU is left' : 'The other GPUs go on';
  const message = `The GPU ${gpuName(gpu)} is not there any more. ${others}.`;
  warn(run, job.id, 'device-not-available', message);
  bell.ring();
}

function warn({ placement, store }: Run, job: string, cause: Cause, message: string): void {
  const warning = { cause, message };
  placement.warn(job, warning);
  const warnings = [warning, ...store.job(job).warnings];
  store.record({ type: 'job-warned', job, at: Date.now(), warnings });
}
