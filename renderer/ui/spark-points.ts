const FEWEST = 4;

/**
 * Where the points of a trace stand in a field of 1 × 1, as pairs of x and y from its top left corner. The
 * newest value is at the right; each has its slot, so that a trace which fills up stands still. 0 is the ground.
 * A few values are no trace, only dirt in a corner: they have no points yet.
 * @param values the oldest first, not negative
 * @param slots how many the field has room for
 */
export function sparkPoints(
  values: readonly number[],
  slots: number,
): readonly (readonly [number, number])[] {
  const shown = values.length < FEWEST ? [] : values.slice(-slots);
  const highest = Math.max(...shown);
  const step = slots > 1 ? 1 / (slots - 1) : 0;
  return shown.map((value, index) => {
    const fromRight = shown.length - 1 - index;
    return [1 - fromRight * step, highest > 0 ? 1 - value / highest : 1];
  });
}
