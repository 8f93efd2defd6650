import { madeFromText } from '../../shared/older-files.ts';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { keepOlder, renderOlder } from '../actions/job-actions.ts';
import { counted } from '../text/format.ts';
import { olderSentence, savedAt } from '../text/job-text.ts';
import { Button } from '../ui/Button.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import './OlderFrames.css';

/** Frames of the shot that are older than its files: which they are, and what becomes of them. */
export function OlderFrames({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  if (detail.older.length === 0) return null;
  const { older } = row;
  const rest = row.counts.done - detail.older.reduce((sum, made) => sum + made.count, 0);
  return (
    <section className="older-frames" aria-label="Frames older than the files of the shot">
      {older && (
        <p className="signed selectable">
          <Sign kind="warned" />
          {olderSentence(row)}
        </p>
      )}
      <ul className="older-list muted selectable">
        {detail.older.map((made) => (
          <li key={`${made.frames} ${made.saved}`}>
            {made.frames}: {madeFromText(made, savedAt, made.mayShow)}
            {made.kept && ', kept'}
          </li>
        ))}
        {rest > 0 && <li>{counted(rest, 'frame')} of the files as they are now</li>}
      </ul>
      {older && (
        <div className="older-acts">
          <Button small onClick={() => void keepOlder([row.id])}>
            Keep these
          </Button>
          <Button small onClick={() => void renderOlder([row.id])}>
            Render again
          </Button>
        </div>
      )}
    </section>
  );
}
