import type { BatchProgress, BatchResult } from '../../shared/batch.ts';
import type { BatchSignal } from '../../shared/events.ts';
import { lineOf } from './job-lines.ts';
import { finishedEvent, jobFinishedEvent, jsonEvent } from './json-events.ts';
import type { Output } from './output.ts';

/** One way to show a batch that is being rendered. */
export interface RunView {
  onSignal(signal: BatchSignal, progress: () => BatchProgress): void;
  /** Something to say beside the progress. */
  say(text: string): void;
  onResult(result: BatchResult): void;
  /** Nothing more is shown. Idempotent. */
  stop(): void;
}

/** For a program: one event a line on standard output, and nothing else there. */
export function jsonLines(output: Output): RunView {
  const ended = new Set<string>();
  return {
    onSignal: (signal) => {
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

/** For a log file or a pipe: one line for each thing that happened. */
export function plainLines(output: Output): RunView {
  return {
    onSignal: (signal) => {
      const line = lineOf(signal);
      if (line) output.line(line.text);
    },
    say: (text) => output.line(text),
    onResult: () => {},
    stop: () => {},
  };
}
