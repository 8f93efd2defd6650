import { Command } from 'commander';
import type { Batch } from '../../../shared/batch.ts';
import type { FramePlan } from '../../../shared/job.ts';
import { printable } from '../../../shared/safe-text.ts';
import { checkBatch, EditRefused, splitShots, splitsOf } from '../../engine/index.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { factoryOption } from '../option-values.ts';
import { type Output, problemLine, type Session } from '../output.ts';
import { onlyShots, readShots } from '../shot-folder.ts';
import { addShotOptions, openingOf, type ShotOptions } from '../shot-options.ts';
import { watchInterrupts } from '../waits.ts';

interface SplitOptions extends ShotOptions {
  readonly cameras?: boolean;
}

export function splitCommand(session: Session): Command {
  const command = new Command('split')
    .description('Make a shot file for each scene of a .blend, or for each camera of its markers')
    .argument('<folder>', 'the folder that holds the shots')
    .option('--cameras', 'the cameras that markers of a scene switch to, each with its frames');
  return addShotOptions(command)
    .addOption(factoryOption())
    .addHelpText('after', HELP)
    .action(async (folder: string, options: SplitOptions) => {
      session.exitCode = await split(folder, options, session.output);
    });
}

const HELP = `
Each shot is opened once in Blender. The shot that is there keeps its name and its frames; the files of the others are written
beside its own, and none that is there is written over. nightshift check says what a file has.
Ends with 0: done, or there was nothing to make; 1: something went wrong; 2: wrong usage.

Examples:
  nightshift split shots
  nightshift split shots --only film --cameras`;

/** Resolves with the exit code. */
async function split(folder: string, options: SplitOptions, output: Output): Promise<number> {
  const whole = await readShots(folder, options);
  const picked = onlyShots(whole, options.only);
  const by = options.cameras ? 'cameras' : 'scenes';
  const config = await openingOf(folder, options);
  const interrupt = watchInterrupts(() => output.note('Stopping. Nothing was written.'));
  const plans = new Map<string, FramePlan>();
  let problems = 0;
  try {
    const only = new Set(sharingBlend(whole, picked));
    await checkBatch(whole, {
      config,
      only,
      signal: interrupt.signal,
      onJob: ({ id }, found, plan) => {
        if (plan) return void plans.set(id, plan);
        problems += 1;
        for (const problem of found) output.note(output.paint('red', problemLine(folder, problem)));
      },
    });
  } finally {
    interrupt.release();
  }
  if (interrupt.signal.aborted) return EXIT.interrupted;
  const wanted = splitsOf(whole, picked.jobs, plans).filter(({ parts }) => parts.by === by);
  if (wanted.length === 0) {
    output.line(
      by === 'scenes'
        ? 'There is no scene to make a shot of.'
        : 'There is no camera to make a shot of.',
    );
    return problems > 0 ? EXIT.failed : EXIT.done;
  }
  const { written, failed } = await splitShots(
    { batch: whole, trusted: config.trusted },
    wanted,
  ).catch((error: unknown) => {
    if (error instanceof EditRefused) throw new UsageError(error.message, { cause: error });
    throw error;
  });
  for (const { file, made } of written)
    output.line(printable(`${made ? 'Made' : 'Changed'} ${file}.`));
  if (failed !== null) output.note(output.paint('red', printable(failed)));
  return failed !== null || problems > 0 ? EXIT.failed : EXIT.done;
}

/** Ids of the shots whose .blend some of these have: which scenes have a shot shows only when all of them were opened. */
function sharingBlend({ jobs }: Batch, picked: Batch): readonly string[] {
  const blends = new Set(picked.jobs.map(({ shotConfig }) => shotConfig?.blend ?? null));
  return jobs.flatMap(({ id, shotConfig }) =>
    shotConfig?.blend != null && blends.has(shotConfig.blend) ? [id] : [],
  );
}
