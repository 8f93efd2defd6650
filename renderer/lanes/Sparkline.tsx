import { memo } from 'react';
import './Sparkline.css';

interface SparklineProps {
  /** The oldest first. */
  readonly values: readonly number[];
  /** How many there is room for. */
  readonly slots: number;
  /** The same in words. */
  readonly text: string;
}

const WIDTH = 72;
const HEIGHT = 22;
/** Room for the newest point, which is wider than the line. */
const EDGE = 2.5;
/** Frames that all take the same are no line along the upper edge. */
const HEADROOM = 6;

/** A small trace of numbers. Takes the same room whether there are any or not. */
export const Sparkline = memo(
  function Sparkline({ values, slots, text }: SparklineProps) {
    const points = sparkPoints(values, slots).map(
      ([x, y]) =>
        [EDGE + x * (WIDTH - 2 * EDGE), HEADROOM + y * (HEIGHT - HEADROOM - EDGE)] as const,
    );
    const newest = points.at(-1);
    const ground = HEIGHT - EDGE + 1;
    return (
      <svg
        className="sparkline"
        role="img"
        aria-label={text}
        width={WIDTH}
        height={HEIGHT}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        // Where it is made narrower, the oldest are left out.
        preserveAspectRatio="xMaxYMid slice"
      >
        <line className="sparkline-ground" x1={0} x2={WIDTH} y1={ground} y2={ground} />
        <polyline className="sparkline-line" points={points.map(rounded).join(' ')} />
        {newest && <circle className="sparkline-newest" cx={newest[0]} cy={newest[1]} r={2} />}
      </svg>
    );
  },
  (a, b) =>
    a.text === b.text &&
    a.values.length === b.values.length &&
    a.values.every((value, index) => value === b.values[index]),
);

function rounded([x, y]: readonly [number, number]): string {
  return `${x.toFixed(2)},${y.toFixed(2)}`;
}

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
