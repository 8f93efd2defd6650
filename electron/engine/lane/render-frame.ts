import { rm } from 'node:fs/promises';
import type { Failure } from '../../../shared/failure.ts';
import { frameFile } from '../../../shared/frame-file.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { FramePlan } from '../../../shared/job.ts';
import type { Answer, BlenderWorker, Limits, RenderedFrame } from '../../blender/types.ts';
import { cannotWrite, diskFull, frameIncomplete, nothingRendered } from '../failures.ts';
import { freeBytes, roomForFrame, saysFull } from '../lib/disk-room.ts';
import { flushFile } from '../lib/publish.ts';
import { type Proof, proveImage } from '../proof/prove-image.ts';
import { makeStaging, stagedPath } from '../proof/staging.ts';

/** The frame to render, and where it belongs. */
export interface FrameOrder {
  readonly jobId: string;
  readonly plan: FramePlan;
  readonly frame: number;
  readonly threads: number;
}

/**
 * Renders one frame to its staging file, flushes it and proves it whole. The frame is not visible
 * in the output folder yet: `publishFrame` is the last step.
 */
export async function renderFrame(
  worker: BlenderWorker,
  order: FrameOrder,
  limits: () => Limits,
  runUpLimits: () => Limits = limits,
): Promise<Answer<FrameRecord>> {
  const rendered = await renderStaged(worker, order, limits, runUpLimits);
  return rendered.ok ? proveFrame(order, rendered.value) : rendered;
}

/** The part of it that needs Blender: afterwards the frame lies in staging, and nobody knows if it is whole. */
export async function renderStaged(
  worker: BlenderWorker,
  { jobId, plan, frame, threads }: FrameOrder,
  limits: () => Limits,
  runUpLimits: () => Limits = limits,
): Promise<Answer<RenderedFrame>> {
  const file = stagedPath(plan, jobId, frame);
  try {
    await makeStaging(plan, jobId);
    await rm(file, { force: true, recursive: true });
  } catch (error) {
    return { ok: false, failure: await cannotWrite(plan.directory, error) };
  }
  if (plan.simulation?.rendered === 'in-order') {
    const simulated = await worker.runUp(frame, runUpLimits());
    if (!simulated.ok) return simulated;
  }
  const rendered = await worker.render({ frame, threads, file }, limits());
  return rendered.ok ? rendered : { ok: false, failure: await withDisk(plan, rendered.failure) };
}

/** The part of it that needs no Blender: flushes the frame in staging and proves it whole. */
export async function proveFrame(
  { jobId, plan, frame }: Omit<FrameOrder, 'threads'>,
  rendered: RenderedFrame,
): Promise<Answer<FrameRecord>> {
  const file = stagedPath(plan, jobId, frame);
  const proof = await flushed(file, plan).catch((error: NodeJS.ErrnoException) => error);
  if (proof instanceof Error) return { ok: false, failure: await unproved(plan, proof) };
  if (!proof.whole) {
    const full = await fullDisk(plan);
    return { ok: false, failure: full ?? frameIncomplete(proof.reason) };
  }
  const { bytes, mtimeMs, sha256 } = proof;
  const { memoryMb } = rendered;
  // A clock's noise would take up more room than the rest of the record.
  const seconds = Math.round(rendered.seconds * 10_000) / 10_000;
  const name = frameFile(plan, frame);
  return {
    ok: true,
    value: { file: name, bytes, mtimeMs, sha256, seconds, memoryMb, at: Date.now() },
  };
}

/** Blender says that a disk is full, but not which. */
async function withDisk(plan: FramePlan, failure: Failure): Promise<Failure> {
  const full = failure.cause === 'disk-full' ? await fullDisk(plan) : null;
  return full ? { ...full, evidence: failure.evidence } : failure;
}

async function flushed(file: string, plan: FramePlan): Promise<Proof> {
  await flushFile(file);
  return proveImage(file, plan);
}

/** Why a frame that Blender wrote could not even be looked at. */
async function unproved(plan: FramePlan, error: NodeJS.ErrnoException): Promise<Failure> {
  const { code = 'EIO' } = error;
  if (code === 'ENOENT') return nothingRendered();
  if (NOT_ALLOWED.includes(code) || saysFull(error)) return cannotWrite(plan.directory, error);
  return (await fullDisk(plan)) ?? frameIncomplete(`could not be flushed (${code})`);
}

const NOT_ALLOWED = ['EROFS', 'EACCES', 'EPERM'];

/** The failure to report if there is no room for one more frame. */
export async function fullDisk(plan: FramePlan): Promise<ReturnType<typeof diskFull> | null> {
  const free = await freeBytes(plan.directory);
  return free !== null && free < roomForFrame(plan) ? diskFull(plan.directory, free) : null;
}
