import { memo } from 'react';
import './Sparkline.css';
import { sparkPoints } from './spark-points.ts';

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
