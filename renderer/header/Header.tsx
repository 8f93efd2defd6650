import type { BatchView } from '../../shared/view.ts';
import { useLibrary } from '../store/library-store.ts';
import { clockWithDay, count, counted, roughDuration } from '../text/format.ts';
import { homePath, pathIn } from '../text/paths.ts';
import { typeset } from '../text/typeset.ts';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import { useNow } from '../ui/use-now.ts';
import { Acts } from './Acts.tsx';
import './Header.css';
import { finishAt, finishBetween } from '../../shared/duration-text.ts';
import { isolated } from '../../shared/safe-text.ts';
import { ScheduleLine } from '../schedule/ScheduleButton.tsx';
import { Name } from '../ui/Name.tsx';
import { TestChips } from '../ui/TestChips.tsx';

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
    <p className="counts muted">
      <TestChips test={view.test} />
      {frames.total > 0 ? (
        <span>
          <b>{count(frames.done)}</b> of {unplannedJobs > 0 && 'at least '}
          {counted(frames.total, 'frame')}
        </span>
      ) : (
        <span>
          <b>{count(totalJobs)}</b> {shots(totalJobs)}
        </span>
      )}
      {view.unopened > 0 && frames.total > 0 && (
        <span className="counts-later">
          <b>{count(view.unopened)}</b> {shots(view.unopened)} not opened yet
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
      {view.elsewhere && <span title={view.elsewhere}>by another Nightshift</span>}
      {view.needYou > 0 && (
        <span className="counts-bad">
          <b>{count(view.needYou)}</b> {view.needYou === 1 ? 'needs' : 'need'} you
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
    <p className="finish muted">
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

/** At the right of the header: `['Done about ', '06:40', ' in 6 h 20 m']`, or what stands in its way. */
export function finishText(view: BatchView, now: number): readonly [string, string, string] | null {
  const { remainingSeconds } = view.progress;
  if (view.paused) return [typeset(view.paused.message), '', ''];
  if (view.phase === 'unread') return needsText(view, now);
  if (view.phase === 'pausing') return ['Finishing the frames that are rendering', '', ''];
  if (view.phase !== 'running') return null;
  if (remainingSeconds === null) return ['Working out how long it takes', '', ''];
  const at = finishAt(now, remainingSeconds);
  return ['Done about ', clockWithDay(at, now), ` in ${roughDuration(remainingSeconds)}`];
}

/** Before the first night: what was found by trying, or how far that has come. */
function needsText(
  { trying, progress }: BatchView,
  now: number,
): readonly [string, string, string] | null {
  if (trying) return [tryingText(trying), '', ''];
  const { remainingSeconds } = progress;
  if (remainingSeconds === null || remainingSeconds === 0) return null;
  const at = clockWithDay(finishAt(now, remainingSeconds), now);
  return ['Needs about ', roughDuration(remainingSeconds), `; started now it is done about ${at}`];
}

function tryingText({ shot, tried, of }: NonNullable<BatchView['trying']>): string {
  if (shot === null) return 'Looking the shots through first';
  return `Trying a few small frames of ${isolated(shot)}, ${count(tried + 1)} of ${count(of)}`;
}

/**
 * Between what it lies in four of five cases: `06:20–07:10` while it renders, `5 h 10 m–7 h 40 m` before;
 * `null`: that is not known, or nothing to say.
 */
export function finishRange(view: BatchView, now: number): string | null {
  const { remainingRange } = view.progress;
  if (remainingRange === null || view.trying) return null;
  if (view.phase === 'unread') {
    const [low, high] = [remainingRange.low, remainingRange.high].map(roughDuration);
    return low === high ? null : `${low}–${high}`;
  }
  if (view.phase !== 'running') return null;
  const between = finishBetween(now, remainingRange);
  return between === null ? null : between.map((at) => clockWithDay(at, now)).join('–');
}
