import type { BatchProgress, BatchResult } from '../../shared/batch.ts';
import type { BatchSignal } from '../../shared/events.ts';

/** One way to show a batch that is being rendered. */
export interface RunView {
  onSignal(signal: BatchSignal, progress: () => BatchProgress): void;
  /** Something to say beside the progress. */
  say(text: string): void;
  onResult(result: BatchResult): void;
  /** Nothing more is shown. Idempotent. */
  stop(): void;
}
