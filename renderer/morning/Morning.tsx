import { type CSSProperties, useEffect, useMemo, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { BatchView, JobRow } from '../../shared/view.ts';
import { copyReport } from '../actions/batch-actions.ts';
import { openInBlender, retryJobs } from '../actions/job-actions.ts';
import { inspect, setQuery } from '../actions/ui-actions.ts';
import { Acts } from '../header/Acts.tsx';
import { allRows, useBatch } from '../store/batch-store.ts';
import { count, duration, wholeDuration } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { NumberList } from '../ui/NumberList.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import { TestChips } from '../ui/TestChips.tsx';
import { useHeight } from '../ui/use-width.ts';
import {
  failedNames,
  failuresOf,
  nightNumbers,
  nightText,
  type ShotFailure,
} from './night-text.ts';
import './Morning.css';
import { ProblemsBar } from '../header/ProblemsBar.tsx';
import { ScheduleLine } from '../schedule/ScheduleButton.tsx';
import { JobTable } from '../table/JobTable.tsx';
import { NightCharts } from './NightCharts.tsx';
import { NightIncidents, WarnedShots } from './NightIncidents.tsx';
import { OlderShots } from './OlderShots.tsx';
import { ShotGrid } from './ShotGrid.tsx';

const FAILURES_SHOWN = 3;
/** Pixels of the page around what is measured, and of what follows the pictures, so that it is seen to follow. */
const MARGINS = 24;
const PEEK = 56;

/**
 * The morning is a review: how the night went in one line, what needs a person, a picture of each shot, every shot, and
 * at last how it went in numbers and charts.
 */
export function FinishedRoom({ view }: { readonly view: BatchView }) {
  const rows = useBatch(useShallow((state) => allRows(state.mirror)));
  const page = useRef<HTMLDivElement>(null);
  const first = useRef<HTMLDivElement>(null);
  const shots = useRef<HTMLElement>(null);
  const room = useHeight(page, USUAL_HEIGHT) - useHeight(first, 0) - MARGINS - PEEK;
  const failures = useMemo(() => failuresOf(rows), [rows]);
  const told = useMemo(
    () => new Set(failures.flatMap((each) => each.rows.map(({ id }) => id))),
    [failures],
  );
  // The others stand among all shots, and where something is wrong with them in a card.
  const pictured = useMemo(() => rows.filter(({ newest }) => newest !== null), [rows]);
  const [heading, line] = nightText(view, rows, Date.now());
  const showFailed = () => {
    setQuery({ filter: 'failed' });
    shots.current?.scrollIntoView({ block: 'end' });
  };
  return (
    <div className="finished" ref={page}>
      <div className="finished-first" ref={first}>
        <header className="finished-top">
          <div className="finished-words">
            <h1 className="finished-title">{heading}</h1>
            <p className="finished-line muted">{line}</p>
            <TestChips test={view.test} />
          </div>
          <Acts view={view} />
        </header>
        <ScheduleLine view={view} />
        <Failures failures={failures} onMore={showFailed} />
        <OlderShots rows={rows} />
        <WarnedShots rows={rows} />
        <div className="finished-problems">
          <ProblemsBar view={view} told={told} />
        </div>
      </div>
      {pictured.length > 0 && <ShotGrid batchId={view.id} rows={pictured} room={room} />}
      <section
        className="finished-shots"
        ref={shots}
        aria-label="All shots"
        style={{ '--rows': rows.length } as CSSProperties}
      >
        <JobTable />
      </section>
      <HowItWent view={view} rows={rows} />
    </div>
  );
}

/** Before it was measured. */
const USUAL_HEIGHT = 700;

interface HowItWentProps {
  readonly view: BatchView;
  readonly rows: readonly JobRow[];
}

/** Numbers, incidents and charts, for who wants to know; what is drawn is asked for when it is unfolded. */
function HowItWent({ view, rows }: HowItWentProps) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (open) place.current?.scrollIntoView({ block: 'start' });
  }, [open]);
  return (
    <details
      className="how-it-went"
      ref={place}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="fold">How the night went</summary>
      {open && (
        <>
          <Numbers view={view} rows={rows} />
          <NightIncidents view={view} />
          <NightCharts view={view} />
          <Button small onClick={() => void copyReport()}>
            Copy report
          </Button>
        </>
      )}
    </details>
  );
}

