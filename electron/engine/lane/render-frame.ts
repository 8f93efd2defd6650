import { readdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cause, Failure } from '../../../shared/failure.ts';
import { frameFile } from '../../../shared/frame-file.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { FramePlan } from '../../../shared/job.ts';
import type {
  Answer,
  BlenderWorker,
  Limits,
  RenderedFrame,
  RenderRequest,
} from '../../blender/types.ts';
import {
  cannotWrite,
  diskFull,
  frameIncomplete,
  isTooLong,
  nothingRendered,
  pathTooLong,
} from '../failures.ts';
import { freeBytes, roomForFrame, saysFull } from '../lib/disk-room.ts';
import { mayPass } from '../lib/held-file.ts';
import { flushFile, publish } from '../lib/publish.ts';
import { type Proof, proveFlushed, proveImage } from '../proof/prove-image.ts';
import { samePicture } from '../proof/same-picture.ts';
import {
  finalPath,
  keptTwinPath,
  makeStaging,
  removeStaged,
  stagedMovie,
  stagedPath,
} from '../proof/staging.ts';
import type { Way } from './keep-scene.ts';

/** The frame to render, and where it belongs. */
export interface FrameOrder {
  readonly jobId: string;
  readonly plan: FramePlan;
  readonly frame: number;
  readonly threads: number;
  /** How its scene comes about; not there: as is saved in it. */
  readonly way?: Way;
}

/** A frame that Blender has written to staging, and what of it was rendered with the kept scene beside it, if it was. */
export interface Staged extends RenderedFrame {
  readonly twin: KeptTwin | null;
}

/** The same frame as it comes out of the kept scene. */
interface KeptTwin {
  /** Absolute, in staging. */
  readonly file: string;
  readonly seconds: number;
}

/** Renders one frame to its staging file, where it is not verified yet. */
export async function renderStaged(
  worker: BlenderWorker,
  { jobId, plan, frame, threads, way }: FrameOrder,
  limits: () => Limits,
  runUpLimits: () => Limits = limits,
): Promise<Answer<Staged>> {
  const file = stagedPath(plan, jobId, frame);
  const twin = keptTwinPath(plan, jobId, frame);
  try {
    await makeStaging(plan, jobId);
    await removeStaged(file);
    if (way === 'both') await removeStaged(twin);
  } catch (error) {
    return { ok: false, failure: await cannotWrite(plan.directory, error) };
  }
  if (plan.simulation?.rendered === 'in-order') {
    const simulated = await worker.runUp(frame, runUpLimits());
    if (!simulated.ok) return simulated;
  }
  const order = { plan, frame, threads };
  if (way !== 'both') {
    const rendered = await renderTo(worker, file, { ...order, keep: keepFor(way) }, limits);
    return rendered.ok ? { ok: true, value: { ...rendered.value, twin: null } } : rendered;
  }
  const kept = await renderTo(worker, twin, { ...order, keep: 'go-on' }, limits);
  if (!kept.ok) return kept;
  const built = await renderTo(worker, file, { ...order, keep: 'begin' }, limits);
  if (!built.ok) return built;
  const { seconds } = kept.value;
  return { ok: true, value: { ...built.value, twin: { file: twin, seconds } } };
}

function keepFor(way: Way | undefined): RenderRequest['keep'] {
  return way === 'anew' ? 'off' : way === 'both' ? 'begin' : way;
}

/** @param file absolute, in staging */
async function renderTo(
  worker: BlenderWorker,
  file: string,
  order: {
    readonly plan: FramePlan;
    readonly frame: number;
    readonly threads: number;
    readonly keep: RenderRequest['keep'];
  },
  limits: () => Limits,
): Promise<Answer<RenderedFrame>> {
  const { plan, frame, threads, keep } = order;
  const request = { frame, threads, file, ...(keep && { keep }) };
  const rendered = await worker.render(request, limits());
  if (rendered.ok) return rendered;
  const tooLong = isTooLong(file) && MAY_BE_LENGTH.includes(rendered.failure.cause);
  if (tooLong) return { ok: false, failure: pathTooLong(file) };
  return { ok: false, failure: await withDisk(plan, rendered.failure) };
}

/** How Blender says that it could not write a file. */
const MAY_BE_LENGTH: readonly Cause[] = ['output-not-writable', 'render-error', 'nothing-rendered'];

/**
 * Flushes a rendered frame in staging and verifies that it is whole.
 * @param lateMs so long it may take until a file is seen whole here that another computer has written
 */
export async function proveFrame(
  { jobId, plan, frame, threads }: FrameOrder,
  rendered: RenderedFrame,
  lateMs = 0,
): Promise<Answer<FrameRecord>> {
  const file = stagedPath(plan, jobId, frame);
  const proof = await provedInTime(file, plan, lateMs);
  if (proof instanceof Error) return { ok: false, failure: await unproved(plan, proof) };
  if (!proof.whole) {
    const full = await fullDisk(plan);
    return { ok: false, failure: full ?? frameIncomplete(proof.reason) };
  }
  const { bytes, mtimeMs, sha256 } = proof;
  const { memoryMb, cpuSeconds } = rendered;
  // A clock's noise would take up more room than the rest of the record.
  const exact = (value: number) => Math.round(value * 10_000) / 10_000;
  const seconds = exact(rendered.seconds);
  const cpu = cpuSeconds == null ? null : { seconds: exact(cpuSeconds), threads };
  const name = frameFile(plan, frame);
  return {
    ok: true,
    value: {
      ...{ file: name, bytes, mtimeMs, sha256, seconds, memoryMb, at: Date.now() },
      ...(cpu && { cpu }),
    },
  };
}

