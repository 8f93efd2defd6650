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
    <svg className="ring" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <circle stroke="var(--cell)" cx="10" cy="10" r={RADIUS} />
      {drawn > 0 && (
        <circle
          stroke={`var(--${tone === 'quiet' ? 'text-3' : tone})`}
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