interface FailuresProps {
  readonly failures: readonly ShotFailure[];
  readonly onMore: () => void;
}

/** What failed, each with its words, its log and another try. */
function Failures({ failures, onMore }: FailuresProps) {
  const all = failures.flatMap(({ rows }) => rows);
  const more = failures.slice(FAILURES_SHOWN).flatMap(({ rows }) => rows).length;
  return (
    <>
      {failures.slice(0, FAILURES_SHOWN).map((failure) => (
        <FailureCard key={failure.rows[0]?.id} failure={failure} />
      ))}
      {failures.length > 1 && (
        <div className="finished-more">
          {more > 0 && (
            <Button small look="quiet" onClick={onMore}>
              Show {count(more)} more
            </Button>
          )}
          <Button small onClick={() => void retryJobs(all.map((row) => row.id))}>
            Retry all {count(all.length)}
          </Button>
        </div>
      )}
    </>
  );
}

function Numbers({ view, rows }: HowItWentProps) {
  const { elapsedSeconds, frames, jobs, totalJobs } = view.progress;
  const left = frames.total - frames.done - frames.failed;
  const { renderSeconds, averageSeconds, retries } = nightNumbers(view, rows);
  // Kept frames were rendered in another run, so they say nothing about this one's pace.
  const oneRun = elapsedSeconds > 0 && frames.kept === 0;
  // One at a time, less the openings, says nothing.
  const share = oneRun ? renderSeconds / elapsedSeconds : 0;
  const atOnce = share > 1.05 ? share.toFixed(1) : null;
  const numbers: [string, string][] = [
    [`${count(jobs.completed)} of ${count(totalJobs)}`, 'shots done'],
  ];
  if (elapsedSeconds > 0)
    numbers.push([
      wholeDuration(elapsedSeconds),
      frames.kept === 0 ? 'from start to end' : 'in the last run',
    ]);
  if (renderSeconds > 0)
    numbers.push([
      wholeDuration(renderSeconds),
      atOnce === null ? 'of rendering in all' : `of rendering, ${atOnce} at a time`,
    ]);
  if (averageSeconds !== null) numbers.push([duration(averageSeconds), 'a frame, on average']);
  if (jobs.cancelled > 0)
    numbers.push([
      count(jobs.cancelled),
      jobs.cancelled === 1 ? 'shot cancelled' : 'shots cancelled',
    ]);
  if (left > 0) numbers.push([count(left), left === 1 ? 'frame left' : 'frames left']);
  if (retries > 0) numbers.push([count(retries), retries === 1 ? 'retry' : 'retries']);
  return <NumberList className="finished-numbers" numbers={numbers} />;
}

/** One failure, of a shot or of all that failed for the same. */
function FailureCard({ failure: { rows, text } }: { readonly failure: ShotFailure }) {
  const [first] = rows;
  if (!first) return null;
  const names = failedNames(rows);
  return (
    <section className="shot-card failed" aria-label={`${names} failed`}>
      <Sign kind="failed" />
      <p className="card-text muted selectable">
        <b>{names}</b>: {text}
      </p>
      {rows.length === 1 && (
        <Button small look="quiet" onClick={() => void openInBlender(first.id)}>
          Open in Blender
        </Button>
      )}
      <Button small onClick={() => inspect(first.id, 'Log')}>
        Log
      </Button>
      <Button small onClick={() => void retryJobs(rows.map(({ id }) => id))}>
        {rows.length === 1 ? 'Retry' : `Retry ${count(rows.length)}`}
      </Button>
    </section>
  );
}
