import { assertNever } from './assert-never.ts';
import { spacedDuration } from './duration-text.ts';
import { type BuiltAnew, type KeptScene, keptTimes } from './kept-scene.ts';

/** Which way a shot went, as one sentence; `null`: nothing was kept, and nothing stood in the way. */
export function keptText({ keptScene: known }: { readonly keptScene?: KeptScene }): string | null {
  if (!known) return null;
  const { anew, checked, unproved, kept } = known;
  if (anew) return `Scene built anew for each frame: ${anewText(anew)}.`;
  if (kept.frames === 0) return null;
  const times = keptTimes(known);
  if (!times) return `Scene kept, not checked: ${secondsText(kept.seconds / kept.frames)} a frame.`;
  // What a crash has left to be compared comes last, and a frame that was rendered again twice: told as a list of frames is read.
  const at = `checked at ${framesText([...new Set(checked)].sort((a, b) => a - b))}`;
  const open = unproved.reduce((sum, { frames }) => sum + frames.length, 0);
  const more = open === 0 ? '' : `; ${open} more to be checked`;
  const saved = `${secondsText(times.kept)} a frame instead of ${secondsText(times.anew)}`;
  return `Scene kept: ${saved}, ${at}${more}.`;
}

/** The same in a few words, for a row; `null`: nothing was kept. */
export function keptWords({ keptScene: known }: { readonly keptScene?: KeptScene }): string | null {
  if (!known || (known.anew === null && known.kept.frames === 0)) return null;
  return known.anew ? 'scene built anew' : 'scene kept';
}

/** Exact enough to be compared: `0.46 s`, `12.3 s`. */
function secondsText(seconds: number): string {
  if (seconds >= 60) return spacedDuration(Math.round(seconds), 2);
  return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`;
}

function anewText(anew: BuiltAnew): string {
  switch (anew.why) {
    case 'scene':
      return anew.what;
    case 'differs':
      return `with a kept scene frame ${anew.frame} came out otherwise`;
    case 'no-gain':
      return 'keeping it was tried and saved nothing';
    case 'memory':
      return 'keeping it takes more memory than there is for one Blender';
    case 'failed':
      return `Blender failed at frame ${anew.frame} with a kept scene`;
    default:
      return assertNever(anew);
  }
}

function framesText(frames: readonly number[]): string {
  if (frames.length === 1) return `frame ${frames[0]}`;
  if (frames.length > 6) return `${frames.length} frames`;
  return `frames ${frames.slice(0, -1).join(', ')} and ${frames.at(-1)}`;
}
