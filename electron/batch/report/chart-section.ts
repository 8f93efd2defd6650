import type { ReportChart } from './chart-files.ts';
import { inline } from './escape.ts';
import { linkTo } from './report-files.ts';

/** A chart with the same in words under it. @param folder the folder of the pictures, as seen from the report */
export function chartSection(chart: ReportChart, folder: string): readonly string[] {
  const { heading, alt, file, text } = chart;
  return [
    `## ${heading}`,
    `![${inline(alt)}](${linkTo(folder, file)})`,
    text.map((line) => `- ${inline(line)}`).join('\n'),
  ];
}
