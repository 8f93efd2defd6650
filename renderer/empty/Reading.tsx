import type { BatchView } from '../../shared/view.ts';
import { showShots } from '../actions/batch-actions.ts';
import { count, counted } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import '../resume/ResumeCard.css';
import { isolated } from '../../shared/safe-text.ts';

/** At a start, until the folder of an interrupted batch has been read: what was known of it, and no claim yet. */
export function ReadingRoom({ view }: { readonly view: BatchView }) {
  const { done, total } = view.progress.frames;
  return (
    <div className="resume-room">
      <section className="resume-card" aria-labelledby="resume-title" aria-busy="true">
        <h1 id="resume-title" className="resume-title">
          {isolated(view.name)} was interrupted
        </h1>
        <p className="resume-text">
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
