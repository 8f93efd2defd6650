import type { FramePlan } from './job.ts';

/**
 * The name of a frame's file, as Blender itself would write it: `#`s become the number, padded to
 * their count, a minus sign apart; without `#` four digits are put at the end.
 * Source: BLI_path_frame (Blender 4.3).
 */
export function frameFile(
  plan: Pick<FramePlan, 'pattern' | 'patterns' | 'extension'>,
  frame: number,
): string {
  const pattern = patternAt(plan, frame);
  if (known.pattern !== pattern) known = patternParts(pattern);
  const { before, width, after } = known;
  const digits = String(Math.abs(frame)).padStart(width, '0');
  return `${before}${frame < 0 ? '-' : ''}${digits}${after}${plan.extension}`;
}

/** What the file of a frame is named after. */
export function patternAt(
  { pattern, patterns }: Pick<FramePlan, 'pattern' | 'patterns'>,
  frame: number,
): string {
  return patterns?.findLast(({ from }) => from <= frame)?.pattern ?? pattern;
}

/** A pattern in its parts. */
interface Parts {
  readonly pattern: string;
  readonly before: string;
  /** Least number of digits. */
  readonly width: number;
  readonly after: string;
}

/** The newest one: a shot is asked for hundreds of frames in a row, and a night for millions. */
let known: Parts = patternParts('####');

export function patternParts(pattern: string): Parts {
  const last = [...pattern.matchAll(/#+/g)].at(-1);
  if (!last) return { pattern, before: pattern, width: 4, after: '' };
  const before = pattern.slice(0, last.index);
  const after = pattern.slice(last.index + last[0].length);
  return { pattern, before, width: last[0].length, after };
}
