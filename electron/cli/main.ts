import { processOutput } from './output.ts';
import { runCommandLine } from './program.ts';

const output = processOutput();
const exitCode = await runCommandLine(process.argv.slice(2), output);
await output.drained();
process.exit(exitCode);
