import { FolderSymlink } from 'lucide-react';
import { isolated } from '../../shared/safe-text.ts';
import type { BatchSummary, BatchView } from '../../shared/view.ts';
import { locate } from '../actions/batch-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { counted } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';

/**
 * The batch that a folder of which nothing was rendered may be: of the same name, with frames, and its folder is not where
 * it was; the newest one. `null`: none.
 */
export function movedFrom(
  { id, name, phase, test, files }: Pick<BatchView, 'id' | 'name' | 'phase' | 'test' | 'files'>,
  batches: readonly BatchSummary[],
): BatchSummary | null {
  if (phase !== 'unread' || test || files) return null;
  const [newest = null] = batches
    .filter((batch) => batch.isGone && batch.name === name && batch.id !== id && !batch.test)
    .filter(({ framesDone }) => framesDone > 0)
    .sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
  return newest;
}

export function useMovedFrom(view: BatchView): BatchSummary | null {
  return useLibrary(({ batches }) => movedFrom(view, batches));
}

/** The folder looks like one that was rendered elsewhere: one press goes on with that, and nothing is rendered again. */
export function MovedLine(props: { readonly view: BatchView; readonly before: BatchSummary }) {
  const { view, before } = props;
  const done = counted(before.framesDone, 'frame');
  return (
    <div className="problems-line">
      <FolderSymlink size={15} aria-hidden="true" />
      <p className="selectable">
        {`${isolated(before.folder)} is not there any more, and had ${done}. If this is it, go on with that.`}
      </p>
      <Button small onClick={() => void locate(before.id, view.id)}>
        Go on here
      </Button>
    </div>
  );
}
