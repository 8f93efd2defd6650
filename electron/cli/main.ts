import { processOutput } from './output.ts';
import { runCommandLine } from './program.ts';

// Loading this file runs the command line of this process and ends it. CommonJS has no `await` up here.
void run();

async function run(): Promise<never> {
  const output = processOutput();
  const exitCode = await runCommandLine(process.argv.slice(2), output);
  await output.drained();
  process.exit(exitCode);
}
