import type { BatchView } from '../../shared/view.ts';
import { useLibrary } from '../store/library-store.ts';
import { finishRange, finishText } from '../text/batch-text.ts';
import { count, counted } from '../text/format.ts';
import { homePath, pathIn } from '../text/paths.ts';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import { useNow } from '../ui/use-now.ts';
import { Acts } from './Acts.tsx';
import './Header.css';
import { ScheduleLine } from '../schedule/ScheduleLine.tsx';
import { Name } from '../ui/Name.tsx';

/** The batch in one look: what, how far, until when, and what can be done now. */
export function Header({ view }: { readonly view: BatchView }) {
  const { frames } = view.progress;
  const fresh = frames.done - frames.kept;
  const home = useLibrary((state) => state.info?.homeDirectory);
  return (
    <header className="header">
      <div className="header-top">
        <h1 className="header-name">
          <Name>{view.name}</Name>
        </h1>
        <p className="header-path cut selectable" title={`${view.folder} → ${view.outputRoot}`}>
          {homePath(view.folder, home)} → {homePath(pathIn(view.folder, view.outputRoot), home)}
        </p>
        <Acts view={view} />
      </div>
      <ProgressBar
        label="Frames of the batch"
        text={`${count(frames.done)} of ${counted(frames.total, 'frame')} done, ${count(frames.failed)} failed`}
        total={frames.total}
        parts={[
          { tone: 'kept', value: frames.kept },
          { tone: 'done', value: fresh },
          { tone: 'failed', value: frames.failed },
          { tone: 'running', value: frames.running },
        ]}
      />
      <div className="header-counts">
        <Counts view={view} />
        <div className="header-times">
          <ScheduleLine view={view} />
          <Finish view={view} />
        </div>
      </div>
    </header>
  );
}

function Counts({ view }: { readonly view: BatchView }) {
  const { frames, jobs, unplannedJobs, totalJobs } = view.progress;
  const shots = (value: number) => (value === 1 ? 'shot' : 'shots');
  return (
    <p className="counts">
      {frames.total > 0 ? (
        <span>
          <b>{count(frames.done)}</b> of {counted(frames.total, 'frame')}
        </span>
      ) : (
        <span>
          <b>{count(totalJobs)}</b> {shots(totalJobs)}
        </span>
      )}
      {unplannedJobs > 0 && frames.total > 0 && (
        <span className="counts-later">
          <b>{count(unplannedJobs)}</b> {shots(unplannedJobs)} not opened yet
        </span>
      )}
      {jobs.completed > 0 && (
        <span>
          <b>{count(jobs.completed)}</b> {shots(jobs.completed)} done
        </span>
      )}
      {jobs.running > 0 && (
        <span>
          <b>{count(jobs.running)}</b> {view.phase === 'paused' ? 'paused' : 'rendering'}
        </span>
      )}
      {jobs.failed > 0 && (
        <span className="counts-bad">
          <b>{count(jobs.failed)}</b> {jobs.failed === 1 ? 'needs' : 'need'} you
        </span>
      )}
    </p>
  );
}

const RANGE_HINT =
  'In four of five nights it lies between these. It corrects itself as frames come in.';

function Finish({ view }: { readonly view: BatchView }) {
  const now = useNow(view.phase === 'running' || view.phase === 'unread');
  const words = finishText(view, now);
  if (!words) return null;
  const [before, time, after] = words;
  const range = finishRange(view, now);
  return (
    <p className="finish">
      {before}
      {time && <b>{time}</b>}
      {range && (
        <span className="finish-range" title={RANGE_HINT}>
          {` (${range})`}
        </span>
      )}
      {after}
    </p>
  );
}
