import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { defaultBlender } from '../../../shared/blender-install.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { printable } from '../../../shared/safe-text.ts';
import {
  blenderInstalls,
  dataDirectory,
  MovieMaker,
  readResult,
  shotMovieFile,
} from '../../engine/index.ts';
import { stillOf } from '../../pictures/make-picture.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { blenderOption, collected, dataOption } from '../option-values.ts';
import type { Output, Session } from '../output.ts';
import { watchInterrupts } from '../waits.ts';
import { findBatch } from './batches.ts';

interface MovieOptions {
  readonly only?: readonly string[];
  readonly overwrite?: boolean;
  readonly blender?: string;
  readonly data?: string;
}

export function movieCommand(session: Session): Command {
  return new Command('movie')
    .description('Make a movie (MP4) of each shot for looking, beside its frames, with Blender')
    .argument('[batch]', 'its id, the beginning of it, or its shot folder; the newest by default')
    .option('--only <name>', 'only this shot; may be given several times', collected)
    .option('--overwrite', 'also where there is a movie already')
    .addOption(blenderOption())
    .addOption(dataOption())
    .addHelpText('after', HELP)
    .action(async (said: string | undefined, options: MovieOptions) => {
      session.exitCode = await makeMovies(said ?? null, options, session.output);
    });
}

const HELP = `
H.264 at the shot's own frame rate, without sound, 3840 pixels wide or high at most. PNG, JPEG and TIFF as they are, OpenEXR
through AgX. Frames that are not there are named; the one before is held.

Example:
  nightshift movie shots`;

/** Resolves with the exit code. */
async function makeMovies(
  said: string | null,
  { only, overwrite = false, blender, data = dataDirectory() }: MovieOptions,
  output: Output,
): Promise<number> {
  const found = await findBatch(data, said);
  if (found.problem) throw new UsageError(found.problem);
  const { jobs } = await readResult(found.directory);
  const unknown = only?.find((name) => !jobs.some((job) => job.name === name));
  if (unknown !== undefined) throw new UsageError(`There is no shot ${printable(unknown)}.`);
  const path = blender ?? defaultBlender((await blenderInstalls(data)).found)?.path;
  if (path === undefined) {
    throw new UsageError('No Blender was found. Install it, or name it with --blender PATH.');
  }
  const stop = watchInterrupts(() => output.note('Stopping. Movies that are made stay.'));
  const maker = await MovieMaker.of(path, stop.signal, stillOf);
  let code: number = EXIT.done;
  try {
    for (const job of jobs) {
      if (stop.signal.aborted) return EXIT.interrupted;
      if (only && !only.includes(job.name)) continue;
      const came = await makeOne(job, { maker, overwrite, output, stopped: stop.signal }).catch(
        (error: unknown) => {
          if (!stop.signal.aborted) throw error;
        },
      );
      if (came === 'failed') code = EXIT.failed;
    }
    return stop.signal.aborted ? EXIT.interrupted : code;
  } finally {
    await maker.close();
    stop.release();
  }
}

interface Making {
  readonly maker: MovieMaker;
  readonly overwrite: boolean;
  readonly output: Output;
  /** The artist has stopped it: what fails then is no failure. */
  readonly stopped: AbortSignal;
}

async function makeOne(
  job: BatchJob,
  { maker, overwrite, output, stopped }: Making,
): Promise<'done' | 'failed'> {
  const name = printable(job.name);
  const { plan } = job;
  if (plan === null || job.counts.done === 0) {
    output.note(`${name}: no frame of it is there.`);
    return 'done';
  }
  if (plan.movie) {
    output.note(`${name}: it is rendered as a movie: ${printable(plan.movie.file)}`);
    return 'done';
  }
  const file = shotMovieFile({ ...job, plan });
  if (!overwrite && (await stat(file).catch(() => null))) {
    output.note(`${name}: ${printable(file)} is there already; --overwrite makes it again.`);
    return 'done';
  }
  const made = await maker.make({ ...job, plan }).catch((error: Error) => {
    if (stopped.aborted) throw error;
    return error;
  });
  if (made instanceof Error) {
    output.note(
      output.paint('red', printable(`${name}: its movie can't be made: ${made.message}`)),
    );
    return 'failed';
  }
  if (made === null) {
    output.note(`${name}: no frame of it is there any more.`);
    return 'failed';
  }
  if (!made.ok) {
    output.note(
      output.paint('red', printable(`${name}: ${made.failure.message} ${made.failure.nextStep}`)),
    );
    return 'failed';
  }
  const { frames, fps, held } = made.value;
  output.line(`${name}: ${printable(file)}, ${frames} frames at ${Number(fps.toFixed(3))} fps.`);
  if (held.length > 0) {
    const one = held.length === 1;
    output.note(
      `${name}: ${one ? 'frame' : 'frames'} ${formatFrames(held)} ${one ? 'is' : 'are'} not there, and the one before is held.`,
    );
  }
  return 'done';
}
