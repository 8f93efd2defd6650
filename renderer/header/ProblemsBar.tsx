import { FolderMinus } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import type { ShotProblem } from '../../shared/shot.ts';
import type { BatchView } from '../../shared/view.ts';
import { takeAllIn } from '../actions/job-actions.ts';
import { inspect, openDialog } from '../actions/ui-actions.ts';
import { isAtWork } from '../text/batch-text.ts';
import { count, counted } from '../text/format.ts';
import { leftOutText, takeInAct } from '../text/left-out-text.ts';
import { placeText } from '../text/paths.ts';
import { typeset } from '../text/typeset.ts';
import { Button } from '../ui/Button.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import { MoreShotsLine, useTold } from './MoreShotsLine.tsx';
import { MovedLine, useMovedFrom } from './MovedLine.tsx';
import './ProblemsBar.css';

interface ProblemsBarProps {
  readonly view: BatchView;
  /** Ids of the shots that stand with their failure elsewhere in the room: it is not said twice. */
  readonly told?: ReadonlySet<string>;
}

/** Without what keeps shots from rendering whose failure is told already. */
export function untold(
  problems: BatchView['problems'],
  told: ReadonlySet<string> = new Set(),
): BatchView['problems'] {
  return problems.filter(({ jobId, severity }) => severity !== 'error' || !told.has(jobId ?? ''));
}

/** What the artist should know of the folder: problems of files, trust that was refused, what is left out, what could be shots. */
export function ProblemsBar({ view, told }: ProblemsBarProps) {
  const { trust, phase } = view;
  const problems = useMemo(() => untold(view.problems, told), [view.problems, told]);
  const askAgain = trust === 'untrusted' && phase !== 'running' && phase !== 'pausing';
  const more = useTold(view);
  const before = useMovedFrom(view);
  const isTold = problems.length > 0 || askAgain || more.length > 0 || before !== null;
  if (!isTold && leftOutText(view.leftOut) === null) return null;
  return (
    <div className="problems-bar">
      {before && <MovedLine view={view} before={before} />}
      {askAgain && (
        <p className="problems-line">
          <Sign kind="warned" />
          This folder is not trusted, so shots that run Python or write elsewhere will fail.
          <Button small onClick={() => openDialog({ kind: 'trust', thenRender: false })}>
            Trust…
          </Button>
        </p>
      )}
      <Problems problems={problems} />
      <LeftOutLine view={view} />
      {more.map((by) => (
        <MoreShotsLine key={by} view={view} by={by} />
      ))}
    </div>
  );
}

/** Told as long as the batch holds something else than the folder. */
function LeftOutLine({ view }: { readonly view: BatchView }) {
  const { leftOut } = view;
  const text = leftOutText(leftOut);
  if (text === null) return null;
  const act = takeInAct(leftOut);
  return (
    <p className="problems-line left-out-line">
      <FolderMinus size={15} aria-hidden="true" />
      {text}
      <Button small look="quiet" onClick={() => openDialog({ kind: 'left-out' })}>
        Show…
      </Button>
      {act && !isAtWork(view) && (
        <Button small look="quiet" onClick={() => void takeAllIn(act.reasons)}>
          {act.words}
        </Button>
      )}
    </p>
  );
}

/** More than these nobody reads in a list; the rows of the shots carry theirs. */
const LISTED = 200;

/** Drawn again when the problems change, and listed only while it is open: there may be one for each shot. */
const Problems = memo(function Problems({
  problems,
}: {
  readonly problems: BatchView['problems'];
}) {
  const [open, setOpen] = useState(false);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  if (problems.length === 0) return null;
  const more = problems.length - LISTED;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="problems-line fold">
        <Sign kind={errors > 0 ? 'failed' : 'warned'} />
        {problemsText(errors, problems.length - errors)}
      </summary>
      {open && (
        <ul className="problems-list">
          {problems.slice(0, LISTED).map((problem) => (
            <Problem key={`${placeText(problem)} ${problem.message}`} problem={problem} />
          ))}
          {more > 0 && (
            <li className="problem-item">
              And {count(more)} more; each stands with its shot, too.
            </li>
          )}
        </ul>
      )}
    </details>
  );
});

function Problem({ problem }: { readonly problem: ShotProblem }) {
  const { severity, message, jobId } = problem;
  return (
    <li className="problem-item signed">
      <Sign kind={severity === 'error' ? 'failed' : 'warned'} />
      <span className="selectable">
        <b>{placeText(problem)}</b> {typeset(message)}
      </span>
      {jobId !== null && (
        <Button small look="quiet" onClick={() => inspect(jobId, 'Problems')}>
          Show the shot
        </Button>
      )}
    </li>
  );
}

function problemsText(errors: number, warnings: number): string {
  const parts = [
    errors > 0 && `${counted(errors, 'problem')} in this folder`,
    warnings > 0 && counted(warnings, 'warning'),
  ];
  return parts.filter(Boolean).join(', ');
}
