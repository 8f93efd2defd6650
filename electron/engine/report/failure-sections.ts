import type { BatchResult, RunInfo } from '../../../shared/batch.ts';
import { CAUSE_FACTS, type Failure } from '../../../shared/failure.ts';
import { formatFrames } from '../../../shared/frames.ts';
import { grouped } from '../../../shared/grouped.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { bullets, counted, fenced, inline, logLine } from './escape.ts';
import { batchCommand, isWindows, repeatCommand } from './repeat-command.ts';

/** Returns a part for each shot with a failure: why, what to do, the log, the command; `null`: none failed. */
export function failureSections(result: BatchResult): string | null {
  const bad = result.jobs.filter((job) => job.status === 'failed' || job.counts.failed > 0);
  return bad.length === 0 ? null : bad.map((job) => section(job, result.run)).join('\n\n');
}

function section(job: BatchJob, run: RunInfo): string {
  const failed = framesIn(job, 'failed').map(({ frame, state }) => ({ frame, ...state.failure }));
  const [first = null] = failed;
  const failure = job.error ?? first;
  const evidence = (failure?.evidence.length ? failure : first)?.evidence ?? [];
  const groups = [...grouped(failed, ({ cause }) => cause).values()];
  const facts = bullets([
    ...(failure ? about(failure) : []),
    ...groups.map((group) => {
      const frames = group.map(({ frame }) => frame);
      const [each] = group;
      const numbers = `**Failed frame${frames.length === 1 ? '' : 's'}:** ${formatFrames(frames)}`;
      return !each || each.cause === failure?.cause
        ? numbers
        : `${numbers} (${inline(`${CAUSE_FACTS[each.cause].label}: ${each.message} ${each.nextStep}`)})`;
    }),
    ...(job.counts.total > 0
      ? [`**Frames on disk:** ${job.counts.done} of ${job.counts.total}`]
      : []),
    `**Shot file:** ${inline(job.shotFile)}`,
  ]);
  // A shot file that can't be read fails before Blender starts.
  const whose = job.startTime === null ? 'What is wrong in its files:' : 'What Blender said:';
  return [
    `### ${inline(job.name)}`,
    facts,
    ...(evidence.length > 0 ? [whose, fenced(evidence.flatMap(logLines), 'text')] : []),
    'To render this shot again:',
    command(repeatCommand(job, run), run),
  ].join('\n\n');
}

function about(failure: Failure): readonly string[] {
  return [
    `**Cause:** ${inline(CAUSE_FACTS[failure.cause].label)}`,
    `**What happened:** ${inline(failure.message)}`,
    ...(failure.node === undefined ? [] : [`**Node:** ${inline(failure.node)}`]),
    `**What to do:** ${inline(failure.nextStep)}`,
  ];
}

function logLines(text: string): readonly string[] {
  return text.split(/\r\n|[\r\n\u2028\u2029]/u).map(logLine);
}

function command(line: string, run: RunInfo): string {
  return fenced([line], isWindows(run) ? 'powershell' : 'sh');
}

/** Returns what is left for a person to do, the most urgent first; never empty. */
export function nextSteps({ jobs, live, run }: BatchResult): string {
  const left = jobs.filter(({ status }) => status !== 'completed');
  const steps = [...repairSteps(jobs), ...warningSteps(jobs)];
  if (left.length > 0) {
    steps.push(live ? 'Let it render to its end; this report then says more.' : renderAgain(left));
  }
  if (steps.length === 0) return `Nothing needs you. The frames are in ${inline(run.outputRoot)}.`;
  const list = steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
  return left.length === 0 || live ? list : `${list}\n\n${command(batchCommand(run), run)}`;
}

/** One step for all shots that need the same. */
function repairSteps(jobs: readonly BatchJob[]): readonly string[] {
  const failed = jobs.flatMap((job) =>
    job.status === 'failed' && job.error ? [{ job, ...job.error }] : [],
  );
  const groups = grouped(failed, ({ cause, nextStep }) => `${cause} ${nextStep}`);
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ cause, nextStep }) => {
      const shots = names(group.map(({ job }) => job));
      return `${shots} (${inline(CAUSE_FACTS[cause].label)}): ${inline(nextStep)}`;
    }),
  );
}

function warningSteps(jobs: readonly BatchJob[]): readonly string[] {
  // A simulation that is not baked is rendered right, only slower.
  const warned = jobs.filter(({ warnings }) =>
    warnings.some(({ cause }) => cause !== 'simulation-not-baked'),
  );
  if (warned.length === 0) return [];
  return [`Look at ${names(warned)} before you use ${warned.length === 1 ? 'it' : 'them'}.`];
}

function renderAgain(left: readonly BatchJob[]): string {
  const frames = left.reduce((sum, { counts }) => sum + counts.total - counts.done, 0);
  const what = frames > 0 ? `${counted(frames, 'frame')} of ` : '';
  return `Render the folder again, in the window or by this line: it goes on with what is missing (${what}${counted(left.length, 'shot')}) and renders nothing twice.`;
}

const NAMED = 5;

function names(jobs: readonly BatchJob[]): string {
  const more = jobs.length - NAMED;
  const first = jobs.slice(0, NAMED).map(({ name }) => `**${inline(name)}**`);
  return [...first, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
