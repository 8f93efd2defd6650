import type { Failure } from '../../../shared/failure.ts';
import { freeBytes, saysFull } from './disk-room.ts';
import { formatBytes } from './format-bytes.ts';

/** The failures that Nightshift finds by itself, without Blender's words. */

export function frameIncomplete(reason: string): Failure {
  return {
    cause: 'frame-incomplete',
    message: `Blender said that the frame is done, but its file ${reason}.`,
    nextStep: 'Retry; if it stays, render this frame in Blender and look at its output settings.',
    evidence: [],
  };
}

export function nothingRendered(): Failure {
  return {
    cause: 'nothing-rendered',
    message: 'Blender said that the frame is done, but wrote no file.',
    nextStep: 'Look at the log for the reason, then retry.',
    evidence: [],
  };
}

export function diskFull(directory: string, freeBytes: number): Failure {
  return {
    cause: 'disk-full',
    message: `The disk of ${directory} is full (${formatBytes(freeBytes)} free).`,
    nextStep: 'Make room on it; the batch goes on by itself as soon as there is some.',
    evidence: [],
  };
}

/** Why a file or folder could not be made: a full disk heals, everything else does not. */
export async function cannotWrite(directory: string, error: unknown): Promise<Failure> {
  if (!saysFull(error)) return outputNotWritable(directory, error);
  return diskFull(directory, (await freeBytes(directory)) ?? 0);
}

function outputNotWritable(directory: string, error: unknown): Failure {
  const why = error instanceof Error ? error.message : String(error);
  return {
    cause: 'output-not-writable',
    message: `The frames can't be written to ${directory} (${why}).`,
    nextStep: 'Choose another output folder, or allow writing to this one, then retry.',
    evidence: [],
  };
}

export function jobTimedOut(seconds: number): Failure {
  return {
    cause: 'timed-out',
    message: `The shot took longer than its time limit of ${seconds} s.`,
    nextStep:
      'Raise `timeout` in the shot file or in the settings, then resume; finished frames stay.',
    evidence: [],
  };
}

export function noBlender(): Failure {
  return {
    cause: 'blender-not-found',
    message: 'No Blender was found on this machine.',
    nextStep:
      'Install Blender, or say where it is (settings, --blender or NIGHTSHIFT_BLENDER), then resume.',
    evidence: [],
  };
}

export function noFrames(start: number, end: number): Failure {
  return {
    cause: 'not-in-scene',
    message: `The scene has no frames to render: it ends at ${end}, before its start at ${start}.`,
    nextStep: 'Set the frame range in Blender, or say `frames:` in the shot file, then retry.',
    evidence: [],
  };
}
