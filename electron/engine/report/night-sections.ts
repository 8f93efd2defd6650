import type { BatchResult } from '../../../shared/batch.ts';
import { compareVersions } from '../../../shared/blender-install.ts';
import {
  percentText,
  type UseLane,
  type WorkerUse,
  workShare,
} from '../../../shared/charts/night-charts.ts';
import { durationText } from '../../../shared/duration-text.ts';
import { formatFrames } from '../../../shared/frames.ts';
import { grouped } from '../../../shared/grouped.ts';
import {
  placeText,
  poolText,
  recoverySentences,
  retriesText,
} from '../../../shared/incident-text.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesIn, poisonedFrames } from '../../../shared/job-state.ts';
import { keptText } from '../../../shared/kept-text.ts';
import type { Incident } from '../../../shared/night.ts';
import {
  madeFromText,
  numbersOf,
  olderFrames,
  undecidedFrames,
} from '../../../shared/older-files.ts';
import { inline, localTime, table } from './escape.ts';
import { counted } from './summary.ts';

/** What the night met and went on from, a line each; `null`: nothing. */
export function nightSection({ night, jobs }: BatchResult): string | null {
  const lines = [
    ...night.incidents.flatMap(incidentLines),
    ...(night.more > 0 ? [`and ${counted(night.more, 'more incident')}.`] : []),
    ...jobs.flatMap(jobLines),
  ];
  return lines.length === 0 ? null : lines.map((line) => `- ${line}`).join('\n');
}

/** Shots that were rendered although something in them is missing; `null`: none. */
export function warningSection({ jobs }: BatchResult): string | null {
  const lines = jobs.flatMap(({ name, warnings }) =>
    warnings.map(({ message }) => `- **${inline(name)}**: ${inline(message)}`),
  );
  if (lines.length === 0) return null;
  const why = 'Blender rendered on without a word, so look at these shots before you use them.';
  return [why, lines.join('\n')].join('\n\n');
}

/** Which frames are of which files, where these were saved since; `null`: all are of the files as they are. */
export function olderSection({ jobs, run }: BatchResult): string | null {
  const lines = jobs.flatMap((job) => {
    const older = olderFrames(job);
    const left = job.counts.done - numbersOf(older).length;
    const rest = left === 0 ? '' : ` ${counted(left, 'frame')} of the files as they are now.`;
    return older.map((made, index) => {
      const said = made.files.kept === true ? 'kept' : 'not decided yet';
      const last = index === older.length - 1 ? rest : '';
      const from = madeFromText(made.files, (at) => `at ${localTime(at)}`, made.mayShow);
      return `- **${inline(job.name)}**, frames ${formatFrames(made.frames)}: of ${inline(from)} (${said}).${last}`;
    });
  });
  if (lines.length === 0) return null;
  const parts = ['These frames stay, whatever was saved after them.', lines.join('\n')];
  if (jobs.every((job) => undecidedFrames(job).length === 0)) return parts.join('\n\n');
  const how = `To decide, render ${inline(run.folder)} with \`--saved again\`, which renders them again, or \`--saved keep\`; in the window each shot has both.`;
  return [...parts, how].join('\n\n');
}

/** Which way shots went whose scenes were kept from frame to frame, or were to be; `null`: none. */
export function keptSection({ jobs }: BatchResult): string | null {
  const lines = jobs.flatMap((job) => {
    const text = keptText(job);
    return text === null ? [] : [`- **${inline(job.name)}**: ${inline(text)}`];
  });
  return lines.length === 0 ? null : lines.join('\n');
}

function incidentLines(incident: Incident): readonly string[] {
  const at = localTime(incident.at);
  return incidentTexts(incident).map((text) => `${at}: ${inline(text)}`);
}

function incidentTexts(incident: Incident): readonly string[] {
  switch (incident.kind) {
    case 'interrupted':
      return [
        `The run broke off (a crash, a power cut or a kill). It went on at ${localTime(incident.until)}.`,
      ];
    case 'paused':
      return [pauseText(incident)];
    case 'pool-changed':
      return [poolText(incident)];
    case 'place-lost':
      return [placeText(incident)];
    case 'node-left-out':
      return [incident.message];
    case 'recovered':
      return recoverySentences(incident.found);
  }
}

function pauseText(pause: Extract<Incident, { kind: 'paused' }>): string {
  const why = pause.reason === 'disk-full' ? 'The disk was full' : 'It was asked to pause';
  if (pause.until === null) return `${why}, and it is still paused. ${pause.message}`;
  const lost = durationText(pause.pausedMs / 1000);
  const times = pause.times === 1 ? '' : `, ${pause.times} times until ${localTime(pause.until)}`;
  const what = pause.reason === 'disk-full' ? ` ${pause.message}` : '';
  return `${why}: no frame was started for ${lost}${times}.${what}`;
}

