import { ArrowDownToLine } from 'lucide-react';
import { showUpdates } from '../actions/update-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { updateLine } from '../text/update-text.ts';

/** A newer version is there: one quiet line under the batches, and nothing where there is none. */
export function UpdateRow() {
  const line = useLibrary(({ updates }) => updates && updateLine(updates.state));
  if (!line) return null;
  return (
    <button type="button" className="sidebar-settings" onClick={showUpdates}>
      <ArrowDownToLine size={15} aria-hidden="true" />
      <span className="sidebar-word cut" title={line}>
        {line}
      </span>
    </button>
  );
}
