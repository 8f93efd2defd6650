import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_CONFIG, EXISTING_POLICIES, SAVED_POLICIES } from '../../shared/batch.ts';
import { MEMORY_LIMIT } from '../../shared/cluster.ts';
import { parseFrames } from '../../shared/frames.ts';
import { OTHER_BLENDER_POLICIES } from '../../shared/job.ts';
import { parseTimeOfDay, WHEN_DONE } from '../../shared/schedule.ts';
import { readTestSetting, type TestPass } from '../../shared/test-pass.ts';
import { parseDuration } from '../engine/index.ts';

/** A whole number, zero or more. */
export function count(most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${most}.`);
  };
}

/** Seconds, from `90`, `90s`, `20m` or `2h`. */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== null) return seconds;
  throw new InvalidArgumentError('Expected a time in seconds, or such as 90s, 20m or 2h.');
}

/** MiB, from GB: `16`, `7.5`. */
export function memory(text: string): number {
  const limit = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1024) : Number.NaN;
  if (limit >= MEMORY_LIMIT.min && limit <= MEMORY_LIMIT.max) return limit;
  throw new InvalidArgumentError('Expected GB from 0.5, such as 16 or 7.5.');
}

/** Numbers of frames, from `30-40, 77`. */
export function frameNumbers(text: string): readonly number[] {
  const parsed = parseFrames(text);
  if (parsed.ok) return parsed.frames;
  throw new InvalidArgumentError(parsed.message);
}

/** A time of the day, as `08:00`. */
function timeOfDay(text: string): string {
  const time = parseTimeOfDay(text);
  if (time !== null) return time;
  throw new InvalidArgumentError('Expected a time of the day, such as 23:00.');
}

/** An absolute path. */
export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path.');
  return resolve(text);
}

/** An absolute path, or a bare name that the system looks up in PATH. */
export function program(text: string): string {
  const isBare = text !== '' && !/[\\/]/.test(text) && !existsSync(resolve(text));
  return isBare ? text : path(text);
}

export function collected(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** One setting of a test pass, beside those that were said before. */
function testSetting(text: string, before: TestPass | undefined): TestPass {
  const read = readTestSetting(text);
  if (!read.ok) throw new InvalidArgumentError(read.message);
  return { ...before, ...read.test };
}

export const testOption = () =>
  new Option(
    '--test <setting>',
    'a test pass with other settings, into a folder of its own beside the finals: percentage=25, resolution=960x540, step=8, samples=x0.5 or 16, frames=1-48, camera=, layers=, engine=, device=, denoise=, format=; may be given several times',
  ).argParser(testSetting);

export const workersOption = () =>
  new Option('--workers <n>', 'Blenders at once; 0: chosen for this machine')
    .argParser(count(256))
    .default(DEFAULT_CONFIG.workers);

export const retriesOption = () =>
  new Option('--retries <n>', 'tries of a frame after the first')
    .argParser(count(100))
    .default(DEFAULT_CONFIG.maxRetries);

export const startAtOption = () =>
  new Option('--start-at <time>', 'wait until then: a time of the day, such as 23:00').argParser(
    timeOfDay,
  );

export const untilOption = () =>
  new Option(
    '--until <time>',
    'start no new frames from then on, such as 08:00; running ones are finished',
  ).argParser(timeOfDay);

/** Shots whose files are versions of one another. */
export const allVersionsOption = () =>
  new Option(
    '--all-versions',
    'all versions of each shot (sh0040_v018, sh0040_v019), not the newest alone',
  );

export const dataOption = () =>
  new Option('--data <dir>', 'where the checkpoints are; the same place as the app by default')
    .env('NIGHTSHIFT_DATA')
    .argParser(path);

export const blenderOption = () =>
  new Option(
    '--blender <path>',
    'the Blender for all shots that name none; by default each gets the version that saved it, else the next newer one',
  )
    .env('NIGHTSHIFT_BLENDER')
    .argParser(program);

export const otherBlenderOption = () =>
  new Option(
    '--other-blender <what>',
    'shots whose finished frames another Blender rendered, which is not here: wait leaves them alone and says so, again renders all of their frames again, mix renders what is missing',
  )
    .choices(OTHER_BLENDER_POLICIES)
    .default(DEFAULT_CONFIG.otherBlender);

export const outputOption = () =>
  new Option('-o, --output <dir>', 'where the frames go; FOLDER/renders by default').argParser(
    path,
  );

export const trustOption = () =>
  new Option('--trust', 'the folder is trusted: its scripts run, and Python inside .blend files');

export const factoryOption = () =>
  new Option('--factory-startup', 'without your Blender preferences and add-ons');

export const savedOption = () =>
  new Option(
    '--saved <what>',
    'frames that were made before a .blend, script, texture or library of their shot was saved: keep leaves it at that, again renders them again and sets the old pictures aside; by default they stay, what is missing is rendered from the files as they are now, and that is said each time',
  ).choices(SAVED_POLICIES.filter((policy) => policy !== 'ask'));

export const existingOption = () =>
  new Option(
    '--existing <policy>',
    'frames on disk: resume renders again what no checkpoint knows, skip trusts every whole frame, overwrite renders all',
  )
    .choices(EXISTING_POLICIES)
    .default('resume');

export const whenDoneOption = () =>
  new Option(
    '--when-done <what>',
    'what is done with this computer a minute after the batch, unless another one is being rendered',
  )
    .choices(WHEN_DONE.filter((what) => what !== 'notify'))
    .default('nothing');

export const tellOption = () =>
  new Option(
    '--tell <file>',
    'tell places elsewhere what happens, as this file says: nightshift tell --help',
  ).argParser(path);
