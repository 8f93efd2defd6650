import { basename, dirname } from 'node:path';
import { type Failure, failure } from '../../shared/failure.ts';
import { formatFrames, namedFrames } from '../../shared/frames.ts';
import type { FramePlan } from '../../shared/job.ts';
import { holderText } from './journal/lock.ts';
import type { Holder } from './journal/lock-file.ts';
import { freeBytes, saysFull } from './lib/disk-room.ts';
import { heldFile } from './lib/held-file.ts';

/** The failures that Nightshift finds by itself, without Blender's words. */

export function frameIncomplete(reason: string): Failure {
  return failure(
    'frame-incomplete',
    `Blender said that the frame is done, but its file ${reason}.`,
  );
}

export function nothingRendered(): Failure {
  return failure('nothing-rendered', 'Blender said that the frame is done, but wrote no file.');
}

export function diskFull(directory: string, freeBytes: number): Failure {
  return failure(
    'disk-full',
    `The disk of ${directory} is full (${formatBytes(freeBytes)} free).`,
    'Make room on it; the batch goes on by itself as soon as there is some.',
  );
}

/** Why a file or folder could not be made: a full disk and a file that is in use heal, everything else does not. */
export async function cannotWrite(directory: string, error: unknown): Promise<Failure> {
  if (saysFull(error)) return diskFull(directory, (await freeBytes(directory)) ?? 0);
  const held = await heldFile(error);
  return held === null ? outputNotWritable(directory, error) : fileInUse(held);
}

/** A path that Blender can't write to on Windows. @param file absolute, with the frame's name */
export function pathTooLong(file: string): Failure {
  return failure(
    'output-not-writable',
    `The frames can't be written to ${dirname(file)}: with the name of a frame the path has ${file.length} letters, and Blender takes ${LONGEST_PATH} on Windows.`,
    'Choose an output folder with a shorter path, or give the shot a shorter name, then retry.',
  );
}

/** MAX_PATH of Windows without the zero at its end. */
const LONGEST_PATH = 259;

/** Whether Blender can't write such a path for its length alone. */
export function isTooLong(file: string, platform = process.platform): boolean {
  return platform === 'win32' && file.length > LONGEST_PATH;
}

/** @param file absolute */
function fileInUse(file: string): Failure {
  return failure(
    'file-in-use',
    `Another program has ${basename(file)} in ${dirname(file)} open and lets nobody change it.`,
  );
}

function outputNotWritable(directory: string, error: unknown): Failure {
  const { code = '', syscall = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const why =
    REASONS[`${code} ${syscall}`] ??
    REASONS[code] ??
    (error instanceof Error ? error.message : String(error));
  return failure('output-not-writable', `The frames can't be written to ${directory} (${why}).`);
}

/** What the file system's words mean for an artist. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'writing there is not allowed',
  EPERM: 'writing there is not allowed',
  EROFS: 'its disk is read-only',
  EEXIST: 'a file, or a link that leads nowhere, stands where a folder should be',
  ENOTDIR: 'a file stands where a folder should be',
  ELOOP: 'a link on the way to it leads back to itself',
  ENAMETOOLONG: 'the path is too long for its disk',
  EMFILE: 'this process may open no more files; raise `ulimit -n`',
  ENFILE: 'the system may open no more files',
  'ENOENT mkdir': 'there is no such drive, or one that takes no folders',
};

/** Frames, or with none of them the movie, that were finished, taken away, made again and taken away again. */
export function framesTakenAway(frames: readonly number[], directory: string): Failure {
  const which = frames.length === 0 ? 'The movie' : namedFrames(frames);
  const were = frames.length > 1 ? 'were' : 'was';
  return failure(
    'output-not-writable',
    `${which} ${were} finished more than once, but somebody else deletes or changes the files in ${directory}.`,
    'Find out which person or program clears up there, or choose another output folder, then resume.',
  );
}

/** @param place where it really leads */
export function outputOutside(place: string): Failure {
  return failure(
    'not-trusted',
    `The shot writes to ${place}, outside of the shot folder and of the output folder, which only a trusted folder may.`,
    'Trust the folder if you know where its files come from (in the window, or with --trust), or choose that place as the output folder with -o.',
  );
}

/** Another Nightshift writes files of these names there now. */
export function writtenByOther(
  { directory, pattern, extension }: Pick<FramePlan, 'directory' | 'pattern' | 'extension'>,
  holder: Holder | null,
): Failure {
  return failure(
    'duplicate-output',
    `${sentenceStart(holderText(holder))} is writing ${pattern}${extension} in ${directory} now, and this shot would write over it.`,
    'Choose another output folder or file name for one of them, or resume when the other has ended: files of the same names are then replaced.',
  );
}

/** Another shot of the batch writes them, and came first. @param frames of this shot */
export function writesSameFiles(
  { directory, pattern, extension }: Pick<FramePlan, 'directory' | 'pattern' | 'extension'>,
  name: string,
  frames: readonly number[],
): Failure {
  const which = `frame${frames.length === 1 ? '' : 's'} ${formatFrames(frames)}`;
  return failure(
    'duplicate-output',
    `This shot would write the same files as the shot “${name}”: ${pattern}${extension} in ${directory}, ${which}.`,
    'Save another output path in one of their scenes, or give one of them an `output.path` or `output.name` of its own, then retry.',
  );
}

function sentenceStart(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function backslash(directory: string): Failure {
  return failure(
    'output-not-writable',
    `The frames can't be written to ${directory}: Blender takes the backslash in it for the border of a folder.`,
    'Rename the folder, or choose another output folder, then retry.',
  );
}

/** `problem`: what is wrong with the path that is saved in the scene, as it goes on after "can't be written to". */
export function wrongSavedPath(problem: string): Failure {
  return failure(
    'output-not-writable',
    `The frames can't be written to the path that is saved in the scene, ${problem}.`,
    "Correct the path in Blender's output settings, or give the shot an output: path of its own, then retry.",
  );
}

/** A shot whose files somebody saves while it is rendered, again and again. */
export function keepsChanging(): Failure {
  return failure(
    'unreadable-scene',
    'The scene, its script, or a file that it uses was changed again and again while it was rendered.',
    'Find out which person or program saves these files, then resume: all frames are rendered from the last version.',
  );
}

export function jobTimedOut(seconds: number): Failure {
  return failure(
    'timed-out',
    `The shot took longer than its time limit of ${seconds} s.`,
    'Raise `timeout` in the shot file or in the settings, then resume; finished frames stay.',
  );
}

export function noBlender(): Failure {
  return failure('blender-not-found', 'No Blender was found on this machine.');
}

/** @param path what `blender:` of a shot file names */
export function blenderNotTrusted(path: string): Failure {
  return failure(
    'not-trusted',
    `The shot file names a program to render with, ${path}, which is run in a trusted folder only.`,
    'Trust the folder if you know where its files come from (in the window, or with --trust), or write a version such as `blender: 4.3`.',
  );
}

export function noFrames(start: number, end: number): Failure {
  return failure(
    'not-in-scene',
    `The scene has no frames to render: it ends at ${end}, before its start at ${start}.`,
    'Set the frame range in Blender, or say `frames:` in the shot file, then retry.',
  );
}

/** Bytes as people read them: `3.1 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
