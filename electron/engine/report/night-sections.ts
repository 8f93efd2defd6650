import type { BatchResult } from '../../../shared/batch.ts';
import { compareVersions } from '../../../shared/blender-install.ts';
import { percentText, type WorkerUse, workShare } from '../../../shared/charts/night-charts.ts';
import { formatFrames } from '../../../shared/frames.ts';
import { grouped } from '../../../shared/grouped.ts';
import { incidentText, retriesText } from '../../../shared/incident-text.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesIn, poisonedFrames } from '../../../shared/job-state.ts';
import { keptText } from '../../../shared/kept-text.ts';
import {
  madeFromText,
  numbersOf,
  olderFrames,
  undecidedFrames,
} from '../../../shared/older-files.ts';
import { bullets, counted, inline, localTime, named, table } from './escape.ts';

// Sections of a report; `null`: there is nothing to report.

/** Lists incidents, retries, and frames that crash Blender. */
export function nightSection({ night, jobs }: BatchResult): string | null {
  return bullets([
    ...night.incidents.map((each) => `${localTime(each.at)}: ${inline(incidentText(each))}`),
    ...(night.more > 0 ? [`and ${counted(night.more, 'more incident')}.`] : []),
    ...jobs.flatMap(jobLines),
  ]);
}

function jobLines(job: BatchJob): readonly string[] {
  const name = `**${inline(job.name)}**`;
  const retries = job.retryCount === 1 ? '1 retry' : `${job.retryCount} retries`;
  const why = [retries, inline(retriesText(job))].filter((part) => part !== '').join(', ');
  const poisoned = poisonedFrames(job);
  const one = poisoned.length === 1;
  return [
    ...(job.retryCount > 0 ? [`${name}: ${why}.`] : []),
    ...(poisoned.length > 0
      ? [
          `${name}: ${one ? 'frame' : 'frames'} ${formatFrames(poisoned)} ${one ? 'crashes' : 'crash'} Blender every time.`,
        ]
      : []),
  ];
}

/** Lists warnings: Blender rendered these shots although something in them is missing. */
export function warningSection({ jobs }: BatchResult): string | null {
  const lines = jobs.flatMap(({ name, warnings }) =>
    warnings.map(({ message }) => `**${inline(name)}**: ${inline(message)}`),
  );
  const why = 'Blender rendered on without a word, so look at these shots before you use them.';
  return below(why, bullets(lines));
}

/** Lists frames rendered from an earlier version of their files. */
export function olderSection({ jobs, run }: BatchResult): string | null {
  const lines = jobs.flatMap((job) => {
    const older = olderFrames(job);
    const left = job.counts.done - numbersOf(older).length;
    const rest = left === 0 ? '' : ` ${counted(left, 'frame')} of the files as they are now.`;
    return older.map((made, index) => {
      const said = made.files.kept === true ? 'kept' : 'not decided yet';
      const last = index === older.length - 1 ? rest : '';
      const from = madeFromText(made.files, (at) => `at ${localTime(at)}`, made.mayShow);
      return `**${inline(job.name)}**, frames ${formatFrames(made.frames)}: of ${inline(from)} (${said}).${last}`;
    });
  });
  const list = below('These frames stay, whatever was saved after them.', bullets(lines));
  if (list === null || jobs.every((job) => undecidedFrames(job).length === 0)) return list;
  return `${list}\n\nTo decide, render ${inline(run.folder)} with \`--saved again\`, which renders them again, or \`--saved keep\`; in the window each shot has both.`;
}

/** Lists the shots with persistent data, and those where it was not possible. */
export function keptSection({ jobs }: BatchResult): string | null {
  return bullets(
    jobs.flatMap((job) => {
      const text = keptText(job);
      return text === null ? [] : [`**${inline(job.name)}**: ${inline(text)}`];
    }),
  );
}

const UNKNOWN = 'not known';

/** Names the versions of Blender: a sentence for a single one, else a table and the shots with several. */
export function blenderSection({ jobs }: BatchResult): string | null {
  const used = jobs.flatMap((job) =>
    [...job.frames.blenders].map(([version, frames]) => ({
      version: version ?? UNKNOWN,
      frames,
      job,
    })),
  );
  const versions = [...grouped(used, ({ version }) => version)].sort(([a], [b]) => order(a, b));
  const [only, another] = versions;
  if (!only || (only[0] === UNKNOWN && !another)) return null;
  if (!another) return `All frames were rendered by Blender ${inline(only[0])}.`;
  const rows = versions.map(([version, uses]) => [
    inline(version),
    String(uses.reduce((sum, { frames }) => sum + frames, 0)),
    named(uses.map(({ job }) => inline(job.name))),
  ]);
  const mixed = jobs.filter(
    ({ frames }) => [...frames.blenders.keys()].filter((version) => version !== null).length > 1,
  );
  const list = below(
    '**Mixed shots.** Frames of different versions may look different: compare them before you use the shot.',
    bullets(mixed.map(mixedLine)),
  );
  return [table(['Blender', '>Frames', 'Shots'], rows), ...(list === null ? [] : [list])].join(
    '\n\n',
  );
}

/** Newest first, the unknown version last. */
function order(a: string, b: string): number {
  if (a === UNKNOWN || b === UNKNOWN) return Number(a === UNKNOWN) - Number(b === UNKNOWN);
  return compareVersions(b, a);
}

function mixedLine(job: BatchJob): string {
  const byVersion = grouped(framesIn(job, 'done'), ({ state }) => state.record.blender ?? UNKNOWN);
  const parts = [...byVersion]
    .sort(([a], [b]) => order(a, b))
    .map(([version, done]) => {
      return `${formatFrames(done.map(({ frame }) => frame))} by ${inline(version)}`;
    });
  return `**${inline(job.name)}**: ${parts.join('; ')}`;
}

/** Shows the nodes of a cluster and what each rendered. @param use `null`: not known */
export function nodesSection({ night }: BatchResult, use: WorkerUse | null): string | null {
  const nodes = use?.lanes.filter(({ node }) => node !== null) ?? [];
  const excluded = bullets(
    night.incidents.flatMap((each) =>
      each.kind === 'node-left-out' ? [inline(each.message)] : [],
    ),
  );
  if (!use || (nodes.length === 0 && excluded === null)) return null;
  const rows = nodes.map((lane) => [
    inline(lane.node ?? ''),
    ...[lane.atOnce, lane.frames, lane.failed].map(String),
    percentText(workShare(lane, use)),
    named(lane.done.map(({ shot, frames }) => `${inline(shot)} ${frames}`)),
  ]);
  const titles = ['Node', '>Blenders', '>Frames', '>Failed tries', '>At work'];
  return [
    ...(rows.length > 0 ? [table([...titles, 'Frames of each shot'], rows)] : []),
    ...(excluded === null ? [] : ['Left out:', excluded]),
  ].join('\n\n');
}

function below(lead: string, list: string | null): string | null {
  return list === null ? null : `${lead}\n\n${list}`;
}
