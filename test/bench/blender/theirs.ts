import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../scenario.ts';
import type { Shot } from './ours.ts';
import { timed } from './timed.ts';

/** Seconds of `blender -b FILE -o OUT -s A -e B -a` for one shot after the other, as a loop in a shell does it. */
export async function renderLoop(
  bench: Bench,
  out: string,
  shots: readonly Shot[],
): Promise<number> {
  let seconds = 0;
  for (const shot of shots) {
    const args = animation(out, shot);
    seconds += await timed({ ...common(bench, out), program: bench.blender, args });
  }
  return seconds;
}

/** Seconds of `xargs -P N`, one `blender -b FILE … -a` for each shot. */
export function renderPerShot(
  bench: Bench,
  out: string,
  shots: readonly Shot[],
  processes: number,
): Promise<number> {
  return xargs(
    bench,
    out,
    processes,
    shots.map((shot) => animation(out, shot)),
  );
}

/** Seconds of `xargs -P N`, one `blender -b FILE … -f FRAME` for each frame. */
export function renderPerFrame(
  bench: Bench,
  out: string,
  shots: readonly Shot[],
  processes: number,
): Promise<number> {
  return xargs(
    bench,
    out,
    processes,
    shots.flatMap((shot) => framesOf(out, shot)),
  );
}

/** Seconds of `blender -b FILE -o OUT -f FRAME`. */
export function renderStill(bench: Bench, out: string, shot: Shot, frame: number): Promise<number> {
  const args = stillArguments(out, shot, frame);
  return timed({ ...common(bench, out), program: bench.blender, args });
}

/** Arguments of Blender for one frame of a shot. */
export function stillArguments(out: string, { name, scene }: Shot, frame: number): string[] {
  return ['-b', scene, '-o', join(out, name, `${name}_####`), '-f', String(frame)];
}

function framesOf(out: string, shot: Shot): string[][] {
  const frames = Array.from({ length: shot.last - shot.first + 1 }, (_, at) => shot.first + at);
  return frames.map((frame) => stillArguments(out, shot, frame));
}

/** Arguments of Blender for all frames of a shot. */
export function animation(out: string, { name, scene, first, last }: Shot): string[] {
  const range = ['-s', String(first), '-e', String(last)];
  return ['-b', scene, '-o', join(out, name, `${name}_####`), ...range, '-a'];
}

/** One line of the list is one start of Blender; no path of ours has a blank in it. */
async function xargs(
  bench: Bench,
  out: string,
  processes: number,
  lines: readonly (readonly string[])[],
): Promise<number> {
  // Of two Blenders that make a folder at once one may fail.
  await mkdir(out, { recursive: true });
  const input = `${out}.list`;
  await writeFile(input, `${lines.map((line) => line.join(' ')).join('\n')}\n`);
  const args = ['-P', String(processes), '-L', '1', bench.blender];
  return timed({ ...common(bench, out), program: 'xargs', args, input });
}

function common({ signal }: Bench, out: string) {
  return { log: `${out}.log`, signal } as const;
}
