import './Ring.css';

export type RingTone = 'accent' | 'running' | 'done' | 'failed' | 'quiet';

interface RingProps {
  /** 0 to 1. */
  readonly share: number;
  /** What follows it and has failed, 0 to 1. */
  readonly failed?: number;
  readonly tone: RingTone;
  readonly size?: number;
}

const RADIUS = 8;
const AROUND = 2 * Math.PI * RADIUS;

/** A small progress ring. Its meaning stands in words beside it. */
export function Ring({ share, failed = 0, tone, size = 20 }: RingProps) {
  const done = within(share, 1);
  const colour = `var(--${tone === 'quiet' ? 'text-3' : tone})`;
  return (
    <svg className="ring" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <circle stroke="var(--cell)" cx="10" cy="10" r={RADIUS} />
      <Arc from={0} length={done} colour={colour} />
      <Arc from={done} length={within(failed, 1 - done)} colour="var(--failed)" />
    </svg>
  );
}

interface ArcProps {
  /** Parts of the whole ring. */
  readonly from: number;
  readonly length: number;
  readonly colour: string;
}

function Arc({ from, length, colour }: ArcProps) {
  if (length <= 0) return null;
  return (
    <circle
      stroke={colour}
      cx="10"
      cy="10"
      r={RADIUS}
      strokeDasharray={`${length * AROUND} ${AROUND}`}
      transform={`rotate(${from * 360 - 90} 10 10)`}
    />
  );
}

function within(share: number, most: number): number {
  return Math.min(most, Math.max(0, share));
}
