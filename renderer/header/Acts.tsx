import { Fragment } from 'react';
import type { BatchView } from '../../shared/view.ts';
import { exportReport, render } from '../actions/batch-actions.ts';
import { review, showFrames } from '../actions/job-actions.ts';
import { callOff } from '../actions/schedule-actions.ts';
import { addShownToTonight } from '../actions/tonight-actions.ts';
import { askOfBatch, openDialog } from '../actions/ui-actions.ts';
import { useRemembered } from '../store/batch-store.ts';
import { isQueued, lineOf, useLibrary, useSchedule } from '../store/library-store.ts';
import { useUi } from '../store/ui-store.ts';
import {
  ACT_WORDS,
  type Act,
  canBePlanned,
  offeredActs,
  primaryOf,
  queuedActs,
  waitingActs,
} from '../text/acts.ts';
import { Button } from '../ui/Button.tsx';
import './Acts.css';
import type { Tonight } from '../../shared/tonight.ts';
import { ScheduleButton } from '../schedule/ScheduleButton.tsx';
import { WhereButton } from '../schedule/WhereButton.tsx';
import { isAtWork } from '../text/batch-text.ts';

/** The buttons that make sense now and no others; at most one is bright. */
export function Acts({ view }: { readonly view: BatchView }) {
  const schedule = useSchedule(view.id);
  const offered = offeredActs(view);
  const queued = useLibrary(({ tonight }) => isQueued(tonight, view.id));
  const joins = useLibrary(({ tonight }) => mayJoin(tonight, view.id));
  const acts = schedule?.startAt
    ? waitingActs(offered)
    : queued
      ? queuedActs(offered)
      : joins
        ? joiningActs(offered)
        : offered;
  const primary = primaryOf(acts);
  const exporting = useUi((state) => state.exporting);
  if (useRemembered()) return <p className="acts-wait muted">Looking at the frames on disk…</p>;
  return (
    <div className="acts">
      {canBePlanned(offered) && !isAtWork(view) && <WhereButton />}
      {canBePlanned(offered) && <ScheduleButton view={view} />}
      {acts.map((act) => (
        <Fragment key={act}>
          {act === 'render' && (
            <Button onClick={() => openDialog({ kind: 'test-pass', only: null })}>
              Test pass…
            </Button>
          )}
          <Button
            look={act === primary ? 'primary' : look(act, acts.length)}
            aria-disabled={act === 'export' && exporting}
            onClick={() => void PERFORM[act]()}
          >
            {act === 'export' && exporting ? 'Exporting…' : ACT_WORDS[act]}
          </Button>
        </Fragment>
      ))}
    </div>
  );
}

function look(act: Act, offered: number): 'plain' | 'quiet' {
  return offered > 2 && !PLAIN.has(act) ? 'quiet' : 'plain';
}

/** Those that stand out among many. */
const PLAIN: ReadonlySet<Act> = new Set(['cancel', 'call-off', 'review']);

const PERFORM: Readonly<Record<Act, () => unknown>> = {
  render,
  resume: render,
  'start-now': render,
  pause: () => askOfBatch('batch:pause'),
  cancel: () => openDialog({ kind: 'cancel-batch' }),
  'call-off': callOff,
  'take-out': callOff,
  'add-tonight': addShownToTonight,
  export: exportReport,
  frames: showFrames,
  review,
  estimate: () => askOfBatch('batch:estimate'),
  'stop-estimate': () => askOfBatch('batch:stop-estimate'),
};

/** A night is planned or waits for somebody to begin it, and this batch is not in it. */
function mayJoin({ batches, isOn, startAt }: Tonight, batchId: string): boolean {
  const isAtRest = startAt !== null || !isOn;
  const waits = batches.some(({ state }) => state === 'waiting');
  return waits && isAtRest && lineOf({ batches }, batchId)?.state !== 'waiting';
}

/** It can be rendered now, or with the others. */
function joiningActs(acts: readonly Act[]): readonly Act[] {
  const last = acts.at(-1);
  return last === 'render' || last === 'resume'
    ? [...acts.slice(0, -1), 'add-tonight', last]
    : acts;
}
