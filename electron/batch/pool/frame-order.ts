import type { FrameOrder } from '../../../shared/shot.ts';

/**
 * In which order the frames of a shot are rendered, as indices into its ascending frames: each index
 * once. Pure; costs the length.
 */
export function orderedIndices(order: FrameOrder, length: number): Uint32Array {
  switch (order) {
    case 'sequential':
      return Uint32Array.from({ length }, (_, index) => index);
    case 'ends-first':
      return endsFirst(length);
    case 'middle-out':
      return middleOut(length);
    case 'every-nth':
      return everyNth(length);
  }
}

/** The first and the last, then the middle, then the middle of each gap that is left, and so on. */
function endsFirst(length: number): Uint32Array {
  const found = new Uint32Array(length);
  if (length > 1) found[1] = length - 1;
  let count = Math.min(length, 2);
  // Gaps in the order in which they came up, so that all of one size are halved before smaller ones.
  const gaps: (readonly [number, number])[] = [[0, length - 1]];
  for (const [low, high] of gaps) {
    if (high - low < 2) continue;
    const middle = (low + high) >> 1;
    found[count++] = middle;
    gaps.push([low, middle], [middle, high]);
  }
  return found;
}

/** The middle, then its neighbours, and so on to both ends. */
function middleOut(length: number): Uint32Array {
  const middle = (length - 1) >> 1;
  return Uint32Array.from({ length }, (_, rank) =>
    rank % 2 === 1 ? middle + (rank + 1) / 2 : middle - rank / 2,
  );
}

/** Every Nth frame from the first, then those half way between them, N halving down to each frame. */
function everyNth(length: number): Uint32Array {
  const found = new Uint32Array(length);
  let step = 1;
  while (step * 2 < length) step *= 2;
  let count = 0;
  for (let index = 0; index < length; index += step) found[count++] = index;
  for (; step > 1; step /= 2) {
    for (let index = step / 2; index < length; index += step) found[count++] = index;
  }
  return found;
}
