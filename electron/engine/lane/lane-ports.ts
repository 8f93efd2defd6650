import type { BatchConfig, ExistingPolicy } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { GpuDevice, GpuList } from '../../../shared/gpu.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { Device } from '../../../shared/shot.ts';
import type { Side } from '../capacity/gpus.ts';

/** What the Blender of a lane needs of the run that it works for. */
export interface BlenderPorts {
  readonly config: BatchConfig;
  /** Folder for the temporary files of all lanes. */
  readonly temporary: string;
  /** Lanes that share the memory of the machine, and how much that is, MiB. */
  readonly shareOfMemory: { readonly lanes: number; readonly machineMb: number };
  /** Where the Blender is of shots that say nothing. */
  readonly blenderPath: string;
  /** Aborted when everything is to stop now. */
  readonly signal: AbortSignal;
  /** How often a job has started over: a scene that was opened before the last time is another shot now. */
  startsOver(jobId: string): number;
  /** How a job is opened in a lane. */
  opening(job: BatchJob, gpu: GpuDevice | null): Opening;
  /** Takes what a Blender tells of the GPUs; `null`: it could not tell. */
  learnGpus(list: GpuList | null): void;
}

/** What decides how a job's scene is opened, besides the job. */
interface Opening {
  readonly existing: ExistingPolicy;
  /** Instead of what the shot file says. */
  readonly device?: Device;
  /** Claims the files of a plan; resolves with why they can't be had. */
  readonly claim: (plan: FramePlan) => Promise<Failure | null>;
  /** Whether a scene that wants this side may stay in the lane. */
  readonly fits: (wants: Side) => boolean;
}
