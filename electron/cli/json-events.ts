import { join } from 'node:path';
import type { BatchResult } from '../../shared/batch.ts';
import type { BatchSignal, JobEvent } from '../../shared/events.ts';
import { formatFrames } from '../../shared/frames.ts';
import type { BatchJob } from '../../shared/job.ts';
import { poisonedFrames } from '../../shared/job-state.ts';
import { numbersOf, undecidedFrames } from '../../shared/older-files.ts';
import { type RunView, waitingTold } from './job-lines.ts';
import type { JsonLine } from './json-line.ts';
import type { Output } from './output.ts';

/** For a program: one event a line on standard output, and nothing else there. */
export function jsonLines(output: Output): RunView {
  const ended = new Set<string>();
  const waiting = waitingTold();
  return {
    onSignal: (signal) => {
      const why = waiting(signal);
      if (why !== null) output.json({ type: 'waiting-for-node', why });
      if (signal.type === 'event' && signal.job) {
        if (signal.event.type === 'job-finished') ended.add(signal.job.id);
        if (signal.event.type === 'job-started') ended.delete(signal.job.id);
      }
      const event = jsonEvent(signal);
      if (event) output.json(event);
    },
    say: (text) => output.note(text),
    onResult: (result) => {
      // Shots that ended without an event of this run: unreadable, or complete before it.
      for (const job of result.jobs) {
        const over = job.status !== 'waiting' && job.status !== 'running';
        if (over && !ended.has(job.id)) output.json(jobFinishedEvent(job));
      }
      output.json(finishedEvent(result));
    },
    stop: () => {},
  };
}

/**
 * What `--json` tells of a signal; `null` for what it doesn't tell: logs, samples, frames that were
 * there before. The end of the batch is told by `finishedEvent`, which has the whole result.
 */
export function jsonEvent(signal: BatchSignal): JsonLine | null {
  if (signal.type !== 'event') return null;
  if (signal.job) return jobJsonEvent(signal.event, signal.job);
  const { event } = signal;
  switch (event.type) {
    case 'batch-started': {
      const { batchId, folder, outputRoot, test, files, workers, blender, machine, nightshift } =
        event.run;
      const { blenders = blender ? [blender] : [] } = event.run;
      return {
        type: event.type,
        batch: batchId,
        folder,
        outputRoot,
        ...(test && { test }),
        ...(files && { files }),
        workers,
        blender,
        blenders,
        machine,
        nightshift,
      };
    }
    case 'batch-paused':
      return { type: event.type, reason: event.reason, message: event.message };
    case 'batch-unpaused':
      return { type: event.type };
    case 'pool-changed': {
      const { workers, of, message } = event;
      return { type: event.type, workers, of, message };
    }
    case 'workers-chosen': {
      const { workers, threads, of, message } = event;
      return { type: event.type, workers, threads, of, message };
    }
    case 'place-lost': {
      const { node, cause, message } = event;
      return { type: event.type, node, cause, message };
    }
    case 'node-left-out':
      return { type: event.type, node: event.node, message: event.message };
    case 'batch-recovered':
      return { type: event.type, ...event.found };
    case 'jobs-gone':
    case 'batch-finished':
      return null;
  }
}

/** The last line: the result, as it is. */
export function finishedEvent(result: BatchResult): JsonLine {
  return { type: 'batch-finished', ...result };
}

/** How a shot ended, made of the shot itself. */
export function jobFinishedEvent(job: BatchJob): JsonLine {
  return {
    type: 'job-finished',
    ...about(job),
    status: job.status,
    cause: job.error?.cause ?? null,
    message: job.error?.message ?? null,
    nextStep: job.error?.nextStep ?? null,
    warnings: job.warnings.map(({ message }) => message),
    retries: job.retries,
    poisoned: poisonedFrames(job),
  };
}

function jobJsonEvent(event: JobEvent, job: BatchJob): JsonLine | null {
  switch (event.type) {
    case 'job-started':
      return { type: event.type, ...about(job) };
    case 'job-saved': {
      const { saved, files, same } = event;
      if (same) return null;
      const frames = formatFrames(numbersOf(undecidedFrames(job)));
      return { type: event.type, ...about(job), saved, files, frames };
    }
    case 'job-warned':
      return { type: event.type, ...about(job), warnings: event.warnings };
    case 'job-retried': {
      const { cause, message } = event.failure;
      return { type: event.type, ...about(job), cause, message };
    }
    case 'job-rested': {
      const { done, total } = job.counts;
      return { type: event.type, ...about(job), done, total };
    }
    case 'job-finished':
      return jobFinishedEvent(job);
    case 'frame-done': {
      const { file, seconds, blender = null } = event.record;
      const path = join(job.plan?.directory ?? job.outputPath, file);
      return { type: event.type, ...about(job), frame: event.frame, file: path, seconds, blender };
    }
    case 'scene-checked': {
      const { checked, same } = event;
      return { type: event.type, ...about(job), frame: checked, same };
    }
    case 'scene-anew':
      return { type: event.type, ...about(job), anew: event.anew };
    case 'frame-failed': {
      const { cause, message } = event.failure;
      const { frame, willRetry } = event;
      return { type: event.type, ...about(job), frame, cause, message, willRetry };
    }
    default:
      return null;
  }
}

function about(job: BatchJob): { readonly job: string; readonly name: string } {
  return { job: job.id, name: job.name };
}
