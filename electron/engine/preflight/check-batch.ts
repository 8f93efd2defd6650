import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Batch, type BatchConfig, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import type { BlenderWorker, Finding, SceneFacts } from '../../blender/types.ts';
import { Blenders, type BlendersHere } from '../capacity/choose-blender.ts';
import { SameFiles } from '../capacity/same-files.ts';
import { formatBytes, outputOutside } from '../failures.ts';
import { outsideOutput, planFrames, savedPathFailure, sceneRequest } from '../lane/open-job.ts';
import { freeBytes } from '../lib/disk-room.ts';
import { LoneBlender } from './lone-blender.ts';

/** A picture of so many bytes a pixel is on the large side for PNG and half-float EXR alike. */
const BYTES_A_PIXEL = 6;

export interface CheckOptions {
  readonly config?: Partial<BatchConfig>;
  /** Ids of the jobs to open; not given: all. The others still own the files that they have rendered. */
  readonly only?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
  /** @internal */
  readonly here?: BlendersHere;
  /** Told of each shot as soon as it was looked at, with what its scene says; `null`: it could not be opened. */
  readonly onJob?: (
    job: BatchJob,
    problems: readonly ShotProblem[],
    plan: FramePlan | null,
  ) => void;
}

/**
 * Preflight: opens each shot once in Blender and asks what would go wrong in the night. Renders and
 * writes nothing. Resolves with all problems that were found, in the order of the shots; they are opened in another one
 * where they need several Blenders, so that each of those is started once.
 */
export async function checkBatch(
  batch: Batch,
  options: CheckOptions = {},
): Promise<readonly ShotProblem[]> {
  const config = { ...DEFAULT_CONFIG, ...options.config };
  const { only, signal, here } = options;
  const jobs = batch.jobs.filter((job) => job.shotConfig !== null && only?.has(job.id) !== false);
  if (jobs.length === 0) return [];
  const alone = await LoneBlender.of(config, signal);
  const blenders = new Blenders(config, here);
  const inspector = new Inspector(alone, blenders, batch);
  const found = new Map<string, readonly ShotProblem[]>();
  try {
    for (const job of await blenders.grouped(jobs, signal)) {
      if (signal?.aborted) break;
      const { problems, plan } = await inspector.look(job);
      found.set(job.id, problems);
      options.onJob?.(job, problems, plan);
    }
    return jobs.flatMap(({ id }) => found.get(id) ?? []);
  } finally {
    await alone.close();
  }
}

/** What was found out about one shot. */
interface ShotCheck {
  readonly problems: readonly ShotProblem[];
  readonly plan: FramePlan | null;
}

/** Looks at one shot after the other, and keeps what they need of the disk together. */
class Inspector {
  /** By disk, as the system numbers them. */
  readonly #neededBytes = new Map<number, number>();
  readonly #files: SameFiles;

  constructor(
    private readonly alone: LoneBlender,
    private readonly blenders: Blenders,
    { jobs }: Batch,
  ) {
    this.#files = new SameFiles(() => jobs);
  }

  async look(job: BatchJob): Promise<ShotCheck> {
    const unopened = (failure: Failure) => ({
      problems: [failureProblem(job, failure)],
      plan: null,
    });
    // Before any Blender opens the file: an old one may die of a newer one.
    const blender = await this.blenders.choose(job);
    if (!blender.ok) return unopened(blender.failure);
    const worker = await this.alone.worker(blender.value.path);
    if (!worker.ok) return unopened(worker.failure);
    const limits = this.alone.limitsFor(job);
    const opened = await worker.value.open(sceneRequest(job), limits);
    if (!opened.ok) {
      return limits.signal.aborted ? { problems: [], plan: null } : unopened(opened.failure);
    }
    const wrong = savedPathFailure(job, opened.value);
    if (wrong !== null) return unopened(wrong);
    const plan = planFrames(job, opened.value);
    const said = blender.warnings.map(({ message }) => jobProblem(job, 'warning', message));
    const found = await this.#problems(job, plan, worker.value, opened.value);
    return { problems: [...said, ...found], plan };
  }

