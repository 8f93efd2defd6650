import type { BatchJob, InputFile, OlderFiles, PickedFrames } from './job.ts';
import { isolated } from './safe-text.ts';

// Frames that were made from files that were saved since: which they are, and what is said of them.

/** What the frames of a job are made from at one time. */
type MadeFrom = Pick<OlderFiles, 'source' | 'inputs'>;

/** Frames of a job that were made from one state of its files, ascending. */
export interface OlderFrames {
  readonly files: OlderFiles;
  readonly frames: readonly number[];
  /** They were made after a picture was saved, by a Blender that had the scene open: it may have read the picture anew for them. */
  readonly mayShow?: true;
}

/** What a job is made from now. */
export function filesOf({ source, plan }: Pick<BatchJob, 'source' | 'plan'>): MadeFrom {
  return { source, ...(plan?.inputs && { inputs: plan.inputs }) };
}

/** Whether frames of both are of one sequence. Where nobody knows which other files there were, they were the same. */
export function isSameFiles(a: MadeFrom, b: MadeFrom): boolean {
  if (a.source !== b.source) return false;
  if (!a.inputs || !b.inputs || a.inputs === b.inputs) return true;
  const others = new Map(b.inputs.map((input) => [input.file, input]));
  return (
    a.inputs.length === b.inputs.length &&
    a.inputs.every((input) => isSameInput(input, others.get(input.file)))
  );
}

function isSameInput(a: InputFile, b: InputFile | undefined): boolean {
  if (!b || a.bytes !== b.bytes) return false;
  return a.sha256 === null || b.sha256 === null ? a.mtimeMs === b.mtimeMs : a.sha256 === b.sha256;
}

const known = new WeakMap<BatchJob, readonly OlderFrames[]>();

/**
 * The finished frames of a job that are of other files than it is made from now, by those files, oldest first. One that was
 * rendered again since, or whose files were put back as they were, is none. Costs nothing where nothing was saved.
 */
export function olderFrames(job: BatchJob): readonly OlderFrames[] {
  const { older = [] } = job;
  if (older.length === 0 || job.counts.done === 0) return NONE;
  const found = known.get(job) ?? foundIn(job, older);
  known.set(job, found);
  return found;
}

const NONE: readonly OlderFrames[] = [];

function foundIn(job: BatchJob, older: readonly OlderFiles[]): readonly OlderFrames[] {
  const now = filesOf(job);
  const frames = older.map((): Made[] => []);
  for (const [index, { record }] of job.frames.inState('done')) {
    const place = older.findIndex(({ until }) => record.at <= until);
    const number = job.plan?.frames[index];
    if (place !== -1 && number !== undefined) frames[place]?.push({ number, at: record.at });
  }
  return older.flatMap((files, place) => {
    const some = frames[place] ?? [];
    return some.length === 0 || isSameFiles(files, now) ? [] : bySaving(files, some);
  });
}

/** A frame, and when it was proved. */
interface Made {
  readonly number: number;
  readonly at: number;
}

/** Those that were made before the files were saved, and those after it, where these may show what was saved. */
function bySaving(files: OlderFiles, frames: readonly Made[]): readonly OlderFrames[] {
  const { saved } = files;
  // A .blend, a library or a script is read when the scene is opened; Cycles reads a picture anew for each frame.
  const isReadAgain = files.files.some((name) => !/\.(blend|py|ya?ml)$/i.test(name));
  const [before, after]: [number[], number[]] = [[], []];
  for (const { number, at } of frames) {
    (isReadAgain && saved !== null && at > saved ? after : before).push(number);
  }
  return [
    ...(before.length > 0 ? [{ files, frames: before }] : []),
    ...(after.length > 0 ? [{ files, frames: after, mayShow: true as const }] : []),
  ];
}

/** Those of which the artist has not said what becomes of them. */
export function undecidedFrames(job: BatchJob): readonly OlderFrames[] {
  return olderFrames(job).filter(({ files }) => files.kept !== true);
}

