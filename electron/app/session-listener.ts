import type { BatchResult } from '../../shared/batch.ts';
import type { BatchSignal, LogLine } from '../../shared/events.ts';
import type { BatchUpdate } from '../../shared/view.ts';

/** What a session tells. `update` and `log` at most ten times a second. */
export interface SessionListener {
  readonly update: (update: BatchUpdate) => void;
  readonly log: (jobId: string, lines: readonly LogLine[]) => void;
  readonly signal: (signal: BatchSignal) => void;
  readonly ended: (result: BatchResult) => void;
  /** It could not go on. A sentence. */
  readonly broken: (error: unknown) => void;
}
