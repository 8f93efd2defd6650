import type { BatchResult } from '../../../shared/batch.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { compareVersions } from '../../blender/find-blender.ts';
import { inline, table } from './escape.ts';
import { counted } from './headline.ts';
import { doneFrames } from './tally.ts';

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

/** Whether frames of more than one known version are among those that are done. */
export function isMixed({ frames }: BatchJob): boolean {
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
  const byVersion = new Map<string, number[]>();
  for (const { frame, record } of doneFrames(job)) {
    const version = record.blender ?? UNKNOWN;
    const frames = byVersion.get(version);
    if (frames) frames.push(frame);
    else byVersion.set(version, [frame]);
  }
  const parts = [...byVersion]
    .sort(([a], [b]) => order(a, b))
    .map(([version, frames]) => `${formatFrames(frames)} by ${inline(version)}`);
  return `- **${inline(job.name)}**: ${parts.join('; ')}`;
}
