import { memo, useRef } from 'react';
import { chartsOf } from '../../shared/charts/charts.ts';
import type { NightCharts as Charts } from '../../shared/charts/night-charts.ts';
import type { Chart } from '../../shared/charts/parts.tsx';
import type { BatchView } from '../../shared/view.ts';
import { ask } from '../api.ts';
import { useAnswer } from '../ui/use-answer.ts';
import { useWidth } from '../ui/use-width.ts';
import './NightCharts.css';

/** Shows what the workers did, and how long the frames of each shot took. */
export function NightCharts({ view }: { readonly view: BatchView }) {
  // Others after each run.
  const charts = useAnswer(view.id, readCharts, view.progress.elapsedSeconds);
  if (typeof charts === 'string') {
    return <p className="night-chart chart-aside">The night can’t be drawn. {charts}</p>;
  }
  return charts && <DrawnCharts charts={charts} />;
}

const DrawnCharts = memo(function DrawnCharts({ charts }: { readonly charts: Charts }) {
  const { workers, frameTimes } = charts;
  // A single worker has nothing to be compared with.
  const isShown = ({ id }: Chart) => id !== 'workers' || workers.lanes.length > 1;
  return chartsOf(workers, frameTimes)
    .filter(isShown)
    .map((chart) => (
      <section key={chart.id} className="night-chart" aria-label={chart.heading}>
        <h2 className="morning-heading">{chart.heading}</h2>
        <Drawing chart={chart} />
        {chart.more !== null && <p className="chart-aside">{chart.more}</p>}
      </section>
    ));
});

/** Narrower than this nothing could be read. */
const NARROWEST = 420;

/** Draws a chart as wide as its place, in the colours of the tokens. */
function Drawing({ chart: { heading, text, height, draw } }: { readonly chart: Chart }) {
  const place = useRef<HTMLDivElement>(null);
  const there = useWidth(place, 0);
  const width = Math.max(there, NARROWEST);
  return (
    <div className="chart" ref={place} style={{ height }}>
      {there > 0 && (
        <svg role="img" aria-label={`${heading}. ${text.join(' ')}`} width={width} height={height}>
          {draw(width)}
        </svg>
      )}
    </div>
  );
}

/** Resolves with a sentence where the charts can't be read. */
async function readCharts(batchId: string): Promise<Charts | string> {
  const answer = await ask('batch:charts', { batchId });
  return answer.ok ? answer.value : answer.error.message;
}
