import { useEffect, useRef } from 'react';
import type { BatchView, ResumeCard } from '../../shared/view.ts';
import { render, showShots } from '../actions/batch-actions.ts';
import { callOff } from '../actions/schedule-actions.ts';
import { openDialog } from '../actions/ui-actions.ts';
import { useSchedule } from '../store/library-store.ts';
import { count, counted, roughDuration } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { NumberList } from '../ui/NumberList.tsx';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import { TestChips } from '../ui/TestChips.tsx';
import { interruptedText, resumeChecks, resumeTitle } from './resume-text.ts';
import './ResumeCard.css';
import { isolated } from '../../shared/safe-text.ts';
import { ScheduleButton, ScheduleLine } from '../schedule/ScheduleButton.tsx';
import { WhereButton } from '../schedule/WhereButton.tsx';

/** After a crash, a power cut, or a window closed by mistake. Enter resumes. */
export function ResumeRoom({
  view,
  card,
}: {
  readonly view: BatchView;
  readonly card: ResumeCard;
}) {
  const resume = useRef<HTMLButtonElement>(null);
  useEffect(() => resume.current?.focus(), []);
  const waits = useSchedule(view.id)?.startAt != null;
  const total = card.framesWhole + card.framesLeft;
  return (
    <div className="resume-room">
      <section className="resume-card" aria-labelledby="resume-title">
        <h1 id="resume-title" className="resume-title">
          {resumeTitle(view.name, card, Date.now())}
        </h1>
        <TestChips test={view.test} />
        <p className="resume-text muted">{interruptedText(card)}</p>
        <ProgressBar
          label="Frames whole on disk"
          text={`${count(card.framesWhole)} of ${counted(total, 'frame')}`}
          total={total}
          parts={[{ tone: 'done', value: card.framesWhole }]}
        />
        <Numbers card={card} remaining={view.progress.remainingSeconds} />
        <ul className="resume-checks">
          {resumeChecks(card).map(({ good, text }) => (
            <li key={text} className="signed muted">
              <Sign kind={good ? 'good' : 'warned'} />
              {text}
            </li>
          ))}
        </ul>
        <ScheduleLine view={view} />
        <div className="resume-acts">
          <Button ref={resume} look="primary" onClick={() => void render()}>
            {waits ? 'Start now' : 'Resume'}
          </Button>
          {waits && <Button onClick={() => void callOff()}>Don’t start</Button>}
          <WhereButton />
          <ScheduleButton view={view} />
          <Button onClick={showShots}>Show the shots</Button>
          <Button
            look="quiet"
            className="start-again"
            onClick={() => openDialog({ kind: 'start-again' })}
          >
            Start again from nothing…
          </Button>
        </div>
      </section>
    </div>
  );
}

function Numbers({
  card,
  remaining,
}: {
  readonly card: ResumeCard;
  readonly remaining: number | null;
}) {
  const numbers: [string, string][] = [
    [count(card.framesWhole), `${card.framesWhole === 1 ? 'frame' : 'frames'} whole on disk`],
    [count(card.framesLeft), 'left to render'],
  ];
  const { framesUnfinished: open, shotsUnopened: unopened } = card;
  if (open > 0)
    numbers.splice(1, 0, [count(open), open === 1 ? 'was unfinished' : 'were unfinished']);
  if (unopened > 0)
    numbers.push([count(unopened), `${unopened === 1 ? 'shot' : 'shots'} not opened yet`]);
  // Of shots that were stopped with the app no time is expected until they are taken up again.
  if (remaining !== null && remaining > 0)
    numbers.push([roughDuration(remaining), 'about, from the frames so far']);
  return <NumberList className="resume-numbers" numbers={numbers} />;
}

/** At a start, until the folder of an interrupted batch has been read: what was known of it, and no claim yet. */
export function ReadingRoom({ view }: { readonly view: BatchView }) {
  const { done, total } = view.progress.frames;
  return (
    <div className="resume-room">
      <section className="resume-card" aria-labelledby="resume-title" aria-busy="true">
        <h1 id="resume-title" className="resume-title">
          {isolated(view.name)} was interrupted
        </h1>
        <TestChips test={view.test} />
        <p className="resume-text muted">
          {count(done)} of {counted(total, 'frame')} were recorded. Looking at{' '}
          {counted(view.progress.totalJobs, 'shot')} and their frames on disk…
        </p>
        <ProgressBar
          label="Frames recorded"
          text={`${count(done)} of ${counted(total, 'frame')}`}
          total={total}
          parts={[{ tone: 'kept', value: done }]}
        />
        <div className="resume-acts">
          <Button look="primary" disabled>
            Resume
          </Button>
          <Button onClick={showShots}>Show the shots</Button>
        </div>
      </section>
    </div>
  );
}
