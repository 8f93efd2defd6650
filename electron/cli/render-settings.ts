import { type BatchConfig, DEFAULT_CONFIG, type ExistingPolicy } from '../../shared/batch.ts';
import type { OtherBlenderPolicy } from '../../shared/job.ts';
import type { WhenDone } from '../../shared/schedule.ts';

/** The options of `nightshift render` as commander gives them. */
export interface RenderOptions {
  readonly output?: string;
  readonly only?: readonly string[];
  readonly workers: number;
  readonly resume?: boolean;
  readonly fresh?: boolean;
  readonly existing: ExistingPolicy;
  /** MiB. */
  readonly memory?: number;
  readonly timeout?: number;
  readonly frameTimeout?: number;
  readonly retries: number;
  readonly stopOnError?: boolean;
  readonly trust?: boolean;
  readonly factoryStartup?: boolean;
  readonly blender?: string;
  readonly launcher?: string;
  readonly otherBlender?: OtherBlenderPolicy;
  readonly report?: string;
  readonly data?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
  /** What is done with the computer afterwards. */
  readonly whenDone?: Exclude<WhenDone, 'notify'>;
  /** Times of the day, such as `23:00`. */
  readonly startAt?: string;
  readonly until?: string;
}

export function configOf(options: RenderOptions, trusted: boolean): Partial<BatchConfig> {
  return {
    workers: options.workers,
    resumeOnFailure: options.fresh !== true,
    maxRetries: options.retries,
    memoryLimitMb: options.memory ?? null,
    timeoutSeconds: options.timeout ?? null,
    frameTimeoutSeconds: options.frameTimeout ?? null,
    continueOnError: options.stopOnError !== true,
    existing: options.existing,
    trusted,
    factoryStartup: options.factoryStartup === true,
    blenderPath: options.blender ?? null,
    launcher: options.launcher,
    otherBlender: options.otherBlender ?? DEFAULT_CONFIG.otherBlender,
  };
}
