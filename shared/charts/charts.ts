import { frameTimesChart } from './FrameTimesChart.tsx';
import type { FrameTimesData, WorkerUse } from './night-charts.ts';
import type { Chart } from './parts.tsx';
import { workersChart } from './WorkersChart.tsx';

/** Returns the charts of a batch, as the window and the report draw them. */
export function chartsOf(workers: WorkerUse | null, frameTimes: FrameTimesData): readonly Chart[] {
  const charts = [
    workers && workersChart(workers),
    frameTimesChart(frameTimes, workers?.shots ?? []),
  ];
  return charts.filter((chart) => chart !== null);
}
