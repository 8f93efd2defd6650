import type { BatchProgress, BatchResult, RunInfo } from '../../shared/batch.ts';
import { durationText } from '../../shared/duration-text.ts';
import type { BatchSignal, JobEvent } from '../../shared/events.ts';
import { CAUSE_FACTS, type Failure } from '../../shared/failure.ts';
import { clusterOf } from '../../shared/hosts.ts';
import { poolText, recoveryText } from '../../shared/incident-text.ts';
import type { BatchJob } from '../../shared/job.ts';
import { hasUnproved } from '../../shared/kept-scene.ts';
import { keptText } from '../../shared/kept-text.ts';
import { olderNote, savedText, undecidedFrames } from '../../shared/older-files.ts';
import { placePath } from '../../shared/picked-files.ts';
import { printable } from '../../shared/safe-text.ts';
import { clockText } from '../../shared/schedule.ts';
import { titleOf } from '../../shared/test-pass.ts';
import { batchHeadline } from '../engine/index.ts';
import type { Output } from './output.ts';
import type { RenderOptions } from './render-options.ts';

/** One way to show a batch that is being rendered. */
export interface RunView {
  onSignal(signal: BatchSignal, progress: () => BatchProgress): void;
  /** Something to say beside the progress. */
  say(text: string): void;
  onResult(result: BatchResult): void;
  /** Nothing more is shown. Idempotent. */
  stop(): void;
}

/**
 * Why places on a cluster are waited for, each time that it is another reason; `null`: nothing new. Many lanes wait for
 * the same, so that it is told once until one of them is given its place.
 */
export function waitingTold(): (signal: BatchSignal) => string | null {
  let told: string | null = null;
  return (signal) => {
    if (signal.type !== 'worker') return null;
    const { state } = signal;
    if (state.status === 'rendering') told = null;
    if (state.status !== 'asking' || state.why === null || state.why === told) return null;
    told = state.why;
    return told;
  };
}

/** For a log file or a pipe: one line for each thing that happened. */
export function plainLines(output: Output): RunView {
  const waiting = waitingTold();
  return {
    onSignal: (signal) => {
      const why = waiting(signal);
      if (why !== null) output.line(`Waiting for a node: ${why}.`);
      const line = lineOf(signal);
      if (line) output.line(line.text);
    },
    say: (text) => output.line(text),
    onResult: () => {},
    stop: () => {},
  };
}

export interface Line {
  readonly level: 'frame' | 'good' | 'bad' | 'warn' | 'info';
  readonly text: string;
}

/** What a signal says to a person, in one line; `null`: nothing. */
export function lineOf(signal: BatchSignal): Line | null {
  if (signal.type !== 'event') return null;
  if (signal.job) return jobLine(signal.event, signal.job);
  const { event } = signal;
  switch (event.type) {
    case 'batch-started':
      return info(startLine(event.run));
    case 'batch-paused':
      return info(event.message);
    case 'batch-unpaused':
      return info('Going on.');
    case 'pool-changed':
      return line(event.workers < event.of ? 'warn' : 'info', poolText(event));
    case 'workers-chosen':
      return info(event.message);
    case 'place-lost':
    case 'node-left-out':
      return line('warn', event.message);
    case 'batch-recovered':
      return info(recoveryText(event.found));
    case 'jobs-gone':
    case 'batch-finished':
      return null;
  }
}

/** How a shot ended. */
export function endLine(job: BatchJob): Line | null {
  const { done, total, kept } = job.counts;
  switch (job.status) {
    case 'completed': {
      const before = kept > 0 ? `, ${kept} of them from before` : '';
      const warnings = job.warnings.length > 0 ? ` Worth a look: ${warningCount(job)}.` : '';
      const frames = `${total} frame${total === 1 ? '' : 's'}`;
      return line('good', `${job.name}: complete, ${frames}${before}.${warnings}`);
    }
    case 'failed': {
      const cause = job.error
        ? ` (${CAUSE_FACTS[job.error.cause].label}). ${sentence(job.error)}`
        : '.';
      return line('bad', `${job.name}: failed${cause}`);
    }
    case 'cancelled':
      return info(
        job.plan === null
          ? `${job.name}: cancelled before it was opened.`
          : `${job.name}: cancelled with ${done} of ${total} frames done.`,
      );
    case 'skipped':
      return job.error
        ? line('warn', `${job.name}: not started. ${sentence(job.error)}`)
        : info(`${job.name}: not started, since the batch stops at the first failure.`);
    case 'waiting':
    case 'running':
      return null;
  }
}

/** The first warning in full; a shot with hundreds of missing textures does not flood the terminal. */
function warningLine(job: BatchJob): Line | null {
  const [first] = job.warnings;
  if (!first) return null;
  const more = job.warnings.length - 1;
  const rest = more === 0 ? '' : ` (and ${more} more: the report names all)`;
  return line('warn', `${job.name}: warning: ${first.message}${rest}`);
}

