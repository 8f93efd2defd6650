import { lineOf } from './job-lines.ts';
import type { Output } from './output.ts';
import type { RunView } from './run-view.ts';

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
