import type { BatchView } from '../../shared/view.ts';
import { inspect, openDialog } from '../actions/ui-actions.ts';
import { counted } from '../text/format.ts';
import { placeText } from '../text/problem-text.ts';
import { Button } from '../ui/Button.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import './ProblemsBar.css';

/** What is wrong with the folder, before the night: problems of files, and trust that was refused. */
export function ProblemsBar({ view }: { readonly view: BatchView }) {
  const { problems, trust, phase } = view;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const askAgain = trust === 'untrusted' && phase !== 'running' && phase !== 'pausing';
  if (problems.length === 0 && !askAgain) return null;
  return (
    <div className="problems-bar">
      {askAgain && (
        <p className="problems-line">
          <Sign kind="warned" />
          This folder is not trusted, so shots that run Python or write elsewhere will fail.
          <Button small onClick={() => openDialog({ kind: 'trust', thenRender: false })}>
            Trust…
          </Button>
        </p>
      )}
      {problems.length > 0 && (
        <details>
          <summary className="problems-line">
            <Sign kind={errors > 0 ? 'failed' : 'warned'} />
            {problemsText(errors, problems.length - errors)}
          </summary>
          <ul className="problems-list">
            {problems.map((problem) => (
              <li key={`${placeText(problem)} ${problem.message}`} className="problem-item">
                <Sign kind={problem.severity === 'error' ? 'failed' : 'warned'} />
                <span className="selectable">
                  <b>{placeText(problem)}</b> {problem.message}
                </span>
                {problem.jobId !== null && (
                  <Button
                    small
                    look="quiet"
                    onClick={() => problem.jobId && inspect(problem.jobId, 'Problems')}
                  >
                    Show the shot
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function problemsText(errors: number, warnings: number): string {
  const parts = [
    errors > 0 && `${counted(errors, 'problem')} in this folder`,
    warnings > 0 && counted(warnings, 'warning'),
  ];
  return parts.filter(Boolean).join(', ');
}
