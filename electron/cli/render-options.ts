import { join } from 'node:path';
import {
  type BatchConfig,
  type BatchPlace,
  DEFAULT_CONFIG,
  type ExistingPolicy,
  type SavedPolicy,
} from '../../shared/batch.ts';
import { formatFrames } from '../../shared/frames.ts';
import type { OtherBlenderPolicy } from '../../shared/job.ts';
import type { WhenDone } from '../../shared/schedule.ts';
import { type TestPass, testSettings } from '../../shared/test-pass.ts';
import { finalsRoot } from '../engine/index.ts';
import { type WhereOptions, whereWords } from './where-options.ts';

/** The options of `nightshift render` as commander gives them. */
export interface RenderOptions extends WhereOptions {
  readonly output?: string;
  /** A test pass of the shots, in a folder of its own in there. */
  readonly test?: TestPass | undefined;
  /** Only these .blend files, relative to the folder. */
  readonly files?: readonly string[] | undefined;
  readonly only?: readonly string[];
  readonly allVersions?: boolean;
  /** Numbers, ascending. */
  readonly frames?: readonly number[];
  readonly again?: boolean;
  readonly rejected?: boolean;
  readonly workers: number;
  readonly resume?: boolean;
  readonly fresh?: boolean;
  readonly existing: ExistingPolicy;
  readonly saved?: SavedPolicy;
  /** MiB. */
  readonly memory?: number;
  readonly timeout?: number;
  readonly frameTimeout?: number;
  readonly retries: number;
  readonly stopOnError?: boolean;
  readonly trust?: boolean;
  readonly factoryStartup?: boolean;
  readonly blender?: string;
  readonly otherBlender?: OtherBlenderPolicy;
  readonly report?: string;
  readonly data?: string;
  /** A file that says where to tell of the night. */
  readonly tell?: string;
  readonly json?: boolean;
  /** Says what the time went into. */
  readonly timing?: boolean;
  readonly watch?: boolean;
  /** Rendered by a Nightshift that runs on the cluster. */
  readonly detach?: boolean;
  /** What is done with the computer afterwards. */
  readonly whenDone?: Exclude<WhenDone, 'notify'>;
  /** Times of the day, such as `23:00`. */
  readonly startAt?: string;
  readonly until?: string;
}

/** What they say of a run. */
export function configOf(options: RenderOptions, trusted: boolean): Partial<BatchConfig> {
  return {
    workers: options.workers,
    resumeOnFailure: options.fresh !== true,
    maxRetries: options.retries,
    memoryLimitMb: options.on === undefined ? (options.memory ?? null) : null,
    timeoutSeconds: options.timeout ?? null,
    frameTimeoutSeconds: options.frameTimeout ?? null,
    continueOnError: options.stopOnError !== true,
    existing: options.existing,
    // Who watches a folder has said that what changes in it is rendered again.
    saved: options.saved ?? (options.watch ? 'again' : DEFAULT_CONFIG.saved),
    trusted,
    factoryStartup: options.factoryStartup === true,
    blenderPath: options.blender ?? null,
    otherBlender: options.otherBlender ?? DEFAULT_CONFIG.otherBlender,
  };
}

/** What the command line said, with absolute paths: for a computer with another folder, and other variables. */
export function renderArguments(
  batch: BatchPlace,
  options: RenderOptions & { readonly data: string },
): readonly string[] {
  const words: string[] = [];
  const say = (option: string, value: number | string | undefined, standard?: number | string) => {
    // In one word: a value may begin with a dash.
    if (value !== undefined && value !== standard) words.push(`${option}=${value}`);
  };
  say('--output', finalsRoot(batch));
  for (const setting of batch.test ? testSettings(batch.test) : []) say('--test', setting);
  say('--data', options.data);
  say('--report', options.report);
  say('--tell', options.tell);
  for (const name of options.only ?? []) say('--only', name);
  if (options.allVersions) words.push('--all-versions');
  say('--frames', options.frames && formatFrames(options.frames));
  say('--workers', options.workers, DEFAULT_CONFIG.workers);
  say('--existing', options.existing, DEFAULT_CONFIG.existing);
  say('--saved', options.saved);
  say('--timeout', options.timeout);
  say('--frame-timeout', options.frameTimeout);
  say('--retries', options.retries, DEFAULT_CONFIG.maxRetries);
  say('--blender', options.blender);
  say('--other-blender', options.otherBlender, DEFAULT_CONFIG.otherBlender);
  if (options.stopOnError) words.push('--stop-on-error');
  if (options.trust) words.push('--trust');
  if (options.factoryStartup) words.push('--factory-startup');
  words.push(...whereWords(options));
  const { folder, files } = batch;
  return [...words, ...(files ? files.map((file) => join(folder, file)) : [folder])];
}
