import { X } from 'lucide-react';
import { dismiss } from '../actions/ui-actions.ts';
import { useUi } from '../store/ui-store.ts';
import { IconButton } from '../ui/Button.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import './Notices.css';

/** Sentences in a corner, read aloud as they come. */
export function Notices() {
  const notices = useUi((state) => state.notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map(({ id, text, bad }) => (
        <div key={id} className="notice">
          {bad && <Sign kind="failed" />}
          <p className="notice-text selectable">{text}</p>
          <IconButton label="Dismiss" onClick={() => dismiss(id)}>
            <X size={14} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
