/** Blender's own limit for a frame number (MAXFRAME). */
export const MAX_FRAME = 1_048_574;
/** More than an hour of film in one shot is a slip of the keyboard, and all of them are shown in the window. */
const MAX_FRAMES = 100_000;

/** The frames, ascending and without repeats; or one sentence that says what is wrong. */
export type ParsedFrames =
  | { readonly ok: true; readonly frames: readonly number[] }
  | { readonly ok: false; readonly message: string };

/**
 * Reads the frames of a shot: `12`, `[1, 48]` (a range), a longer list of single frames,
 * `{ start, end, step }`, or text such as `1-48, 60, 70-100x2`. Numbers may be negative: `-5--1`.
 * The work is bounded by MAX_FRAMES, whatever the text says.
 */
export function parseFrames(value: unknown): ParsedFrames {
  if (typeof value === 'number') return collect([{ first: value, last: value, step: 1 }]);
  if (typeof value === 'string') return parseText(value);
  if (Array.isArray(value)) return parseList(value);
  if (typeof value === 'object' && value !== null) return parseRange(value);
  return wrong(EXPECTED);
}

/** Writes frames as a short expression that `parseFrames` reads back: `1-48, 60, 70-100x2`. */
export function formatFrames(frames: readonly number[]): string {
  const sorted = ascending(frames);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length; ) {
    const run = runFrom(sorted, at);
    const first = sorted[at] as number;
    if (run.length < 3) {
      parts.push(String(first));
      at += 1;
    } else {
      const last = sorted[at + run.length - 1] as number;
      parts.push(`${first}-${last}${run.step === 1 ? '' : `x${run.step}`}`);
      at += run.length;
    }
  }
  return parts.join(', ');
}

/** Frames as the beginning of a sentence: `Frame 3`, `Frames 7-9`. */
export function namedFrames(frames: readonly number[]): string {
  return frames.length === 1 ? `Frame ${frames[0]}` : `Frames ${formatFrames(frames)}`;
}

const EXPECTED =
  'Frames are a number, a range such as 1-48, a list such as 1-48, 60, 70-100x2, or start, end and step.';

// A minus sign, or the dash that a word processor makes of it.
const ITEM = /^(-?\d+)(?:\s*[-\u2013]\s*(-?\d+)(?:\s*[x×]\s*(-?\d+))?)?$/i;

interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

function parseText(text: string): ParsedFrames {
  if (text.trim() === '') return wrong(`No frames are given. ${EXPECTED}`);
  const ranges: Range[] = [];
  for (const part of text.split(',')) {
    const item = part.trim();
    if (item === '') return wrong('Between two commas of the frames there is nothing.');
    const match = ITEM.exec(item);
    if (!match) return wrong(`\`${shortened(item)}\` are no frames. ${EXPECTED}`);
    const first = Number(match[1]);
    ranges.push({ first, last: Number(match[2] ?? first), step: Number(match[3] ?? 1) });
  }
  return collect(ranges);
}

function parseList(list: readonly unknown[]): ParsedFrames {
  if (list.length === 0) return wrong('The list of frames is empty.');
  const numbers: number[] = [];
  for (const item of list) {
    if (typeof item !== 'number') {
      return wrong(
        'A list of frames holds whole numbers; write ranges as text: 1-48, 60, 70-100x2.',
      );
    }
    numbers.push(item);
  }
  const [first, last] = numbers;
  if (numbers.length === 2 && first !== undefined && last !== undefined) {
    return collect([{ first, last, step: 1 }]);
  }
  return collect(numbers.map((frame) => ({ first: frame, last: frame, step: 1 })));
}

function parseRange(value: object): ParsedFrames {
  const { start, end, step = 1, ...rest } = value as Readonly<Record<string, unknown>>;
  const [stranger] = Object.keys(rest);
  if (stranger !== undefined) {
    return wrong(
      `\`${shortened(stranger)}\` is no part of a frame range: start, end and step are.`,
    );
  }
  if (typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number') {
    return wrong('A frame range needs start and end as whole numbers, and may have a step.');
  }
  return collect([{ first: start, last: end, step }]);
}

function collect(ranges: readonly Range[]): ParsedFrames {
  let total = 0;
  for (const range of ranges) {
    const message = fault(range);
    if (message !== null) return wrong(message);
    total += Math.floor((range.last - range.first) / range.step) + 1;
    if (total > MAX_FRAMES) {
      return wrong(
        `These are more than ${MAX_FRAMES.toLocaleString('en')} frames, the most for one shot.`,
      );
    }
  }
  const frames: number[] = [];
  for (const { first, last, step } of ranges) {
    for (let frame = first; frame <= last; frame += step) frames.push(frame);
  }
  return { ok: true, frames: ascending(frames) };
}

/** In order and each once. Most lists are so already, and many numbers are slow to sort. */
function ascending(frames: readonly number[]): readonly number[] {
  const inOrder = frames.every((frame, at) => at === 0 || frame > (frames[at - 1] as number));
  return inOrder ? frames : [...new Set(Int32Array.from(frames).sort())];
}

function fault({ first, last, step }: Range): string | null {
  for (const frame of [first, last]) {
    if (!Number.isInteger(frame)) return `Frame ${frame} is no whole number.`;
    if (Math.abs(frame) > MAX_FRAME) {
      return `Frame ${frame} is out of Blender's reach, which ends at ${MAX_FRAME}.`;
    }
  }
  if (!Number.isInteger(step) || step < 1) {
    return `The step of a frame range is a whole number from 1, not ${step}.`;
  }
  if (last < first) {
    return `The range from ${first} to ${last} runs backwards; write the lower frame first.`;
  }
  return null;
}

/** The longest row of equal steps that begins at an index. */
function runFrom(sorted: readonly number[], at: number): { length: number; step: number } {
  const step = (sorted[at + 1] ?? Number.NaN) - (sorted[at] as number);
  let length = 1;
  while ((sorted[at + length] ?? Number.NaN) - (sorted[at + length - 1] as number) === step) {
    length += 1;
  }
  return { length, step };
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function wrong(message: string): ParsedFrames {
  return { ok: false, message };
}
