import type { Recovery, ShotFrames } from './night.ts';

/** What the start of a run found left over, a sentence each. */
export function recoverySentences(found: Recovery): readonly string[] {
  const { orphansStopped, linesSetAside, lost, stale, again = [] } = found;
  const sentences: string[] = [];
  if (orphansStopped === 1) sentences.push('A Blender left over from the run before was stopped.');
  if (orphansStopped > 1) {
    sentences.push(`${orphansStopped} Blenders left over from the run before were stopped.`);
  }
  if (linesSetAside > 0) {
    const lines = linesSetAside === 1 ? '1 line' : `${linesSetAside} lines`;
    sentences.push(
      `${lines} of the checkpoint could not be read and ${linesSetAside === 1 ? 'was' : 'were'} kept aside; the files on disk say what is done.`,
    );
  }
  if (lost.length > 0) {
    sentences.push(
      `${framesOf(lost)} finished before ${isOne(lost) ? 'is gone or was' : 'are gone or were'} changed since, and ${isOne(lost) ? 'is' : 'are'} rendered again: ${listed(lost)}.`,
    );
  }
  if (stale.length > 0) {
    sentences.push(
      `${framesOf(stale)} ${isOne(stale) ? 'is' : 'are'} rendered again because ${stale.length === 1 ? 'the shot was' : 'their shots were'} changed: ${listed(stale)}.`,
    );
  }
  if (again.length > 0) {
    sentences.push(
      `${framesOf(again)} of another Blender ${isOne(again) ? 'is' : 'are'} rendered again, as was chosen: ${listed(again)}.`,
    );
  }
  return sentences;
}

function framesOf(shots: readonly ShotFrames[]): string {
  const count = shots.reduce((sum, { frames }) => sum + frames, 0);
  return count === 1 ? '1 frame' : `${count} frames`;
}

function isOne(shots: readonly ShotFrames[]): boolean {
  return shots.length === 1 && shots[0]?.frames === 1;
}

function listed(shots: readonly ShotFrames[]): string {
  if (shots.length === 1) return shots[0]?.name ?? '';
  return shots.map(({ name, frames }) => `${name} (${frames})`).join(', ');
}