function jobLine(event: JobEvent, job: BatchJob): Line | null {
  switch (event.type) {
    case 'job-started': {
      const { done, total } = job.counts;
      // Cut off before the last comparison: nothing is left to render, unless that comes out otherwise.
      if (done === total && hasUnproved(job)) {
        const frames = total === 1 ? 'its frame is' : `all ${total} frames are`;
        return info(`${job.name}: ${frames} done; whether its scene was kept rightly is checked.`);
      }
      return info(
        `${job.name}: started${done === 0 ? '' : `, ${done} of ${total} frames are done`}.`,
      );
    }
    case 'job-finished':
      return endLine(job);
    case 'job-rested': {
      const count = `${job.counts.done} of ${job.counts.total} frames are done`;
      return line('good', `${job.name}: the frames that were asked for are done. In all ${count}.`);
    }
    case 'job-saved':
      return event.same ? null : olderLine(job);
    case 'job-warned':
      return warningLine(job);
    case 'job-retried':
      return info(`${job.name}: ${event.failure.message} Trying it again.`);
    case 'scene-checked': {
      if (event.same) return null;
      const text = `with a kept scene frame ${event.checked} came out otherwise. What is not proved is rendered again, and the scene is built anew for each frame.`;
      return line('warn', `${job.name}: ${text}`);
    }
    case 'scene-anew': {
      const text = keptText(job);
      return text === null ? null : info(`${job.name}: ${text}`);
    }
    case 'frame-done': {
      const count = `${job.counts.done} of ${job.counts.total}`;
      const seconds = durationText(event.record.seconds);
      return line('frame', `${job.name}: frame ${event.frame} done in ${seconds} (${count}).`);
    }
    case 'frame-failed': {
      const next = event.willRetry ? 'Trying it again.' : event.failure.nextStep;
      const { cause, message } = event.failure;
      return line(
        'bad',
        `${job.name}: frame ${event.frame} failed (${CAUSE_FACTS[cause].label}). ${message} ${next}`,
      );
    }
    default:
      return null;
  }
}

/** Frames of a shot that stay though its files were saved after them. */
function olderLine(job: BatchJob): Line | null {
  const note = olderNote(job, undecidedFrames(job));
  if (note === null) return null;
  const text = savedText(note, (at) => `at ${clockText(at)}`);
  return line('warn', `${job.name}: ${text}. They stay; ${DECIDE}.`);
}

const DECIDE = '--saved again renders them again, --saved keep leaves it at that';

function warningCount({ warnings }: BatchJob): string {
  return warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
}

function startLine(run: RunInfo): string {
  const used = run.blenders ?? (run.blender ? [run.blender] : []);
  const versions = [...new Set(used.map(({ version }) => version))];
  const blender = versions.length > 0 ? `Blender ${versions.join(' and ')}` : 'no Blender';
  const count = `${run.workers} worker${run.workers === 1 ? '' : 's'}`;
  const isChosen = run.config.workers === 0 && clusterOf(run.config) === null && run.workers > 1;
  const workers = isChosen ? `up to ${count}` : count;
  return `Rendering ${titleOf(placePath(run), run.test)} with ${blender} on ${workers} into ${run.outputRoot}.`;
}

function sentence(failure: Failure): string {
  return `${failure.message} ${failure.nextStep}`;
}

function info(text: string): Line {
  return line('info', text);
}

function line(level: Line['level'], text: string): Line {
  return { level, text: printable(text) };
}

/** What is said at the very end: how it went, what failed, where things are, how to go on. */
export function summaryLines(
  result: BatchResult,
  options: Pick<RenderOptions, 'fresh' | 'again' | 'rejected' | 'report'>,
): readonly string[] {
  // The problems that were told say why there is no shot.
  if (result.totalJobs === 0) return [];
  const failed = result.jobs.filter(
    ({ status, error }) => status === 'failed' || (status === 'skipped' && error !== null),
  );
  const lines = ['', batchHeadline(result), ...failed.flatMap((job) => endLine(job)?.text ?? [])];
  lines.push(...warningLines(result.jobs));
  lines.push(...result.jobs.flatMap((job) => olderLine(job)?.text ?? []).slice(0, MOST_WARNED));
  if (result.jobs.some((job) => job.counts.done > 0)) {
    lines.push(printable(`The frames are in ${result.run.outputRoot}.`));
  }
  if (options.report) lines.push(printable(`The report is ${options.report}.`));
  if (result.outcome === 'cancelled' || result.outcome === 'interrupted') {
    const once = (['fresh', 'again', 'rejected'] as const).filter((option) => options[option]);
    const without = once.map((option) => ` without --${option}`).join('');
    lines.push(`To resume, run the same command again${without}.`);
  }
  return lines;
}

/** A missing texture must not be lost among a thousand lines of frames. */
function warningLines(jobs: readonly BatchJob[]): readonly string[] {
  const warned = jobs.filter(({ warnings }) => warnings.length > 0);
  const lines = warned.slice(0, MOST_WARNED).flatMap((job) => warningLine(job)?.text ?? []);
  const more = warned.length - lines.length;
  return more === 0 ? lines : [...lines, `${more} more shots have warnings: the report names all.`];
}

const MOST_WARNED = 10;
