import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerUse } from '../../../shared/charts/night-charts.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { DrawnChart } from './chart-svg.tsx';
import { inline } from './escape.ts';
import { frameTimes } from './frame-times.ts';
import { linkTo } from './report-files.ts';

/** A chart that stands beside a report. */
export type ReportChart = Omit<DrawnChart, 'svg'>;

/** Writes the charts of a night into `folder`, which is made where there is one. Throws what the disk says. */
export async function writeCharts(
  jobs: readonly BatchJob[],
  use: WorkerUse | null,
  folder: string,
): Promise<readonly ReportChart[]> {
  // What draws is loaded when a report is written: no start of a program waits for it.
  const { workersSvg, frameTimesSvg } = await import('./chart-svg.tsx');
  const times = frameTimes(jobs);
  const charts = [
    ...(use && use.lanes.length > 0 ? [workersSvg(use)] : []),
    ...(times.shots.length > 0 ? [frameTimesSvg(times, use?.shots ?? [])] : []),
  ];
  if (charts.length > 0) await mkdir(folder, { recursive: true });
  for (const { file, svg } of charts) await writeFile(join(folder, file), svg);
  return charts;
}

/** A chart with the same in words under it. @param folder the folder of the pictures, as seen from the report */
export function chartSection(chart: ReportChart, folder: string): readonly string[] {
  const { heading, alt, file, text } = chart;
  return [
    `## ${heading}`,
    `![${inline(alt)}](${linkTo(folder, file)})`,
    text.map((line) => `- ${inline(line)}`).join('\n'),
  ];
}