  async #problems(
    job: BatchJob,
    plan: FramePlan,
    worker: BlenderWorker,
    opened: SceneFacts,
  ): Promise<readonly ShotProblem[]> {
    const limits = this.alone.limitsFor(job);
    const outside = await outsideOutput(job, plan, opened);
    if (outside !== null && !this.alone.config.trusted)
      return [failureProblem(job, outputOutside(outside))];
    const same = await this.#files.take(job, plan);
    if (same !== null) return [failureProblem(job, same)];
    const findings = await worker.inspect(plan.frames, limits);
    if (!findings.ok) return limits.signal.aborted ? [] : [failureProblem(job, findings.failure)];
    const left = Math.max(0, plan.frames.length - job.counts.done);
    const bytes = left * plan.width * plan.height * BYTES_A_PIXEL;
    const output = await outputFindings(plan.directory, (disk) => this.#needed(disk, bytes));
    const elsewhere = outside === null ? [] : [writesTo(outside)];
    const twice = await this.#files.takeBeside(job, plan, opened.otherFiles);
    const warnings = twice.map((one) => ({ severity: 'warning' as const, ...one }));
    return [...findings.value, ...elsewhere, ...warnings, ...output].map((finding) => ({
      ...jobProblem(job, finding.severity, finding.message),
      ...(endsShot(finding) && { endsShot: true as const }),
    }));
  }

  /** What the shots up to this one need of its disk. */
  #needed(disk: number, bytes: number): number {
    const needed = (this.#neededBytes.get(disk) ?? 0) + bytes;
    this.#neededBytes.set(disk, needed);
    return needed;
  }
}

function writesTo(place: string): Finding {
  const message = `This shot writes to ${place}, outside of the shot folder and of the output folder.`;
  return { severity: 'warning', cause: 'not-trusted', message };
}

/**
 * Can the folder be written, and would the frames fit? It is not made: preflight writes nothing.
 * @param needed what all shots so far need of a disk, in bytes
 */
async function outputFindings(
  directory: string,
  needed: (disk: number) => number,
): Promise<readonly Finding[]> {
  const there = await nearestFolder(directory);
  if (there === null) {
    const message = `The frames can't be written to ${directory}: a part of that path is a file.`;
    return [{ severity: 'error', cause: 'output-not-writable', message }];
  }
  const writable = await access(there, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable) {
    const message = `The frames can't be written to ${directory}: writing to ${there} is not allowed.`;
    return [{ severity: 'error', cause: 'output-not-writable', message }];
  }
  const bytes = needed((await stat(there)).dev);
  const free = await freeBytes(there);
  if (free === null || free > bytes) return [];
  const message = `The frames up to this shot may need ${formatBytes(bytes)}, and the disk of ${there} has ${formatBytes(free)} free.`;
  return [{ severity: 'warning', cause: 'disk-full', message }];
}

/** The folder itself, or the nearest one above it that exists; `null` if a file stands in the way. */
async function nearestFolder(directory: string): Promise<string | null> {
  const found = await stat(directory).catch(() => null);
  if (found) return found.isDirectory() ? directory : null;
  const parent = dirname(directory);
  return parent === directory ? null : nearestFolder(parent);
}

/** Something about a whole shot that the artist should know before the night. */
function jobProblem(
  job: Pick<BatchJob, 'id' | 'shotFile'>,
  severity: ShotProblem['severity'],
  message: string,
): ShotProblem {
  return { severity, file: job.shotFile, line: null, column: null, jobId: job.id, message };
}

/** Whether the shot fails for what was found. What is missing of a picture is rendered without it. */
function endsShot({ severity, cause }: Finding): boolean {
  return severity === 'error' && cause !== 'missing-file';
}

/** What would end the shot in the night, or at once. */
export function failureProblem(job: BatchJob, failure: Failure): ShotProblem {
  return {
    ...jobProblem(job, 'error', `${failure.message} ${failure.nextStep}`),
    ...(failure.cause === 'not-trusted' && { needsTrust: true as const }),
    endsShot: true,
  };
}
