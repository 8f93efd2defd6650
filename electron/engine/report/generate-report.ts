import { basename } from 'node:path';
import type { BatchResult } from '../../../shared/batch.ts';
import { durationText } from '../../../shared/duration-text.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import { blenderSection } from './blender-section.ts';
import { chartSection, type ReportChart } from './chart-files.ts';
import { type ContactSheet, contactSection } from './contact-sheet.ts';
import { inline, table } from './escape.ts';
import { failureSections } from './failure-sections.ts';
import { batchHeadline } from './headline.ts';
import { jobTable, slowestFrames } from './job-table.ts';
import { nextSteps } from './next-steps.ts';
import { nightSection, warningSection } from './night-sections.ts';
import { settingsTable } from './settings-table.ts';
import { tally } from './tally.ts';

/** What stands beside a report that is written as a file. */
export interface ReportPictures {
  /** Name of the folder beside the report. */
  readonly folder: string;
  readonly sheet: ContactSheet;
  readonly charts: readonly ReportChart[];
}

/**
 * What came of a batch as Markdown (GFM), for GitHub and for a plain editor: what failed, the shots, what to do
 * next. The same result gives the same text; times are in this machine's zone, which the text names.
 * @param pictures written beside the report; without them the text stands alone
 */
export function generateBatchReport(
  result: BatchResult,
  pictures: ReportPictures | null = null,
): string {
  const name = inline(basename(result.run.folder)) || 'batch';
  const failures = failureSections(result);
  const slowest = slowestFrames(result, 10);
  const warnings = warningSection(result);
  const night = nightSection(result);
  const blenders = blenderSection(result);
  const sheet = pictures && pictures.sheet.strips.length > 0 ? pictures : null;
  const parts = [
    `# Nightshift report: ${name}`,
    batchHeadline(result),
    '## Summary',
    summaryTable(result),
    ...(failures.length > 0 ? ['## Failed shots', ...failures] : []),
    ...(warnings === null ? [] : ['## Worth a look', warnings]),
    ...(result.jobs.length > 0 ? ['## Shots', jobTable(result)] : []),
    ...(sheet ? ['## Contact sheet', contactSection(sheet.sheet, sheet.folder)] : []),
    ...(result.jobs.length > 0 ? ['## What to do next', nextSteps(result)] : []),
    ...(pictures?.charts.flatMap((chart) => chartSection(chart, pictures.folder)) ?? []),
    ...(night === null ? [] : ['## What the night met', night]),
    ...(result.problems.length > 0 ? ['## Problems found', problemList(result.problems)] : []),
    ...(blenders === null ? [] : ['## Which Blender rendered what', blenders]),
    ...(slowest === null ? [] : ['## Slowest frames', slowest]),
    '## Settings and machine',
    settingsTable(result),
  ];
  return `${parts.join('\n\n')}\n`;
}

function summaryTable(result: BatchResult): string {
  const sums = tally(result);
  const rows: [string, string][] = [
    ['Shots', String(result.totalJobs)],
    ['Completed', String(result.completed)],
    ['Failed', String(result.failed)],
    ['Skipped', String(result.skipped)],
    ['Cancelled', String(result.cancelled)],
    ...(sums.unfinished > 0 ? [['Not finished', String(sums.unfinished)] as [string, string]] : []),
    ['Success rate', percent(result.completed, result.totalJobs)],
    ['Wall time', durationText(result.durationSeconds + result.pausedSeconds)],
    ...(result.pausedSeconds > 0
      ? [['Of this paused', durationText(result.pausedSeconds)] as [string, string]]
      : []),
    ['Blender time', durationText(sums.blenderSeconds)],
    ['Frames on disk', `${sums.done} of ${sums.frames}${unknownFrames(sums.unplanned)}`],
    ['Frames rendered in this run', String(sums.done - sums.kept)],
    ['Frames reused from before', String(sums.kept)],
    ['Frames failed', String(sums.failed)],
    ['Retries', String(sums.retries)],
  ];
  const columns = [
    { title: 'Summary', align: 'left' },
    { title: '', align: 'right' },
  ] as const;
  return table(columns, rows);
}

function unknownFrames(shots: number): string {
  if (shots === 0) return '';
  return ` (and ${shots} shot${shots === 1 ? '' : 's'} never opened)`;
}

/** Rounded down, so that only a batch without any failure says 100 %. */
function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.floor((part / whole) * 100)} %`;
}

function problemList(problems: readonly ShotProblem[]): string {
  return problems
    .map(({ severity, file, line, column, message }) => {
      const place = [file, line, line === null ? null : column].filter((part) => part !== null);
      return `- **${severity}**, ${inline(place.join(':'))}: ${inline(message)}`;
    })
    .join('\n');
}
