import { lstat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { BatchConfig, ExistingPolicy } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import { frameFile } from '../../../shared/frame-file.ts';
import { type FrameRecord, isAgain } from '../../../shared/frame-state.ts';
import type { BatchJob, FramePlan, PlannedSimulation, ShotWarning } from '../../../shared/job.ts';
import { jobAfter, MOST_WARNINGS } from '../../../shared/job-state.ts';
import { numbersOf, olderFrames } from '../../../shared/older-files.ts';
import type { Device } from '../../../shared/shot.ts';
import { everyNth } from '../../../shared/test-pass.ts';
import { passed } from '../../blender/steps.ts';
import type {
  Answer,
  BlenderWorker,
  Limits,
  SceneFacts,
  SceneRequest,
  SimulationFacts,
} from '../../blender/types.ts';
import { backslash, cannotWrite, noFrames, outputOutside, wrongSavedPath } from '../failures.ts';
import { placeOutside } from '../folder/output-place.ts';
import { getReadyToProve, proveImage } from '../proof/prove-image.ts';
import { finalPath, makeStaging, moveAside } from '../proof/staging.ts';
import { inputsChanged, inputsOf, sourceNow } from '../resume/sources.ts';
import { bakeOf, bakeSimulation } from './bake-simulation.ts';

/** Somebody who saves without end doesn't hold up the night. */
const MOST_OPENINGS = 3;

/** A job whose scene stands open in a worker; or that what it is made from is not what it was. */
export type OpenedJob = StandsOpen | Changed | Elsewhere;

interface Changed {
  readonly kind: 'changed';
  /** The fingerprint of the shot as it is now. */
  readonly source: string;
}

/** Another lane is to render it: the scene wants the GPU, and this lane has none, or the reverse. */
interface Elsewhere {
  readonly kind: 'elsewhere';
}

export interface StandsOpen {
  readonly kind: 'open';
  readonly plan: FramePlan;
  /** The plan is new, or another one than before: it has to be recorded. */
  readonly replan: boolean;
  readonly kept: readonly Kept[];
  readonly memoryMb: number;
  /** See `SceneFacts`. */
  readonly otherFiles: readonly string[];
  /** Why its scene must not be kept from frame to frame; `null`: nothing is known. */
  readonly builtAnew: string | null;
}

/** What opening a job needs from whom it is opened for. */
interface OpenPorts {
  readonly warn: (text: string) => void;
  /** Claims the files of a plan; see `OutputClaims`. */
  readonly claim: (plan: FramePlan) => Promise<Failure | null>;
  /** The GPU that it is rendered on if it wants one; `null`: whichever Blender would take. */
  readonly gpu?: SceneRequest['gpu'];
  /** Instead of what the shot file says. */
  readonly device?: Device;
  /** Whether a scene that wants this device may stay here; it may where nobody asks. */
  readonly fits?: (wants: SceneFacts['device']) => boolean;
}

/** Opens a job's scene, plans its files, makes its folder, and looks at what already lies there. */
export async function openJob(
  worker: BlenderWorker,
  job: BatchJob,
  { existing, trusted }: Pick<BatchConfig, 'existing' | 'trusted'>,
  limits: Limits,
  ports: OpenPorts,
): Promise<Answer<OpenedJob>> {
  const began = Date.now();
  const { warn, claim, fits } = ports;
  const known = job.plan?.simulation ? await bakeOf(job, job.plan) : null;
  const simulationCache = known === 'failed' ? null : known;
  const request = {
    ...sceneRequest(job, ports),
    simulationCache,
    ...(known === 'failed' && { simulations: 'in-order' as const }),
  };
  const { opened, source } = await openAsItIs(worker, job, request, limits);
  if (!opened.ok) return opened;
  passed('scene-opened');
  if (source !== null && (source !== job.source || (await inputsChanged(job.plan)))) {
    return { ok: true, value: { kind: 'changed', source } };
  }
  const wrong = savedPathFailure(job, opened.value);
  if (wrong !== null) return { ok: false, failure: wrong };
  if (fits?.(opened.value.device) === false) return { ok: true, value: { kind: 'elsewhere' } };
  const { memoryMb, otherFiles, builtAnew = null } = opened.value;
  // Which files the scene uses now shows when it is opened for the first time since it was saved.
  const inputs = inputsKnown(job) ?? (await inputsOf(opened.value.inputs, began));
  const planned = { ...planFrames(job, opened.value), inputs };
  const plan = known === 'failed' ? inOrder(planned) : planned;
  if (plan.frames.length === 0) {
    const { frameStart, frameEnd } = opened.value;
    return { ok: false, failure: noFrames(frameStart, frameEnd) };
  }
  if (hasBackslash(plan.directory)) return { ok: false, failure: backslash(plan.directory) };
  const outside = trusted ? null : await outsideOutput(job, plan, opened.value);
  if (outside !== null) return { ok: false, failure: outputOutside(outside) };
  getReadyToProve(plan.format);
  const replan = JSON.stringify(plan) !== JSON.stringify(job.plan);
  try {
    passed('planned');
    const taken = await claim(plan);
    if (taken !== null) return { ok: false, failure: taken };
    await makeStaging(plan, job.id);
    passed('claimed');
    if (plan.simulation?.rendered === 'baked' && simulationCache === null) {
      const failure = await bakedFirst(worker, job, plan, limits, warn);
      if (failure !== null) return { ok: false, failure };
      const again = { ...job, plan };
      const reading = await openJob(worker, again, { existing, trusted }, limits, ports);
      if (!reading.ok || reading.value.kind !== 'open') return reading;
      return { ok: true, value: { ...reading.value, replan: true } };
    }
    // A lane that comes to help finds the folder as the first one left it.
    const open = { kind: 'open', plan, replan, memoryMb, otherFiles, builtAnew } as const;
    if (job.counts.running > 0) return { ok: true, value: { ...open, kept: [] } };
    const aside = (file: string, reason: string) =>
      warn(`${file} ${reason}: it was moved aside and is rendered again.`);
    const before = jobAfter(job, { type: 'job-planned', job: job.id, at: 0, plan });
    const kept = await surveyFrames(before, plan, existing, limits.signal, aside);
    return { ok: true, value: { ...open, kept } };
  } catch (error) {
    return { ok: false, failure: await cannotWrite(plan.directory, error) };
  }
}

/** The other files that a job's scene uses, as far as that was found out when it was opened as it is now. */
function inputsKnown(job: BatchJob): FramePlan['inputs'] {
  const isSaved = (job.older ?? []).length > 0;
  const older = isSaved ? numbersOf(olderFrames(job)).length : 0;
  return isSaved && older === job.counts.done ? undefined : job.plan?.inputs;
}

/** Why frames can't go to the path that is saved in the scene; `null`: they can, or go elsewhere. */
export function savedPathFailure(
  { shotConfig }: BatchJob,
  { savedOutput }: Pick<SceneFacts, 'savedOutput'>,
): Failure | null {
  const asks = shotConfig?.output.directory == null;
  return asks && savedOutput.problem !== undefined ? wrongSavedPath(savedOutput.problem) : null;
}

/** Bakes the simulation of the open scene, which then has to be opened anew. Resolves with why that is not worth it. */
async function bakedFirst(
  worker: BlenderWorker,
  job: BatchJob,
  plan: FramePlan,
  limits: Limits,
  warn: OpenPorts['warn'],
): Promise<Failure | null> {
  let why: string | null = null;
  // The plan of an opening that Blender did not live through was never recorded.
  if ((await bakeOf(job, plan)) === 'failed') why = 'Blender ended while it was baked.';
  else {
    const baked = await bakeSimulation(worker, job, plan, limits);
    if (!baked.ok) return baked.failure;
    why = baked.value.why;
  }
  if (why !== null) {
    warn(`The simulation could not be baked: it is rendered in order by one worker. ${why}`);
  }
  return null;
}

function inOrder(plan: FramePlan): FramePlan {
  return plan.simulation
    ? { ...plan, simulation: { ...plan.simulation, rendered: 'in-order' } }
    : plan;
}

/** The first place that a shot would write to without being allowed to; `null`: none. */
export async function outsideOutput(
  { shotConfig }: BatchJob,
  plan: FramePlan,
  { otherOutputs }: Pick<SceneFacts, 'otherOutputs'>,
): Promise<string | null> {
  for (const directory of [plan.directory, ...otherOutputs]) {
    const place = await placeOutside(directory, shotConfig?.output.allowed ?? []);
    if (place !== null) return place;
  }
  return null;
}

/** Blender takes it for the border of a folder, also where it is a letter of a name. */
function hasBackslash(directory: string): boolean {
  return sep === '/' && directory.includes('\\');
}

/** Opens what lies on disk at one moment: where it was changed meanwhile, once more. */
async function openAsItIs(
  worker: BlenderWorker,
  job: BatchJob,
  request: SceneRequest,
  limits: Limits,
) {
  for (let tries = 1; ; tries += 1) {
    const before = await sourceNow(job);
    const opened = await worker.open(request, limits);
    const source = await sourceNow(job);
    const still = source === before || tries === MOST_OPENINGS;
    if (still || !worker.alive || limits.signal.aborted) return { opened, source };
  }
}

/** The part of a job that Blender has to know. Throws for a shot file that could not be read. */
export function sceneRequest(
  job: BatchJob,
  { gpu = null, device }: Pick<OpenPorts, 'gpu' | 'device'> = {},
): SceneRequest {
  const shot = job.shotConfig;
  if (!shot) throw new Error(`The shot file of ${job.name} could not be read.`);
  const { blend, script, params, scene, camera, viewLayers, render, output, simulations } = shot;
  const [first, last] = [shot.frames?.at(0), shot.frames?.at(-1)];
  const { format, colorDepth } = output;
  return {
    blend,
    script,
    params,
    scene,
    camera,
    viewLayers,
    render: device ? { ...render, device } : render,
    format,
    colorDepth,
    gpu,
    frames: first === undefined || last === undefined ? null : [first, last],
    simulations,
    ...(shot.test && { framesOnly: true }),
  };
}

/** Which files a job will make: what the shot file says, and where it is silent, what the scene says. */
export function planFrames(job: BatchJob, facts: SceneFacts): FramePlan {
  const output = job.shotConfig?.output;
  const directory = output?.directory ?? facts.savedOutput.directory;
  const patterns = output?.directory == null ? facts.savedOutput.patterns : undefined;
  return {
    frames: job.shotConfig?.frames ?? everyNth(sceneRange(facts), job.shotConfig?.test?.step ?? 1),
    directory,
    pattern: output?.directory == null ? facts.savedOutput.pattern : output.pattern,
    ...(patterns && { patterns }),
    extension: facts.extension,
    format: facts.format,
    width: facts.width,
    height: facts.height,
    engine: facts.engine,
    fps: facts.fps,
    movie: facts.movie ? { file: join(directory, `${job.name}${facts.movie.extension}`) } : null,
    fromScene: job.shotConfig?.frames == null,
    ...(facts.settings && { settings: facts.settings }),
    ...(facts.scenes && { scenes: facts.scenes }),
    ...(facts.simulation && { simulation: simulationOf(job, facts.simulation) }),
  };
}

function simulationOf(
  job: BatchJob,
  { first, names, bakeable }: SimulationFacts,
): PlannedSimulation {
  const mayBake = job.shotConfig?.simulations === 'bake';
  return { first, names: names.slice(0, 3), rendered: mayBake && bakeable ? 'baked' : 'in-order' };
}

function sceneRange({ frameStart, frameEnd, frameStep }: SceneFacts): number[] {
  const step = Math.max(1, frameStep);
  const count = Math.max(0, Math.floor((frameEnd - frameStart) / step) + 1);
  return Array.from({ length: count }, (_, index) => frameStart + index * step);
}

/** A frame that was there before, and is whole. */
interface Kept {
  readonly frame: number;
  readonly record: FrameRecord;
}

/**
 * Looks at what already lies where the waiting frames of a job belong. What is not a whole frame is
 * moved aside, so that the folder holds whole frames only. With `skip`, whole ones are kept.
 * Ends early when the signal aborts.
 */
async function surveyFrames(
  job: BatchJob,
  plan: FramePlan,
  policy: ExistingPolicy,
  signal: AbortSignal,
  onAside: (file: string, reason: string) => void,
): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  for (const [index, frame] of plan.frames.entries()) {
    if (signal.aborted) break;
    if (job.frames.statusOf(index) !== 'waiting') continue;
    // It stays until the new one is proved, and is set aside then.
    if (isAgain(job.frames.get(index))) continue;
    const file = finalPath(plan, frame);
    const there = await lstat(file).catch(() => null);
    if (!there) continue;
    const proof = await proveImage(file, plan);
    if (!proof.whole) {
      onAside(await moveAside(file, Date.now()), proof.reason);
    } else if (policy === 'skip') {
      const { bytes, mtimeMs, sha256 } = proof;
      const record = {
        file: frameFile(plan, frame),
        bytes,
        mtimeMs,
        sha256,
        seconds: 0,
        memoryMb: 0,
        at: Date.now(),
      };
      kept.push({ frame, record });
    }
  }
  return kept;
}

// ---- What spoils the pictures of a scene that stands open

/**
 * What is wrong with the open scene and stops nothing: Blender renders a missing texture pink and a
 * missing library not at all, and says not a word.
 */
export async function lookThrough(
  worker: BlenderWorker,
  frames: readonly number[],
  limits: Limits,
): Promise<Answer<readonly ShotWarning[]>> {
  const found = await worker.inspect(frames, limits);
  if (!found.ok) return found;
  const all = found.value.map(({ cause, message }) => ({ cause, message }));
  if (all.length <= MOST_WARNINGS) return { ok: true, value: all };
  const told = all.slice(0, MOST_WARNINGS - 1);
  const message = `There are ${all.length - told.length} more warnings: nightshift check tells all.`;
  return { ok: true, value: [...told, { cause: 'missing-file', message }] };
}
