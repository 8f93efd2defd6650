import { isolated } from '../../shared/safe-text.ts';
import type { JobRow } from '../../shared/view.ts';
import { keepOlder, renderOlder } from '../actions/job-actions.ts';
import { inspect } from '../actions/ui-actions.ts';
import { count } from '../text/format.ts';
import { olderSentence } from '../text/job-text.ts';
import { Button } from '../ui/Button.tsx';
import { Sign } from '../ui/StatusIcon.tsx';

const SHOWN = 3;

/** Shots whose files were saved after frames of them were made, which stay until the artist has said what becomes of them. */
export function OlderShots({ rows }: { readonly rows: readonly JobRow[] }) {
  const older = rows.filter((row) => row.older !== null);
  const ids = older.map(({ id }) => id);
  return (
    <>
      {older.slice(0, SHOWN).map((row) => (
        <section key={row.id} className="shot-card" aria-label={`${row.name} was saved since`}>
          <Sign kind="warned" />
          <p className="card-text muted selectable">
            <b>{isolated(row.name)}</b>: {olderSentence(row)}
          </p>
          <Button small look="quiet" onClick={() => inspect(row.id, 'Frames')}>
            Show
          </Button>
          <Button small onClick={() => void keepOlder([row.id])}>
            Keep these
          </Button>
          <Button small onClick={() => void renderOlder([row.id])}>
            Render again
          </Button>
        </section>
      ))}
      {older.length > 1 && (
        <div className="finished-more">
          <Button small onClick={() => void keepOlder(ids)}>
            Keep all of {count(older.length)} shots
          </Button>
          <Button small onClick={() => void renderOlder(ids)}>
            Render all of {count(older.length)} shots again
          </Button>
        </div>
      )}
    </>
  );
}