/** Their numbers, ascending. */
export function numbersOf(older: readonly OlderFrames[]): readonly number[] {
  return older.flatMap(({ frames }) => frames).sort((a, b) => a - b);
}

/** What is picked where all of that is rendered again. */
export function olderPicks(jobs: readonly BatchJob[]): readonly PickedFrames[] {
  return jobs.flatMap((job) => {
    const frames = numbersOf(undecidedFrames(job));
    return frames.length === 0 ? [] : [{ job: job.id, frames }];
  });
}

/** When the newest frame of a job was proved whole, ms since 1970; 0: none is done. */
export function newestDone(job: BatchJob): number {
  return newestOf(job, null);
}

/** @param frames ascending; `null`: all */
function newestOf(job: BatchJob, frames: readonly number[] | null): number {
  const some = frames && new Set(frames);
  let newest = 0;
  for (const [index, { record }] of job.frames.inState('done')) {
    if (some?.has(job.plan?.frames[index] ?? Number.NaN) ?? true) {
      newest = Math.max(newest, record.at);
    }
  }
  return newest;
}

/** What is said of frames of a job that are older than its files. */
export interface OlderNote {
  readonly frames: number;
  /** When the files were saved last, ms since 1970; `null`: nobody knows. */
  readonly saved: number | null;
  /** The names of those that were saved then; empty where nobody knows. */
  readonly files: readonly string[];
  /** Some frames were made after that, by a Blender that had the file open as it was before. */
  readonly wasOpen: boolean;
  /** So many of them, which may show what was saved already; not there: none. */
  readonly mayShow?: number;
}

/** `null`: nothing is to be said. */
export function olderNote(job: BatchJob, older: readonly OlderFrames[]): OlderNote | null {
  const newest = older.at(-1);
  if (!newest) return null;
  const { saved, files } = newest.files;
  const last = newestOf(job, newest.frames);
  const frames = older.reduce((sum, one) => sum + one.frames.length, 0);
  const mayShow = numbersOf(older.filter((one) => one.mayShow)).length;
  const wasOpen = saved !== null && last > saved;
  return { frames, saved, files, wasOpen, ...(mayShow > 0 && { mayShow }) };
}

/**
 * `hero.blend was saved at 14:52, after these 24 frames were made`, without an end.
 * @param when a time as the reader is told it, such as `at 14:52`
 */
export function savedText(note: OlderNote, when: (ms: number) => string): string {
  const { frames, saved, files, wasOpen, mayShow = 0 } = note;
  const these = frames === 1 ? 'this frame' : `these ${frames} frames`;
  const made = `after ${these} ${frames === 1 ? 'was' : 'were'} made`;
  const [first, ...more] = files;
  if (first === undefined || saved === null) return `Its files were changed ${made}`;
  const others = more.length === 0 ? 'was' : `and ${more.length} more were`;
  const what = `${isolated(first)} ${others} saved ${when(saved)}`;
  if (!wasOpen) return `${what}, ${made}`;
  if (mayShow > 0) {
    const some = mayShow === frames ? these : `${mayShow} of ${these}`;
    return `${what} while it rendered; ${some} may show it already`;
  }
  const are = `${these} ${frames === 1 ? 'is' : 'are'} of the file before`;
  return `${what} while it rendered; ${are}`;
}

/** `hero.blend before it was saved at 14:52`: what frames were made from, for a list of which are of what. */
export function madeFromText(
  { saved, files: [first] }: Pick<OlderFiles, 'saved' | 'files'>,
  when: (ms: number) => string,
  mayShow = false,
): string {
  if (first === undefined || saved === null) return 'files that were changed since';
  if (mayShow) return `${isolated(first)} before or after it was saved ${when(saved)}`;
  return `${isolated(first)} before it was saved ${when(saved)}`;
}
