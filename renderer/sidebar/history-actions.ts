import { isolated } from '../../shared/safe-text.ts';
import type { BatchSummary } from '../../shared/view.ts';
import { askOrNotify, notify, openDialog } from '../actions/ui-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { NOTHING_SELECTED } from '../store/selection.ts';
import { useUi } from '../store/ui-store.ts';
import { groupOf } from '../text/batch-text.ts';

/** Whether a batch may leave the history: not while it renders. */
export function isRemovable({ phase }: Pick<BatchSummary, 'phase'>): boolean {
  return groupOf(phase) !== 'Rendering';
}

/** Asks first: what is forgotten would have to be rendered again. */
export function askToForget(batch: Pick<BatchSummary, 'id' | 'name' | 'phase'>): void {
  if (isRemovable(batch)) openDialog({ kind: 'forget-batch', batchId: batch.id, name: batch.name });
}

/** Takes a batch out of the history; if it was on the screen, that is empty then. */
export async function forgetBatch(batchId: string, name: string): Promise<void> {
  const answer = await askOrNotify('batch:forget', { batchId });
  if (answer === undefined) return;
  if (useBatch.getState().mirror?.view.id === batchId) {
    useBatch.getState().close();
    useUi.setState({ selection: NOTHING_SELECTED });
  }
  notify(
    `${isolated(name)} is no longer in the history. Its frames and shot files are where they were.`,
  );
}

export async function revealBatch(batchId: string): Promise<void> {
  await askOrNotify('batch:reveal', { batchId });
}
