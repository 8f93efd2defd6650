import { Ban, Circle, CircleAlert, CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react';
import type { JobStatus } from '../../shared/job.ts';
import { Ring } from './Ring.tsx';
import './StatusIcon.css';

interface StatusIconProps {
  readonly status: JobStatus;
  /** 0 to 1, drawn while it renders. */
  readonly share?: number;
  /** Something to know: a waiting shot wears a warning, and so does one that is done and worth a look. */
  readonly warned?: boolean;
}

/** The shape of a state; the word stands beside it, so it is hidden from screen readers. */
export function StatusIcon({ status, share = 0, warned = false }: StatusIconProps) {
  if (status === 'running') return <Ring share={share} tone="running" size={16} />;
  if (warned && (status === 'waiting' || status === 'completed')) {
    return <Shape of={TriangleAlert} tone="warned" />;
  }
  return <Shape of={SHAPES[status]} tone={status} />;
}

/** The check, warning and failure signs beside sentences. */
export function Sign({ kind }: { readonly kind: 'good' | 'warned' | 'failed' }) {
  if (kind === 'warned') return <Shape of={TriangleAlert} tone="warned" />;
  return kind === 'good' ? (
    <Shape of={CircleCheck} tone="completed" />
  ) : (
    <Shape of={CircleAlert} tone="failed" />
  );
}

const SHAPES = {
  waiting: Circle,
  completed: CircleCheck,
  failed: CircleAlert,
  skipped: CircleDashed,
  cancelled: Ban,
} as const;

function Shape({ of: Icon, tone }: { readonly of: typeof Circle; readonly tone: string }) {
  return <Icon className={`status-icon ${tone}`} size={16} strokeWidth={1.9} aria-hidden="true" />;
}
