import { askOrNotify } from '../actions/ui-actions.ts';
import { useLibrary } from '../store/library-store.ts';

/** Lets shots that come into a batch's folder join it, or not any more. */
export async function watchFolder(batchId: string, on: boolean): Promise<void> {
  await askOrNotify('watch:set', { batchId, on });
}

/** At a start of the window. */
export async function fetchWatched(): Promise<void> {
  const watched = await askOrNotify('watch:list', undefined);
  if (watched) useLibrary.setState({ watched });
}
