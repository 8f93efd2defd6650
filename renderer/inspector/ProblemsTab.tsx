import type { Failure } from '../../shared/failure.ts';
import { retriesText } from '../../shared/incident-text.ts';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { openInBlender } from '../actions/job-actions.ts';
import { counted } from '../text/format.ts';
import { placeText } from '../text/paths.ts';
import { typeset } from '../text/typeset.ts';
import { Button } from '../ui/Button.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import './ProblemsTab.css';

/** Why the shot failed, with the lines that show it, and what was found before the night. */
export function ProblemsTab({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const { error } = row;
  const failedFrames = detail.frames.flatMap(({ frame, state }) =>
    state.status === 'failed' ? [{ frame, failure: state.failure }] : [],
  );
  const retries = retriesText(detail);
  // A shot file that can't be read is its own failure, with place and all.
  const problems = detail.problems.filter(
    ({ message }) => !error?.evidence.some((line) => line.endsWith(message)),
  );
  if (!error && failedFrames.length === 0 && detail.problems.length === 0 && retries === '')
    return <p className="inspector-empty">Nothing is wrong with this shot.</p>;
  return (
    <div className="tab-scroll selectable">
      <Button small onClick={() => void openInBlender(row.id)}>
        Open in Blender
      </Button>
      {error && <FailureFacts failure={error} />}
      {failedFrames
        .filter(({ failure }) => error === null || !isToldBy(error, failure))
        .map(({ frame, failure }) => (
          <FailureFacts key={frame} failure={failure} />
        ))}
      {retries !== '' && (
        <div className="shot-problem signed">
          <Sign kind="warned" />
          <div>
            <p>
              {counted(row.retryCount, 'retry', 'retries')}: {retries}.
            </p>
            <p>The log says more.</p>
          </div>
        </div>
      )}
      {problems.map((problem) => (
        <div key={`${placeText(problem)} ${problem.message}`} className="shot-problem signed">
          <Sign kind={problem.severity === 'error' ? 'failed' : 'warned'} />
          <div>
            <p>{typeset(problem.message)}</p>
            <p>{placeText(problem)}</p>
          </div>
        </div>
      ))}
    </div>
  );
}

/** The shot's failure speaks of its first failed frame, with that frame's log lines. */
function isToldBy(error: Failure, failure: Failure): boolean {
  const sameLines = failure.evidence.join('\n') === error.evidence.join('\n');
  return failure.message === error.message || (failure.cause === error.cause && sameLines);
}

function FailureFacts({ failure }: { readonly failure: Failure }) {
  const evidence = failure.evidence.filter((line) => line !== failure.message);
  return (
    <div className="shot-problem signed">
      <Sign kind="failed" />
      <div>
        <p>{typeset(failure.message)}</p>
        <p>{typeset(failure.nextStep)}</p>
        {evidence.length > 0 && <pre className="evidence quoted code">{evidence.join('\n')}</pre>}
      </div>
    </div>
  );
}
