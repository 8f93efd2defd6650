import type { Output } from './output.ts';

/** What the commands share: where to write, and how the process will end. */
export interface Session {
  readonly output: Output;
  exitCode: number;
}
