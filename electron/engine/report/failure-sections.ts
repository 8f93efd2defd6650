import type { BatchResult, RunInfo } from '../../../shared/batch.ts';
import { CAUSE_FACTS, type Failure } from '../../../shared/failure.ts';
import { formatFrames } from '../../../shared/frames.ts';
import { grouped } from '../../../shared/grouped.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { type FrameIn, framesIn } from '../../../shared/job-state.ts';
import { fenced, inline, logLine } from './escape.ts';
import { batchCommand, isWindows, repeatCommand } from './repeat-command.ts';
import { counted } from './summary.ts';

/** One section for each shot with something that failed: why, what to do, the log, the command. */
export function failureSections(result: BatchResult): readonly string[] {
  const bad = result.jobs.filter((job) => job.status === 'failed' || job.counts.failed > 0);
  return bad.map((job) => section(job, result.run));
}

function section(job: BatchJob, run: RunInfo): string {
  const groups = failedFrames(job);
  const first = failureIn(groups[0]);
  const failure = job.error ?? first;
  const evidence = (failure?.evidence.length ? failure : first)?.evidence ?? [];
  const parts = [
    `### ${inline(job.name)}`,
    bullets([
      ...(failure ? about(failure) : []),
      ...groups.map((group) => groupLine(group, failure)),
      job.counts.total > 0 ? `**Frames on disk:** ${job.counts.done} of ${job.counts.total}` : null,
      `**Shot file:** ${inline(job.shotFile)}`,
    ]),
  ];
  if (evidence.length > 0) {
    // A shot file that can't be read fails before any Blender is started.
    const whose = job.startTime === null ? 'What is wrong in its files:' : 'What Blender said:';
    parts.push(whose, fenced(evidence.flatMap(logLines), 'text'));
  }
  const language = isWindows(run) ? 'powershell' : 'sh';
  parts.push('To render this shot again:', fenced([repeatCommand(job, run)], language));
  return parts.join('\n\n');
}

function about(failure: Failure): readonly string[] {
  return [
    `**Cause:** ${inline(CAUSE_FACTS[failure.cause].label)}`,
    `**What happened:** ${inline(failure.message)}`,
    ...(failure.node === undefined ? [] : [`**Node:** ${inline(failure.node)}`]),
    `**What to do:** ${inline(failure.nextStep)}`,
  ];
}

type FailedFrame = FrameIn<'failed'>;

/** The failed frames by what happened to them, in order of their first frame. */
function failedFrames(job: BatchJob): readonly (readonly FailedFrame[])[] {
  return [...grouped(framesIn(job, 'failed'), ({ state }) => state.failure.cause).values()];
}

function failureIn([first]: readonly FailedFrame[] = []): Failure | null {
  return first?.state.failure ?? null;
}

function groupLine(group: readonly FailedFrame[], told: Failure | null): string {
  const frames = group.map(({ frame }) => frame);
  const failure = failureIn(group) as Failure;
  const numbers = `**Failed frame${frames.length === 1 ? '' : 's'}:** ${formatFrames(frames)}`;
  if (failure.cause === told?.cause) return numbers;
  return `${numbers} (${inline(`${CAUSE_FACTS[failure.cause].label}: ${failure.message} ${failure.nextStep}`)})`;
}

function bullets(lines: readonly (string | null)[]): string {
  return lines.flatMap((line) => (line === null ? [] : [`- ${line}`])).join('\n');
}

function logLines(text: string): readonly string[] {
  return text.split(/\r\n|[\r\n\u2028\u2029]/u).map(logLine);
}

/** What is left for a person to do, the most urgent first. There is always something to say. */
export function nextSteps(result: BatchResult): string {
  const steps = [...mendFailures(result.jobs), ...lookAtWarned(result.jobs)];
  const left = result.jobs.filter(({ status }) => status !== 'completed');
  if (left.length > 0) steps.push(result.live ? WAIT : renderAgain(left));
  if (steps.length === 0)
    return `Nothing needs you. The frames are in ${inline(result.run.outputRoot)}.`;
  const list = steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
  if (left.length === 0 || result.live) return list;
  const language = isWindows(result.run) ? 'powershell' : 'sh';
  return [list, fenced([batchCommand(result.run)], language)].join('\n\n');
}

const WAIT = 'Let it render to its end; this report then says more.';
const NAMED = 5;

/** One step for all shots that want the same. */
function mendFailures(jobs: readonly BatchJob[]): readonly string[] {
  const failed = jobs.filter(({ status, error }) => status === 'failed' && error);
  const groups = grouped(failed, ({ error }) => `${error?.cause} ${error?.nextStep}`);
  return [...groups.values()].map((group) => {
    const failure = group[0]?.error;
    if (!failure) return '';
    return `${named(group)} (${inline(CAUSE_FACTS[failure.cause].label)}): ${inline(failure.nextStep)}`;
  });
}

function lookAtWarned(jobs: readonly BatchJob[]): readonly string[] {
  // One that was rendered in order is right; the warning tells how it gets faster.
  const warned = jobs.filter(({ warnings }) =>
    warnings.some(({ cause }) => cause !== 'simulation-not-baked'),
  );
  if (warned.length === 0) return [];
  return [`Look at ${named(warned)} before you use ${warned.length === 1 ? 'it' : 'them'}.`];
}

function renderAgain(left: readonly BatchJob[]): string {
  const frames = left.reduce((sum, { counts }) => sum + counts.total - counts.done, 0);
  const what = frames > 0 ? `${counted(frames, 'frame')} of ` : '';
  return `Render the folder again, in the window or by this line: it goes on with what is missing (${what}${counted(left.length, 'shot')}) and renders nothing twice.`;
}

function named(jobs: readonly BatchJob[]): string {
  const names = jobs.slice(0, NAMED).map(({ name }) => `**${inline(name)}**`);
  const more = jobs.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
