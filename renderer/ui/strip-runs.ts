/** Equal neighbours of a frame strip as one run, so that 60 cells are a handful of elements. */
export function runsOf(
  cells: string,
): readonly { readonly letter: string; readonly start: number; readonly length: number }[] {
  return [...cells.matchAll(/(.)\1*/g)].map((match) => ({
    letter: match[1] ?? '',
    start: match.index,
    length: match[0].length,
  }));
}
