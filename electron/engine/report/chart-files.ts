import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerUse } from '../../../shared/charts/night-charts.ts';
import type { Chart } from '../../../shared/charts/parts.tsx';
import type { BatchJob } from '../../../shared/job.ts';
import { bullets, inline, linkTo } from './escape.ts';
import { frameTimes } from './frame-times.ts';

/** Writes the charts of a run into `folder`, which is made if there is a chart. Throws what the disk says. */
export async function writeCharts(
  jobs: readonly BatchJob[],
  use: WorkerUse | null,
  folder: string,
): Promise<readonly Chart[]> {
  // React and d3 load when a report is written, not at every start.
  const [{ chartsOf }, { chartSvg }] = await Promise.all([
    import('../../../shared/charts/charts.ts'),
    import('./chart-svg.tsx'),
  ]);
  const charts = chartsOf(use, frameTimes(jobs));
  if (charts.length > 0) await mkdir(folder, { recursive: true });
  for (const chart of charts) await writeFile(join(folder, fileOf(chart)), chartSvg(chart));
  return charts;
}

/** Returns a chart with its sentences below. @param folder the folder of the pictures, as seen from the report */
export function chartSection(chart: Chart, folder: string): string {
  const { heading, text, more } = chart;
  const words = [...text, ...(more === null ? [] : [more])].map(inline);
  return `![${inline(heading)}](${linkTo(folder, fileOf(chart))})\n\n${bullets(words)}`;
}

function fileOf({ id }: Chart): string {
  return `${id}.svg`;
}
