import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { frameTimesText, workersText } from '../../shared/charts/chart-text.ts';
import { drawFrameTimes } from '../../shared/charts/draw-frame-times.ts';
import { drawWorkers, MOST_LANES } from '../../shared/charts/draw-workers.ts';
import type { ChartWords } from '../../shared/charts/drawing.ts';
import type {
  NightCharts as Charts,
  NightCharts as ChartsOfNight,
} from '../../shared/charts/night-charts.ts';
import type { BatchView } from '../../shared/view.ts';
import { clock, count, counted, duration } from '../text/format.ts';
import { Chart } from './Chart.tsx';
import './NightCharts.css';
import { ask } from '../api.ts';

const WORDS: ChartWords = { duration, clock };

/** What the workers were at over the night, and how long the frames of each shot took. */
export function NightCharts({ view }: { readonly view: BatchView }) {
  const charts = useCharts(view.id, view.progress.elapsedSeconds);
  if (typeof charts === 'string') {
    return <p className="night-chart chart-aside">The night can’t be drawn. {charts}</p>;
  }
  if (charts?.workers.lanes.length === 0 && charts.frameTimes.shots.length === 0) return null;
  return (
    <>
      <Workers charts={charts} lanes={view.workers} />
      <Times charts={charts} />
    </>
  );
}

interface PartProps {
  /** `undefined`: not known yet; its place is kept. */
  readonly charts: Charts | undefined;
}

function Workers({ charts, lanes }: PartProps & { readonly lanes: number }) {
  const use = charts?.workers;
  const draw = useCallback((width: number) => drawWorkers(use ?? NOBODY, width, WORDS), [use]);
  if (use?.lanes.length === 0) return null;
  const more = (use?.lanes.length ?? 0) - MOST_LANES;
  return (
    <Part heading="The night, worker by worker">
      {use ? (
        <Chart
          label={`The night, worker by worker. ${workersText(use, WORDS).join(' ')}`}
          draw={draw}
        />
      ) : (
        <div className="chart-place" style={{ height: 22 * Math.min(lanes, MOST_LANES) + 14 }} />
      )}
      {more > 0 && <p className="chart-aside">And {counted(more, 'more worker')}.</p>}
    </Part>
  );
}

/** Pixels: on a wide screen the numbers at the right would be far from the bars that they are of. */
const WIDEST_TIMES = 1600;
const NOBODY: Charts['workers'] = { runs: [], totalMs: 0, shots: [], lanes: [], pauses: [] };

function Times({ charts }: PartProps) {
  const times = charts?.frameTimes;
  const shots = charts?.workers.shots;
  const draw = useCallback(
    (width: number) =>
      drawFrameTimes(
        times ?? { shots: [], more: 0 },
        Math.min(width, WIDEST_TIMES),
        WORDS,
        shots ?? [],
      ),
    [times, shots],
  );
  if (!times || times.shots.length === 0) return null;
  const label = `Seconds a frame. ${frameTimesText(times, WORDS).join('. ')}.`;
  return (
    <Part heading="Seconds a frame">
      <Chart label={label} draw={draw} />
      {times.more > 0 && (
        <p className="chart-aside">
          The {count(times.shots.length)} shots that took longest. And {count(times.more)} more.
        </p>
      )}
    </Part>
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

/**
 * The charts of a batch at rest: `undefined` until they are known, and a sentence where they can't be.
 * @param version another one after each run
 */
function useCharts(batchId: string, version: number): ChartsOfNight | string | undefined {
  const [known, setKnown] = useState<{
    readonly batchId: string;
    readonly charts: ChartsOfNight | string;
  } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version has other charts
  useEffect(() => {
    let isWanted = true;
    void ask('batch:charts', { batchId }).then((answer) => {
      const charts = answer.ok ? answer.value : answer.error.message;
      if (isWanted) setKnown({ batchId, charts });
    });
    return () => {
      isWanted = false;
    };
  }, [batchId, version]);
  return known?.batchId === batchId ? known.charts : undefined;
}
