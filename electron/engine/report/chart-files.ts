import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { frameTimesText, workersText } from '../../../shared/charts/chart-text.ts';
import { drawFrameTimes } from '../../../shared/charts/draw-frame-times.ts';
import { drawWorkers, MOST_LANES } from '../../../shared/charts/draw-workers.ts';
import type { ChartWords } from '../../../shared/charts/drawing.ts';
import type { WorkerUse } from '../../../shared/charts/night-charts.ts';
import { durationText } from '../../../shared/duration-text.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { inline, localTime } from './escape.ts';
import { frameTimes } from './frame-times.ts';
import { linkTo } from './report-files.ts';
import { svgText } from './svg.ts';

/** A chart that stands beside a report. */
export interface ReportChart {
  readonly heading: string;
  /** Name in the folder of pictures. */
  readonly file: string;
  readonly alt: string;
  /** The same in words, a sentence each. */
  readonly text: readonly string[];
}

const WIDTH = 900;

const WORDS: ChartWords = {
  duration: durationText,
  clock: (at) => localTime(at).slice(11, 16),
};

/** Writes the charts of a night into `folder`, which is made where there is one. Throws what the disk says. */
export async function writeCharts(
  jobs: readonly BatchJob[],
  use: WorkerUse | null,
  folder: string,
): Promise<readonly ReportChart[]> {
  const charts: ReportChart[] = [];
  const write = async (chart: ReportChart, svg: string) => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, chart.file), svg);
    charts.push(chart);
  };
  if (use && use.lanes.length > 0) {
    const alt = 'What each worker was at over the night';
    const heading = 'The night, worker by worker';
    const more = use.lanes.length - MOST_LANES;
    const text = [
      ...workersText(use, WORDS),
      ...(more > 0 ? [`The chart shows the first ${MOST_LANES} of them.`] : []),
    ];
    await write(
      { heading, alt, text, file: 'workers.svg' },
      svgText(drawWorkers(use, WIDTH, WORDS), alt),
    );
  }
  const times = frameTimes(jobs);
  if (times.shots.length > 0) {
    const alt = 'Rendering times of the frames of each shot';
    const heading = 'Seconds a frame';
    const text = [
      ...frameTimesText(times, WORDS),
      ...(times.more > 0 ? [`And ${times.more} more, which took less time in all.`] : []),
    ];
    const drawing = drawFrameTimes(times, WIDTH, WORDS, use?.shots ?? []);
    await write({ heading, alt, text, file: 'frame-times.svg' }, svgText(drawing, alt));
  }
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
