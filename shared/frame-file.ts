import type { FramePlan } from './job.ts';

/**
 * The name of a frame's file, as Blender itself would write it: `#`s become the number, padded to
 * their count, a minus sign apart; without `#` four digits are put at the end.
 * Source: BLI_path_frame (Blender 4.3).
 */
export function frameFile(plan: Pick<FramePlan, 'pattern' | 'extension'>, frame: number): string {
  const run = /#+/g;
  const last = [...plan.pattern.matchAll(run)].at(-1);
  const digits = (width: number) =>
    `${frame < 0 ? '-' : ''}${String(Math.abs(frame)).padStart(width, '0')}`;
  if (!last) return `${plan.pattern}${digits(4)}${plan.extension}`;
  const before = plan.pattern.slice(0, last.index);
  const after = plan.pattern.slice(last.index + last[0].length);
  return `${before}${digits(last[0].length)}${after}${plan.extension}`;
}
