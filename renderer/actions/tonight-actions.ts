import { useLibrary } from '../store/library-store.ts';
import { useUi } from '../store/ui-store.ts';
import { askOfBatch, askOrNotify } from './ui-actions.ts';

/** Puts a batch at the end of tonight; where nothing goes on nothing begins. */
export async function addToTonight(batchId: string): Promise<void> {
  await askOrNotify('tonight:add', { batchId });
}

export async function addShownToTonight(): Promise<void> {
  await askOfBatch('tonight:add');
}

/** Takes a batch out of tonight; its frames and its progress stay. */
export async function removeFromTonight(batchId: string): Promise<void> {
  await askOrNotify('tonight:remove', { batchId });
}

/** Begins the night, or goes on with it. */
export async function startNight(): Promise<void> {
  await askOrNotify('tonight:start', undefined);
}

export async function stopNight(): Promise<void> {
  await askOrNotify('tonight:stop', undefined);
}

/** Ids of the batches that wait for their turn, in their order. */
export function waitingTonight(): readonly string[] {
  const { batches } = useLibrary.getState().tonight;
  return batches.filter(({ state }) => state !== 'running').map(({ id }) => id);
}

/**
 * Gives a batch that waits another place.
 * @param by -1: one up, 1: one down
 */
export async function moveInTonight(batchId: string, by: -1 | 1): Promise<void> {
  const order = waitingTonight();
  const at = order.indexOf(batchId);
  const to = at + by;
  if (at < 0 || to < 0 || to >= order.length) return;
  await dropInTonight(batchId, by < 0 ? to : to + 1);
}

/** Puts a batch that waits before the one at an index of those that wait, or at their end. */
export async function dropInTonight(batchId: string, index: number): Promise<void> {
  const order = waitingTonight();
  const at = order.indexOf(batchId);
  if (at < 0 || index === at || index === at + 1) return;
  const moved = order.filter((id) => id !== batchId);
  const to = index > at ? index - 1 : index;
  const answer = await askOrNotify('tonight:move', { batchId, before: moved[to] ?? null });
  if (answer !== undefined) sayPlace(batchId, to + 1);
}

function sayPlace(batchId: string, place: number): void {
  const { batches } = useLibrary.getState().tonight;
  const line = batches.find(({ id }) => id === batchId);
  if (line) useUi.setState({ said: `${line.name} is number ${place} of those that wait.` });
}
