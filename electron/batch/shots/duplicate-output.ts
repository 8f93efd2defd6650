import type { OutputFormat, ShotConfig } from '../../../shared/shot.ts';
import { folded } from './names.ts';

/** A shot that would write over the files of another one, which comes before it. */
export interface Clash {
  readonly index: number;
  readonly with: number;
}

/** Finds the shots that would write the same files. Where frames or formats are unknown, they could. */
export function clashes(shots: readonly (ShotConfig | null)[]): readonly Clash[] {
  const groups = new Map<string, number[]>();
  const found: Clash[] = [];
  for (const [index, shot] of shots.entries()) {
    if (shot === null) continue;
    const key = placeOf(shot);
    const earlier = groups.get(key) ?? [];
    const rival = earlier.find((other) => overlap(shots[other] as ShotConfig, shot));
    if (rival === undefined) groups.set(key, [...earlier, index]);
    else found.push({ index, with: rival });
  }
  return found;
}

/** Where a shot writes, but for frame numbers; the scene's own path is the same for the same scene. */
function placeOf({ output, blend, scene, script }: ShotConfig): string {
  if (output.directory === null) return JSON.stringify(['scene', blend ?? script, scene]);
  const { before, after } = partsOf(output.pattern);
  return JSON.stringify([folded(output.directory), folded(before), folded(after)]);
}

function overlap(a: ShotConfig, b: ShotConfig): boolean {
  return sameExtension(a, b) && sameFrames(a, b);
}

function sameExtension(a: ShotConfig, b: ShotConfig): boolean {
  const [one, other] = [a.output.format, b.output.format];
  return one === null || other === null || familyOf(one) === familyOf(other);
}

function familyOf(format: OutputFormat): string {
  return format === 'OPEN_EXR_MULTILAYER' ? 'OPEN_EXR' : format;
}

/** Numbers of different width are different names until they outgrow the wider one. */
function sameFrames(a: ShotConfig, b: ShotConfig): boolean {
  if (a.frames === null || b.frames === null) return true;
  if (apart(a.frames, b.frames) || apart(b.frames, a.frames)) return false;
  const width = Math.max(partsOf(a.output.pattern).width, partsOf(b.output.pattern).width);
  const sameWidth = partsOf(a.output.pattern).width === partsOf(b.output.pattern).width;
  let at = 0;
  for (const frame of a.frames) {
    while ((b.frames[at] ?? Number.POSITIVE_INFINITY) < frame) at += 1;
    if (b.frames[at] === frame && (sameWidth || String(Math.abs(frame)).length >= width))
      return true;
  }
  return false;
}

/** Many shots may share one folder, each with a stretch of its frames. */
function apart(early: readonly number[], late: readonly number[]): boolean {
  return (early.at(-1) ?? 0) < (late[0] ?? 0);
}

/** As `frameFile` in shared/: the last row of `#`, or four digits at the end. */
function partsOf(pattern: string): { before: string; after: string; width: number } {
  const last = [...pattern.matchAll(/#+/g)].at(-1);
  if (!last) return { before: pattern, after: '', width: 4 };
  const end = last.index + last[0].length;
  return { before: pattern.slice(0, last.index), after: pattern.slice(end), width: last[0].length };
}
