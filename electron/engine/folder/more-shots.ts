import { basename } from 'node:path';
import type { Batch } from '../../../shared/batch.ts';
import { formatFrames } from '../../../shared/frames.ts';
import { grouped } from '../../../shared/grouped.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import { type FilePart, type FileParts, isOffered } from '../../../shared/more-shots.ts';
import { safeName, stemOf } from './names.ts';

/** A shot, and what its scene said when it was opened last; `null`: it was not opened. */
export interface SeenShot {
  readonly job: Pick<BatchJob, 'id' | 'shotFile' | 'shotConfig' | 'status'>;
  readonly plan: Pick<FramePlan, 'frames' | 'settings' | 'scenes'> | null;
}

/**
 * What the .blend of a shot holds besides what it renders: other scenes, and cameras that markers switch to. Nothing where
 * that is not known yet, where there is nothing, or where the artist has made shots of its cameras.
 * @param shots all of this .blend
 * @param leftOut files of shots that are left out by hand, relative to the shot folder
 */
export function partsOfFile(
  seen: SeenShot,
  shots: readonly SeenShot[],
  leftOut: ReadonlySet<string>,
): readonly FileParts[] {
  const { job, plan } = seen;
  const { blend = null, script = null } = job.shotConfig ?? {};
  const scene = sceneOf(seen);
  // A script makes its scene anew each time.
  if (blend === null || script !== null || plan === null || scene === null) return [];
  const others = shots.filter((each) => each.job.id !== job.id && each.job.shotConfig !== null);
  const about = { file: basename(blend), scene };
  const isOut = (name: string) => leftOut.has(shotFileOf(job.shotFile, name));
  return [
    { by: 'scenes' as const, ...about, parts: sceneParts(scene, plan, others, isOut) },
    { by: 'cameras' as const, ...about, parts: cameraParts(seen, scene, others, isOut) },
  ].filter(({ parts }) => parts.length > 0);
}

/** Files of shots that the artist has left out, relative to the shot folder. */
export function leftOutByHand({ leftOut }: Pick<Batch, 'leftOut'>): ReadonlySet<string> {
  const byHand = leftOut?.shots.filter(({ reason }) => reason === 'by-hand') ?? [];
  return new Set(byHand.map(({ file }) => file));
}

/** What can be made into shots: of the scenes of each file once, whichever of its shots say so, and of the cameras of each shot. */
export function offeredOnce<
  T extends { readonly job: Pick<BatchJob, 'id' | 'shotConfig'>; readonly parts: FileParts },
>(found: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return found.filter(({ job, parts }) => {
    const whose = (parts.by === 'scenes' ? job.shotConfig?.blend : null) ?? job.id;
    const key = `${parts.by} ${whose}`;
    if (!isOffered(parts) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/**
 * What shots can be made of the files of some shots, as far as these were opened; see `offeredOnce`.
 * @param plans what the scenes say, by the ids of the shots
 */
export function splitsOf(
  batch: Pick<Batch, 'jobs' | 'leftOut'>,
  picked: readonly BatchJob[],
  plans: ReadonlyMap<string, FramePlan>,
): readonly { readonly job: BatchJob; readonly parts: FileParts }[] {
  const seenOf = (job: BatchJob) => ({ job, plan: plans.get(job.id) ?? null });
  const blendOf = ({ job }: { readonly job: BatchJob }) => job.shotConfig?.blend ?? '';
  const byBlend = grouped(batch.jobs.map(seenOf), blendOf);
  const isOut = leftOutByHand(batch);
  const found = picked.map(seenOf).flatMap((seen) => {
    const parts = partsOfFile(seen, byBlend.get(blendOf(seen)) ?? [], isOut);
    return parts.map((each) => ({ job: seen.job, parts: each }));
  });
  return offeredOnce(found);
}

/** Where the shot of a scene or camera goes: beside the file of the shot that it comes from, and called after it. */
export function shotFileOf(shotFile: string, name: string): string {
  const folder = shotFile.slice(0, shotFile.lastIndexOf('/') + 1);
  return `${folder}${safeName(`${stemOf(shotFile)}_${name}`)}.yaml`;
}

function sceneParts(
  own: string,
  { scenes = [] }: NonNullable<SeenShot['plan']>,
  others: readonly SeenShot[],
  isOut: (name: string) => boolean,
): readonly FilePart[] {
  if (scenes.length < 2) return [];
  const rendered = others.map(sceneOf);
  // Which scene it renders only shows when it is opened.
  if (others.some(({ job }, at) => rendered[at] === null && job.status !== 'failed')) return [];
  const shots = new Set(rendered);
  return scenes.map(({ name, first, last, part, of = null }) => {
    const frames = first === last ? String(first) : `${first}-${last}`;
    if (name === own) return { name, frames, is: 'renders', of: null };
    if (shots.has(name)) return { name, frames, is: 'shot', of: null };
    if (part) return { name, frames, is: part, of };
    return { name, frames, is: isOut(name) ? 'left-out' : 'offered', of: null };
  });
}

function sceneOf({ job, plan }: SeenShot): string | null {
  return job.shotConfig?.scene ?? plan?.settings?.scene ?? null;
}

function cameraParts(
  { job, plan }: SeenShot,
  scene: string,
  others: readonly SeenShot[],
  isOut: (name: string) => boolean,
): readonly FilePart[] {
  // Where the shot says its camera no marker switches it. It may have been of another scene when it was opened.
  if (plan?.settings?.scene !== scene || job.shotConfig?.camera != null) return [];
  const pieces = piecesOf(plan.settings.cameras ?? [], plan.frames);
  const cameras = new Set(pieces.map(({ camera }) => camera));
  if (cameras.size < 2 || [...cameras].some(isOut)) return [];
  const isMade = others.some((other) => {
    const { camera = null } = other.job.shotConfig ?? {};
    return camera !== null && cameras.has(camera) && [scene, null].includes(sceneOf(other));
  });
  if (isMade) return [];
  return pieces.map(({ camera: name, frames }) => {
    return { name, frames: formatFrames(frames), is: 'offered', of: null };
  });
}

/** Frames of a shot that one camera sees without a cut. */
interface Piece {
  readonly camera: string;
  readonly frames: readonly number[];
}

/**
 * The pieces that markers cut a shot into, as Blender does (BKE_scene_camera_switch_find): a marker's camera is there from its
 * frame on, the first marker's before, too.
 * @param cameras by the frame of their marker, ascending
 */
export function piecesOf(
  cameras: NonNullable<NonNullable<FramePlan['settings']>['cameras']>,
  frames: readonly number[],
): readonly Piece[] {
  const pieces: { camera: string; frames: number[] }[] = [];
  let at = 0;
  for (const frame of frames) {
    while ((cameras[at + 1]?.from ?? Number.POSITIVE_INFINITY) <= frame) at += 1;
    const camera = cameras[at]?.camera;
    if (camera === undefined) return [];
    const last = pieces.at(-1);
    if (last?.camera === camera) last.frames.push(frame);
    else pieces.push({ camera, frames: [frame] });
  }
  return pieces;
}
