import { type HeadStart, offerHeadStart, withdrawHeadStart } from '../blender/head-start.ts';
import { processOutput } from './output.ts';
import { runCommandLine } from './program.ts';

/**
 * Runs the command line of this process, and ends it.
 * @param begun a Blender that may be needed, and is gone at the end
 */
export async function main(begun: HeadStart | null = null): Promise<never> {
  offerHeadStart(begun);
  const output = processOutput();
  const exitCode = await runCommandLine(process.argv.slice(2), output);
  await Promise.all([output.drained(), withdrawHeadStart()]);
  process.exit(exitCode);
}
