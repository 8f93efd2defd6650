import { useEffect, useRef, useState } from 'react';
import { useBatch } from './batch-store.ts';
import { isEverything, type Query, shownIds } from './table-view.ts';

/** Rows that leave a filter or change their place do so once a second, and not under the hand ten times. */
const AGAIN_MS = 1000;

/** The ids to show, in order; the same list as long as they are the same. */
export function useShownIds(query: Query): readonly string[] {
  // A new snapshot, or a shot that joins, shows at once.
  const all = useBatch((state) => state.mirror?.ids);
  const [beat, setBeat] = useState(0);
  const moves = !isEverything(query);
  useEffect(() => {
    if (!moves) return;
    const timer = setInterval(() => setBeat((last) => last + 1), AGAIN_MS);
    return () => clearInterval(timer);
  }, [moves]);
  const last = useRef<{ readonly for: readonly unknown[]; ids: readonly string[] }>(NEVER);
  const now = [all, query, moves ? beat : null];
  if (now.some((each, index) => each !== last.current.for[index])) {
    const ids = shownIds(useBatch.getState().mirror, query);
    last.current = { for: now, ids: same(ids, last.current.ids) ? last.current.ids : ids };
  }
  return last.current.ids;
}

const NEVER = { for: [], ids: [] };

function same(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
}