function jobLines(job: BatchJob): readonly string[] {
  const name = `**${inline(job.name)}**`;
  const lines: string[] = [];
  if (job.retryCount > 0) {
    const retries = job.retryCount === 1 ? '1 retry' : `${job.retryCount} retries`;
    const why = retriesText(job);
    lines.push(`${name}: ${retries}${why === '' ? '' : `, ${inline(why)}`}.`);
  }
  const poisoned = poisonedFrames(job);
  if (poisoned.length > 0) {
    const one = poisoned.length === 1;
    const which = `${one ? 'frame' : 'frames'} ${formatFrames(poisoned)}`;
    lines.push(`${name}: ${which} ${one ? 'crashes' : 'crash'} Blender every time.`);
  }
  return lines;
}

/** Which Blender rendered what: a line where it was one for all, else a table and the shots that are mixed; `null`: nothing is known. */
export function blenderSection({ jobs }: BatchResult): string | null {
  const byVersion = new Map<string, { shots: BatchJob[]; frames: number }>();
  for (const job of jobs) {
    for (const [version, count] of job.frames.blenders) {
      const key = version ?? UNKNOWN;
      const entry = byVersion.get(key) ?? { shots: [], frames: 0 };
      byVersion.set(key, { shots: [...entry.shots, job], frames: entry.frames + count });
    }
  }
  const versions = [...byVersion.keys()].sort((a, b) => order(a, b));
  const [only, another] = versions;
  if (only === undefined || (only === UNKNOWN && another === undefined)) return null;
  if (another === undefined) return `All frames were rendered by Blender ${inline(only)}.`;
  const rows = versions.map((version) => {
    const { shots = [], frames = 0 } = byVersion.get(version) ?? {};
    return [inline(version), String(frames), named(shots)];
  });
  const mixed = jobs.filter(isMixed).map(mixedLine);
  return [table(COLUMNS, rows), ...(mixed.length > 0 ? [MIXED, mixed.join('\n')] : [])].join(
    '\n\n',
  );
}

/**
 * Which node of a cluster rendered how many frames of what over the night, and which were left out and why; `null`: all
 * was on one computer.
 * @param use `null`: not known
 */
export function nodesSection({ night }: BatchResult, use: WorkerUse | null): string | null {
  const nodes = use?.lanes.filter(({ node }) => node !== null) ?? [];
  const leftOut = night.incidents.flatMap((incident) =>
    incident.kind === 'node-left-out' ? `- ${inline(incident.message)}` : [],
  );
  if (!use || nodes.length + leftOut.length === 0) return null;
  const rows = nodes.map((lane) => [
    inline(lane.node ?? ''),
    ...[lane.atOnce, lane.frames, lane.failed].map(String),
    percentText(workShare(lane, use)),
    doneText(lane),
  ]);
  const parts = [
    ...(rows.length > 0 ? [table(NODE_COLUMNS, rows)] : []),
    ...(leftOut.length > 0 ? ['Left out:', leftOut.join('\n')] : []),
  ];
  return parts.join('\n\n');
}

const NODE_COLUMNS = [
  { title: 'Node', align: 'left' },
  { title: 'Blenders', align: 'right' },
  { title: 'Frames', align: 'right' },
  { title: 'Failed tries', align: 'right' },
  { title: 'At work', align: 'right' },
  { title: 'Frames of each shot', align: 'left' },
] as const;

/** `hero 12, lamp 4`. */
function doneText({ done }: UseLane): string {
  const told = done.slice(0, MOST_NAMED).map(({ shot, frames }) => `${inline(shot)} ${frames}`);
  const more = done.length - told.length;
  return [...told, ...(more > 0 ? [`and ${counted(more, 'more shot')}`] : [])].join(', ');
}

/** Whether frames of more than one known version are among those that are done. */
function isMixed({ frames }: BatchJob): boolean {
  return [...frames.blenders.keys()].filter((version) => version !== null).length > 1;
}

const UNKNOWN = 'not known';
const MIXED =
  '**Mixed shots.** Frames of different versions may look different: compare them before you use the shot.';
const MOST_NAMED = 20;
const COLUMNS = [
  { title: 'Blender', align: 'left' },
  { title: 'Frames', align: 'right' },
  { title: 'Shots', align: 'left' },
] as const;

function order(a: string, b: string): number {
  if (a === UNKNOWN || b === UNKNOWN) return Number(a === UNKNOWN) - Number(b === UNKNOWN);
  return compareVersions(b, a);
}

function named(shots: readonly BatchJob[]): string {
  const names = shots.slice(0, MOST_NAMED).map(({ name }) => inline(name));
  const more = shots.length - names.length;
  return [...names, ...(more > 0 ? [`and ${counted(more, 'more shot')}`] : [])].join(', ');
}

function mixedLine(job: BatchJob): string {
  const byVersion = grouped(framesIn(job, 'done'), ({ state }) => state.record.blender ?? UNKNOWN);
  const parts = [...byVersion]
    .sort(([a], [b]) => order(a, b))
    .map(([version, done]) => {
      return `${formatFrames(done.map(({ frame }) => frame))} by ${inline(version)}`;
    });
  return `- **${inline(job.name)}**: ${parts.join('; ')}`;
}