/** Compares what was rendered both ways, and takes away what nobody needs. */
export async function isSameTwin(
  { format }: FramePlan,
  twin: string,
  built: string,
): Promise<boolean> {
  const same = await samePicture(twin, built, format);
  await rm(twin, { force: true }).catch(() => {});
  return same;
}

/**
 * Renders a frame that is there once more with its scene built anew, and compares all pixels. `gone`: the file is not
 * there any more, or is another one.
 */
export async function checkFrame(
  worker: BlenderWorker,
  { jobId, plan, frame, threads }: FrameOrder,
  { sha256 }: FrameRecord,
  { limits, lateMs }: { readonly limits: () => Limits; readonly lateMs: number },
): Promise<Answer<{ readonly rendered: RenderedFrame; readonly is: 'same' | 'other' | 'gone' }>> {
  const file = keptTwinPath(plan, jobId, frame);
  try {
    await makeStaging(plan, jobId);
    await removeStaged(file);
  } catch (error) {
    return { ok: false, failure: await cannotWrite(plan.directory, error) };
  }
  const rendered = await renderTo(worker, file, { plan, frame, threads, keep: 'begin' }, limits);
  if (!rendered.ok) return rendered;
  const proof = await provedInTime(file, plan, lateMs);
  if (proof instanceof Error) return { ok: false, failure: await unproved(plan, proof) };
  if (!proof.whole) return { ok: false, failure: frameIncomplete(proof.reason) };
  const final = finalPath(plan, frame);
  const there = await proveImage(final, plan);
  const isThere = there.whole && there.sha256 === sha256;
  const is = !isThere ? 'gone' : (await isSameTwin(plan, file, final)) ? 'same' : 'other';
  return { ok: true, value: { rendered: rendered.value, is } };
}

/** Blender says that a disk is full, but not which. */
async function withDisk(plan: FramePlan, failure: Failure): Promise<Failure> {
  const full = failure.cause === 'disk-full' ? await fullDisk(plan) : null;
  return full ? { ...full, evidence: failure.evidence } : failure;
}

/** NFS shows names and sizes late: what is not whole yet is looked at again for a while. */
async function provedInTime(
  file: string,
  plan: FramePlan,
  lateMs: number,
): Promise<Proof | NodeJS.ErrnoException> {
  const since = performance.now();
  const until = since + lateMs;
  for (;;) {
    const proof = await proveFlushed(file, plan).catch((error: NodeJS.ErrnoException) => error);
    if (!(proof instanceof Error) && proof.whole) return proof;
    // A virus scanner looks at each file that was just written.
    const isHeld = proof instanceof Error && mayPass(proof);
    if (performance.now() >= (isHeld ? Math.max(until, since + HELD_MS) : until)) return proof;
    await delay(LOOK_AGAIN_MS);
    // A folder that is listed anew is asked of its server anew.
    await readdir(dirname(file)).catch(() => null);
  }
}

const LOOK_AGAIN_MS = 250;
/** What holds a file that Blender has just closed is done with it soon. */
const HELD_MS = 15_000;
/** An NFS client keeps what it knows of a file for 3 s at least (`acregmin`), of a folder until it is listed anew. */
export const LATE_MS = 15_000;

/** Why a frame that Blender wrote could not even be looked at. */
async function unproved(plan: FramePlan, error: NodeJS.ErrnoException): Promise<Failure> {
  const { code = 'EIO' } = error;
  if (code === 'ENOENT') return nothingRendered();
  if (NOT_ALLOWED.includes(code) || mayPass(error) || saysFull(error)) {
    return cannotWrite(plan.directory, error);
  }
  return (await fullDisk(plan)) ?? frameIncomplete(`could not be flushed (${code})`);
}

const NOT_ALLOWED = ['EROFS', 'EACCES', 'EPERM'];

/** The failure to report if there is no room for one more frame. */
async function fullDisk(plan: FramePlan): Promise<ReturnType<typeof diskFull> | null> {
  const free = await freeBytes(plan.directory);
  return free !== null && free < roomForFrame(plan) ? diskFull(plan.directory, free) : null;
}

/** Has Blender encode the finished frames into the movie that the scene asked for. */
export async function encodeMovie(
  worker: BlenderWorker,
  jobId: string,
  plan: FramePlan,
  limits: Limits,
): Promise<Answer<null>> {
  const movie = plan.movie?.file;
  if (movie === undefined) throw new Error('This shot makes no movie.');
  const staged = stagedMovie(plan, jobId, movie);
  try {
    await makeStaging(plan, jobId);
    await rm(staged, { force: true });
    const frames = plan.frames.map((frame) => finalPath(plan, frame));
    const encoded = await worker.encode({ frames, file: staged }, limits);
    if (!encoded.ok) return encoded;
    const size = await stat(staged).then(
      ({ size }) => size,
      () => 0,
    );
    if (size === 0) return { ok: false, failure: nothingRendered() };
    await flushFile(staged);
    await publish(staged, movie);
    return { ok: true, value: null };
  } catch (error) {
    return { ok: false, failure: await cannotWrite(dirname(movie), error) };
  }
}
