import { finishedEvent, jobFinishedEvent, jsonEvent } from './json-events.ts';
import type { Output } from './output.ts';
import type { RunView } from './run-view.ts';

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
