import { basename } from 'node:path';
import type { BatchResult, RunInfo } from '../../../shared/batch.ts';
import type { WorkerUse } from '../../../shared/charts/night-charts.ts';
import type { Chart } from '../../../shared/charts/parts.tsx';
import { durationText } from '../../../shared/duration-text.ts';
import { clusterOf } from '../../../shared/hosts.ts';
import type { Night } from '../../../shared/night.ts';
import { filesName } from '../../../shared/picked-files.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import { testText, titleOf } from '../../../shared/test-pass.ts';
import { hostOf } from '../../hosts/index.ts';
import { chartSection } from './chart-files.ts';
import { type ContactSheet, contactSection } from './contact-sheet.ts';
import { bullets, inline, localTime, table, timeZone } from './escape.ts';
import { failureSections, nextSteps } from './failure-sections.ts';
import { jobTable, slowestFrames } from './job-table.ts';
import {
  blenderSection,
  keptSection,
  nightSection,
  nodesSection,
  olderSection,
  warningSection,
} from './night-sections.ts';
import { batchHeadline, summaryTable } from './summary.ts';

/** What stands beside a report that is written as a file. */
export interface ReportPictures {
  /** Name of the folder beside the report. */
  readonly folder: string;
  readonly sheet: ContactSheet;
  readonly charts: readonly Chart[];
}

/**
 * What came of a batch as Markdown (GFM), for GitHub and for a plain editor: what failed, the shots, what to do
 * next. The same result gives the same text; times are in this machine's zone, which the text names.
 * @param pictures written beside the report; without them the text stands alone
 * @param use what the nodes of a cluster were at; without it they are not told of
 */
export function generateBatchReport(
  result: BatchResult,
  pictures: ReportPictures | null = null,
  use: WorkerUse | null = null,
): string {
  const { folder, test, files } = result.run;
  const own = files ? filesName(files) : basename(folder) || 'batch';
  const sheet = pictures && pictures.sheet.strips.length > 0 ? pictures : null;
  const sections: readonly (readonly [heading: string, body: string | null])[] = [
    ['Summary', summaryTable(result)],
    ['Failed shots', failureSections(result)],
    ['Worth a look', warningSection(result)],
    ['Made before files were saved', olderSection(result)],
    ['Shots', jobTable(result)],
    ['Contact sheet', sheet && contactSection(sheet.sheet, sheet.folder)],
    ['What to do next', result.jobs.length > 0 ? nextSteps(result) : null],
    ...(pictures?.charts ?? []).map((chart) => {
      return [chart.heading, chartSection(chart, pictures?.folder ?? '')] as const;
    }),
    ['What the night met', nightSection(result)],
    ['Problems found', bullets(result.problems.map(problemLine))],
    ['Nodes', nodesSection(result, use)],
    ['Which Blender rendered what', blenderSection(result)],
    ['Scenes kept from frame to frame', keptSection(result)],
    ['Slowest frames', slowestFrames(result, 10)],
    ['Settings and machine', settingsTable(result)],
  ];
  const parts = [
    `# Nightshift report: ${inline(titleOf(own, test))}`,
    batchHeadline(result),
    ...sections.flatMap(([heading, body]) => (body === null ? [] : [`## ${heading}`, body])),
  ];
  return `${parts.join('\n\n')}\n`;
}

function problemLine({ severity, file, line, column, message }: ShotProblem): string {
  const place = [file, line, line === null ? null : column].filter((part) => part !== null);
  return `**${severity}**, ${inline(place.join(':'))}: ${inline(message)}`;
}

const SAVED = {
  ask: 'stay until that is decided',
  keep: 'stay',
  again: 'are rendered again',
} as const;

const OTHER_BLENDER = {
  wait: 'the shot waits',
  again: 'are rendered again',
  mix: 'stay, mixed with others',
} as const;

function workersText(run: RunInfo, night: Night): string {
  if (run.config.workers > 0 || clusterOf(run.config) !== null) return String(run.workers);
  if (!night.chosen) return `${run.workers} (chosen by Nightshift)`;
  return `chosen by Nightshift, at last ${night.chosen.message}`;
}

/** How the batch was run: folders, limits, Blender, machine, and when. */
function settingsTable({ run, live, night }: BatchResult): string {
  const { config, blender, machine } = run;
  const blenders = run.blenders ?? (blender ? [blender] : []);
  const limit = (seconds: number | null, none: string) =>
    seconds === null ? none : durationText(seconds);
  const where = hostOf(config).describe(config);
  const yes = (value: boolean) => (value ? 'yes' : 'no');
  const rows = [
    ['Shot folder', run.folder],
    ...(run.files ? [['Only these files', run.files.join(', ')]] : []),
    ['Output folder', run.outputRoot],
    ...(run.test ? [['Test pass', testText(run.test)]] : []),
    ['Blender', blenders.map(({ version, path }) => `${version} (${path})`).join('; ') || 'none'],
    ...(where === null ? [] : [where]),
    ['Frames of another Blender', OTHER_BLENDER[config.otherBlender]],
    ['Workers', workersText(run, night)],
    ['Memory limit', config.memoryLimitMb === null ? 'what is free' : gib(config.memoryLimitMb)],
    ['Existing frames', config.existing],
    ['Frames older than their files', SAVED[config.saved]],
    ['Goes on from the checkpoint', yes(config.resumeOnFailure)],
    ['Retries of a frame', String(config.maxRetries)],
    ['Time limit of a shot', limit(config.timeoutSeconds, 'none')],
    ['Time limit of a frame', limit(config.frameTimeoutSeconds, 'none, only when it stalls')],
    ['Goes on after a failure', yes(config.continueOnError)],
    ['Folder trusted', yes(config.trusted)],
    ['Factory settings', yes(config.factoryStartup)],
    [
      'Machine',
      `${platform(machine.platform)}, ${machine.cores} cores, ${gib(machine.memoryMb)} of memory`,
    ],
    ['Started', localTime(run.startedAt)],
    ['Ended', endText(run.finishedAt, live)],
    ['Times are in', timeZone(run.startedAt)],
    ['Batch', run.batchId],
    ['Nightshift', run.nightshift],
  ];
  return table(
    ['Setting', 'Value'],
    rows.map((row) => row.map(inline)),
  );
}

function endText(finishedAt: number | null, live: boolean): string {
  if (live) return 'still rendering';
  return finishedAt === null ? 'not known' : localTime(finishedAt);
}

/** `linux 6.1` as `Linux 6.1`. */
function platform(name: string): string {
  return name
    .replace(/^linux/, 'Linux')
    .replace(/^darwin/, 'macOS')
    .replace(/^win32/, 'Windows');
}

function gib(memoryMb: number): string {
  return `${(memoryMb / 1024).toFixed(1)} GiB`;
}
