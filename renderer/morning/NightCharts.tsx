import { memo, type ReactNode, useRef } from 'react';
import {
  FrameTimesChart,
  frameTimesHeight,
  frameTimesText,
} from '../../shared/charts/FrameTimesChart.tsx';
import type {
  NightCharts as Charts,
  FrameTimesData,
  WorkerUse,
} from '../../shared/charts/night-charts.ts';
import type { ChartWords } from '../../shared/charts/parts.tsx';
import {
  laneWord,
  MOST_LANES,
  WorkersChart,
  workersHeight,
  workersText,
} from '../../shared/charts/WorkersChart.tsx';
import type { BatchView } from '../../shared/view.ts';
import { ask } from '../api.ts';
import { clock, count, counted, duration } from '../text/format.ts';
import { useAnswer } from '../ui/use-answer.ts';
import { useWidth } from '../ui/use-width.ts';
import './NightCharts.css';

const WORDS: ChartWords = { duration, clock };

/** What the workers were at over the night, and how long the frames of each shot took. */
export function NightCharts({ view }: { readonly view: BatchView }) {
  // Others after each run.
  const charts = useAnswer(view.id, chartsOf, view.progress.elapsedSeconds);
  if (typeof charts === 'string') {
    return <p className="night-chart chart-aside">The night can’t be drawn. {charts}</p>;
  }
  if (!charts) return null;
  const { workers, frameTimes } = charts;
  return (
    <>
      {/* With one there is nothing to compare. */}
      {workers.lanes.length > 1 && <Workers use={workers} />}
      {frameTimes.shots.length > 0 && <Times times={frameTimes} shots={workers.shots} />}
    </>
  );
}

const BY_WORKERS = 'The night, worker by worker';
const BY_NODES = 'The night, node by node';

const Workers = memo(function Workers({ use }: { readonly use: WorkerUse }) {
  const more = use.lanes.length - MOST_LANES;
  const word = laneWord(use);
  const heading = word === 'node' ? BY_NODES : BY_WORKERS;
  return (
    <Part heading={heading}>
      <Chart
        label={`${heading}. ${workersText(use, WORDS).join(' ')}`}
        height={workersHeight(use.lanes.length)}
        draw={(width) => <WorkersChart use={use} width={width} words={WORDS} />}
      />
      {more > 0 && <p className="chart-aside">And {counted(more, `more ${word}`)}.</p>}
    </Part>
  );
});

/** Pixels: on a wide screen the numbers at the right would be far from the bars that they are of. */
const WIDEST_TIMES = 1600;

interface TimesProps {
  readonly times: FrameTimesData;
  readonly shots: readonly string[];
}

const Times = memo(function Times({ times, shots }: TimesProps) {
  return (
    <Part heading="Seconds a frame">
      <Chart
        label={`Seconds a frame. ${frameTimesText(times, WORDS).join('. ')}.`}
        height={frameTimesHeight(times.shots.length)}
        widest={WIDEST_TIMES}
        draw={(width) => (
          <FrameTimesChart times={times} width={width} words={WORDS} shots={shots} />
        )}
      />
      {times.more > 0 && (
        <p className="chart-aside">
          The {count(times.shots.length)} shots that took longest. And {count(times.more)} more.
        </p>
      )}
    </Part>
  );
});

interface ChartProps {
  /** What it shows, for those who can't see it. */
  readonly label: string;
  readonly height: number;
  readonly widest?: number;
  /** Given the pixels that there are. */
  readonly draw: (width: number) => ReactNode;
}

/** Narrower than this nothing could be read. */
const NARROWEST = 420;

/** A chart as wide as its place, in the colours of the tokens. */
function Chart({ label, height, widest = Number.POSITIVE_INFINITY, draw }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const there = useWidth(place, 0);
  const width = Math.min(widest, Math.max(there, NARROWEST));
  return (
    <div className="chart" ref={place} style={{ height }}>
      {there > 0 && (
        <svg role="img" aria-label={label} width={width} height={height}>
          {draw(width)}
        </svg>
      )}
    </div>
  );
}

function Part({ heading, children }: { readonly heading: string; readonly children: ReactNode }) {
  return (
    <section className="night-chart" aria-label={heading}>
      <h2 className="morning-heading">{heading}</h2>
      {children}
    </section>
  );
}

/** A sentence where they can't be. */
async function chartsOf(batchId: string): Promise<Charts | string> {
  const answer = await ask('batch:charts', { batchId });
  return answer.ok ? answer.value : answer.error.message;
}
