import { type GpuDevice, type GpuList, gpuName } from '../../../shared/gpu.ts';
import type { BatchJob, ShotWarning } from '../../../shared/job.ts';

/** A lane renders on the CPU, or on the one GPU that it has. */
export type Side = 'cpu' | 'gpu';

/** The GPUs of a run: asked for when a shot wants one, lost when one fails. */
export class Gpus {
  #inUse: readonly GpuDevice[] | null = null;
  #known: readonly GpuDevice[] = [];
  #wanted = false;
  #asked = false;
  /** Told once, when it is known which GPUs there are. */
  onLearned: () => void = () => {};

  /** Every GPU that the run has had: the n-th one's lane has the n-th number after those of the CPU. */
  get known(): readonly GpuDevice[] {
    return this.#known;
  }

  /** `null`: no Blender was asked yet. */
  get inUse(): readonly GpuDevice[] | null {
    return this.#inUse;
  }

  /** How many of them are in use. */
  get count(): number {
    return this.#inUse?.length ?? 0;
  }

  /** A job joins the run. */
  joined(job: BatchJob): void {
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
    if (this.#inUse !== null) return;
    this.#inUse = list?.devices.filter(({ on }) => on) ?? [];
    this.#known = this.#inUse;
    this.onLearned();
  }

  /** A GPU is not there any more. */
  lose(gpu: GpuDevice): void {
    this.#inUse = this.#inUse?.filter(({ id }) => id !== gpu.id) ?? [];
  }

  isLost(gpu: GpuDevice | null): boolean {
    return gpu !== null && !this.#inUse?.some(({ id }) => id === gpu.id);
  }
}

/** The GPUs at this moment; see `Gpus`. */
type GpusNow = Pick<Gpus, 'known' | 'inUse'>;

/** What a run has found out about the side that a job is rendered on. */
export interface Placed {
  /** What its scene wanted when it stood open; `null`: it did not yet. */
  readonly wants: Side | null;
  /** Ids of the GPUs that have too little memory for it. */
  readonly tooSmall: readonly string[];
  /** What is to be told of it besides what its scene shows. */
  readonly warnings: readonly ShotWarning[];
}

export const UNPLACED: Placed = { wants: null, tooSmall: [], warnings: [] };

/**
 * The side whose lanes may work on a job. What the shot file says is believed until its scene stands open; what
 * the scene then wants counts from there on. Without a usable GPU everything belongs to the CPU's lanes,
 * where a shot that must have one is refused.
 */
export function sideOf(job: BatchJob, placed: Placed, gpus: GpusNow): Side {
  if (gpus.inUse?.length === 0 || isLeftToCpu(job, placed, gpus)) return 'cpu';
  return placed.wants ?? sideByFile(job);
}

/** Where a shot file wants its shot. Only Cycles chooses a device; which engine a scene was saved with shows when it is opened. */
export function sideByFile({ shotConfig }: BatchJob): Side {
  const { device = null, engine = null } = shotConfig?.render ?? {};
  const isCycles = engine === null || engine.toLowerCase() === 'cycles';
  return isCycles && device !== null && device !== 'cpu' ? 'gpu' : 'cpu';
}

/** Whether a shot must have a GPU, so that a place on a cluster without one does nothing for it. */
export function needsGpu(job: BatchJob): boolean {
  return sideByFile(job) === 'gpu' && job.shotConfig?.render.device === 'gpu';
}

/** Whether the lane of this GPU, of the CPU with `null`, may work on a job. */
export function mayRunOn(
  gpu: GpuDevice | null,
  job: BatchJob,
  placed: Placed,
  gpus: GpusNow,
): boolean {
  const side = sideOf(job, placed, gpus);
  if (gpu === null || side === 'cpu') return gpu === null && side === 'cpu';
  // One that none has the memory for is refused by whichever comes first.
  return !isTooSmall(gpu, placed) || areAllTooSmall(gpus.inUse, placed);
}

/** Whether the scene that stands open in a lane of this side may stay there. */
export function staysOn(
  lane: Side,
  job: BatchJob,
  placed: Placed & { readonly wants: Side },
  gpus: GpusNow,
): boolean {
  return gpus.inUse === null ? placed.wants === lane : sideOf(job, placed, gpus) === lane;
}

/** A job that may be rendered on the CPU has to be: no GPU is left, or none that has the memory for it. */
export function isLeftToCpu(job: BatchJob, placed: Placed, { known, inUse }: GpusNow): boolean {
  if (job.shotConfig?.render.device !== 'gpu-or-cpu' || known.length === 0) return false;
  return inUse?.every((gpu) => isTooSmall(gpu, placed)) === true;
}

/**
 * A GPU's memory was too small once more: a shot goes on with the other GPUs, and where there is none
 * left, with the CPU if it may. How it is placed then; `null`: it does not go on. A new warning comes last.
 */
export function outgrown(
  gpu: GpuDevice,
  job: BatchJob,
  placed: Placed,
  { inUse }: GpusNow,
): Placed | null {
  const isLast = !inUse?.some((other) => other.id !== gpu.id && !isTooSmall(other, placed));
  if (isLast && job.shotConfig?.render.device !== 'gpu-or-cpu') return null;
  if (isTooSmall(gpu, placed)) return placed;
  const rest = job.counts.done === 0 ? 'The shot is' : 'The rest of the shot is';
  const name = gpuName(gpu);
  const message = isLast
    ? `${rest} rendered on the CPU, because it needs more memory than ${name} has.`
    : `${rest} rendered without ${name}, which has too little memory for it.`;
  const small = { ...placed, tooSmall: [...placed.tooSmall, gpu.id] };
  return withWarning(small, { cause: 'out-of-memory', message });
}

/** What is told of the job that found out that a GPU is not there any more. @param left how many others are */
export function lostGpuWarning(gpu: GpuDevice, left: number): ShotWarning {
  const others = left === 0 ? 'No other GPU is left' : 'The other GPUs go on';
  const message = `The GPU ${gpuName(gpu)} is not there any more. ${others}.`;
  return { cause: 'device-not-available', message };
}

/** What is to be told of a job besides what its scene shows. */
export function sideWarnings(job: BatchJob, placed: Placed, gpus: GpusNow): readonly ShotWarning[] {
  if (placed.warnings.length > 0 || !isLeftToCpu(job, placed, gpus)) return placed.warnings;
  const message = 'The shot is rendered on the CPU, because no GPU is left.';
  return [{ cause: 'device-not-available', message }];
}

export function withWarning(placed: Placed, warning: ShotWarning): Placed {
  return { ...placed, warnings: [...placed.warnings, warning] };
}

function isTooSmall({ id }: GpuDevice, { tooSmall }: Placed): boolean {
  return tooSmall.includes(id);
}

function areAllTooSmall(inUse: GpusNow['inUse'], placed: Placed): boolean {
  return !!inUse?.length && inUse.every((gpu) => isTooSmall(gpu, placed));
}
