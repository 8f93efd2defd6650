import type { BatchView, JobRow } from '../../shared/view.ts';
import { inspect } from '../actions/ui-actions.ts';
import { clockWithDay, count, counted } from '../text/format.ts';
import { typeset } from '../text/typeset.ts';
import { Button } from '../ui/Button.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import './NightIncidents.css';
import { incidentText } from '../../shared/incident-text.ts';
import type { Incident } from '../../shared/night.ts';
import { isolated, printable } from '../../shared/safe-text.ts';

const WARNED_SHOWN = 3;

/** Shots that are done and worth a look all the same: something in them is missing. */
export function WarnedShots({ rows }: { readonly rows: readonly JobRow[] }) {
  const warned = rows.filter((row) => row.warnings > 0);
  const more = warned.length - WARNED_SHOWN;
  return (
    <>
      {warned.slice(0, WARNED_SHOWN).map((row) => (
        <section key={row.id} className="shot-card" aria-label={`${row.name} is worth a look`}>
          <Sign kind="warned" />
          <p className="card-text muted selectable">
            <b>{isolated(row.name)}</b>: {typeset(row.warning ?? '')}
            {row.warnings > 1 && ` And ${counted(row.warnings - 1, 'more warning')}.`}
          </p>
          <Button small onClick={() => inspect(row.id, 'Problems')}>
            Show
          </Button>
        </section>
      ))}
      {more > 0 && <p className="warned-more">{count(more)} more shots have warnings.</p>}
    </>
  );
}

/** Pauses, fewer workers and what was set right, for who wants to know. */
export function NightIncidents({ view }: { readonly view: BatchView }) {
  const { incidents } = view;
  if (incidents.length === 0) return null;
  const now = Date.now();
  return (
    <section className="incidents" aria-label="What the night met">
      <h2 className="morning-heading">What the night met: {counted(incidents.length, 'thing')}</h2>
      <ul className="selectable">
        {incidents.map((incident) => (
          <li key={keyOf(incident)}>
            <span className="incident-at">{clockWithDay(incident.at, now)}</span>
            <span>{typeset(printable(incidentText(incident)))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Several nodes may be left out at once. */
function keyOf(incident: Incident): string {
  return [incident.kind, incident.at, 'node' in incident ? incident.node : ''].join(' ');
}
