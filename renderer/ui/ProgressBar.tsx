import './ProgressBar.css';

interface ProgressBarProps {
  readonly label: string;
  /** In words, for screen readers. */
  readonly text: string;
  readonly total: number;
  /** From left to right; what they leave of `total` stays empty. */
  readonly parts: readonly { readonly tone: Tone; readonly value: number }[];
  readonly thin?: boolean;
}

/** The colours of the tokens that have these names. */
type Tone = 'kept' | 'done' | 'running' | 'failed';

export function ProgressBar({ label, text, total, parts, thin = false }: ProgressBarProps) {
  const reached = parts.reduce((sum, part) => sum + part.value, 0);
  return (
    <div
      className={thin ? 'progress thin' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(total, 1)}
      aria-valuenow={Math.min(reached, Math.max(total, 1))}
      aria-valuetext={text}
    >
      {parts.map(({ tone, value }) => (
        <div
          key={tone}
          className="progress-part"
          style={{
            width: `${total > 0 ? (value / total) * 100 : 0}%`,
            background: `var(--${tone})`,
          }}
        />
      ))}
    </div>
  );
}
