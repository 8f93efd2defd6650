import type { BatchResult } from '../../../shared/batch.ts';
import { CAUSE_FACTS } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { fenced, inline } from './escape.ts';
import { counted } from './headline.ts';
import { batchCommand, isWindows } from './repeat-command.ts';

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
  const groups = new Map<string, BatchJob[]>();
  for (const job of jobs) {
    if (job.status !== 'failed' || !job.error) continue;
    const key = `${job.error.cause} ${job.error.nextStep}`;
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
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
