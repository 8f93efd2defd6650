import type { BatchConfig, BlenderInfo, MachineInfo } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { StartWorker } from '../../blender/types.ts';
import type { BatchStore } from '../batch-store.ts';
import type { Blenders } from '../choose-blender.ts';
import type { OutputClaims } from '../frame/output-claims.ts';
import type { SameFiles } from '../frame/same-files.ts';
import type { StallBounds } from './stall-limit.ts';

/** What a run is made with. */
export interface RunOptions {
  readonly store: BatchStore;
  readonly config: BatchConfig;
  readonly machine: MachineInfo;
  /** The one of shots that say nothing. */
  readonly blender: BlenderInfo;
  /** Which one each shot gets. */
  readonly blenders: Blenders;
  /** Ids of jobs whose finished frames are to be rendered again. */
  readonly again: ReadonlySet<string>;
  readonly workers: number;
  /** Folder for the workers' temporary files. */
  readonly temporary: string;
  readonly stall: StallBounds;
  /** Shots that are not in the batch, as the checkpoint knows them: others may depend on them. */
  readonly elsewhere: ReadonlyMap<string, BatchJob>;
  readonly startWorker: StartWorker;
  /** What its jobs may write to now. */
  readonly claims: OutputClaims;
  /** Which of its jobs writes which files. */
  readonly files: SameFiles;
}
