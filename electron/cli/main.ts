import { processOutput } from './output.ts';
import { runCommandLine } from './program.ts';

/** Runs the command line of this process, and ends it. */
export async function main(): Promise<never> {
  const output = processOutput();
  const exitCode = await runCommandLine(process.argv.slice(2), output);
  await output.drained();
  process.exit(exitCode);
}
