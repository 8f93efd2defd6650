import './Ring.css';

interface RingProps {
  /** 0 to 1. */
  readonly share: number;
  readonly tone: 'accent' | 'running' | 'done' | 'failed' | 'quiet';
  readonly size?: number;
}

const RADIUS = 8;
const AROUND = 2 * Math.PI * RADIUS;

/** A small progress ring. Its meaning stands in words beside it. */
export function Ring({ share, tone, size = 20 }: RingProps) {
  const drawn = Math.min(1, Math.max(0, share)) * AROUND;
  return (
    <svg
      className={`ring ${tone}`}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      aria-hidden="true"
    >
      <circle className="ring-ground" cx="10" cy="10" r={RADIUS} />
      {drawn > 0 && (
        <circle
          className="ring-share"
          cx="10"
          cy="10"
          r={RADIUS}
          strokeDasharray={`${drawn} ${AROUND}`}
          transform="rotate(-90 10 10)"
        />
      )}
    </svg>
  );
}
