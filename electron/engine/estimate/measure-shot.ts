import type { Answer } from '../../blender/types.ts';
import {
  CLEAR_SECONDS,
  DOUBT_A_STEP,
  LEAST_DOUBT,
  LONG_SECONDS,
  SHARES,
  TRIED_SPREAD,
} from './constants.ts';

/** What one frame cost that was rendered with fewer pixels than it has. */
interface Trial {
  readonly seconds: number;
  readonly pixels: number;
}

/** Renders a frame with a share of its width and height. */
export type TryFrame = (frame: number, share: number) => Promise<Answer<Trial>>;

/** What a whole frame of a shot is expected to take, in seconds. */
interface FrameCost {
  readonly each: number;
  /** How far a single one lies from it (standard deviation). */
  readonly spread: number;
  /** How far `each` as a whole may be off, as a share of it (standard deviation). */
  readonly doubt: number;
  /** Frames that were tried. */
  readonly tried: number;
}

/** What a shot was found to cost before it is rendered. Seconds. */
export interface ShotMeasure extends FrameCost {
  /** All of its frames. */
  readonly frames: number;
  /** Of a whole picture. */
  readonly pixels: number;
  readonly openSeconds: number;
}

/**
 * What a frame costs, from frames with few pixels: what every frame needs whatever its size (preparing the scene),
 * and what the pixels cost, with their samples, denoising and writing. The settings stay the shot's own. Few
 * frames are enough: one from the middle in two sizes, then one near each end.
 * @param frames those to come, at least one
 * @param pixels of a whole picture
 */
export async function measureShot(
  frames: readonly number[],
  pixels: number,
  tryFrame: TryFrame,
): Promise<Answer<FrameCost>> {
  const middle = frames[frames.length >> 1] ?? 1;
  const small = await smallest(middle, tryFrame);
  if (!small.ok) return small;
  const base = small.value;
  let top: Trial = base;
  let share: number = SHARES[0];
  for (share of SHARES.slice(1)) {
    const tried = await tryFrame(middle, share);
    if (!tried.ok) return tried;
    top = tried.value;
    if (isClear(base, top)) break;
  }
  const whole = wholeSeconds(base, top, pixels);
  const costs = [whole(top.seconds)];
  for (const frame of top.seconds < LONG_SECONDS ? others(frames, middle) : []) {
    const tried = await tryFrame(frame, share);
    if (!tried.ok) return tried;
    costs.push(whole(tried.value.seconds));
  }
  const steps = Math.log(Math.max(1, pixels / top.pixels)) / Math.log(4);
  return { ok: true, value: { ...average(costs), doubt: LEAST_DOUBT + steps * DOUBT_A_STEP } };
}

/** The smallest picture. The first try loads what all frames share (kernels, textures), so that the second counts. */
async function smallest(frame: number, tryFrame: TryFrame): Promise<Answer<Trial>> {
  const first = await tryFrame(frame, SHARES[0]);
  return first.ok && first.value.seconds < LONG_SECONDS ? tryFrame(frame, SHARES[0]) : first;
}

function isClear(base: Trial, top: Trial): boolean {
  const more = top.seconds - base.seconds;
  if (more >= Math.max(CLEAR_SECONDS, base.seconds / 2)) return true;
  // The next one would take long, and this one says something.
  return base.seconds + 4 * more > LONG_SECONDS && more > CLEAR_SECONDS / 5;
}

/** Along the line through two sizes; never less than what was seen. */
function wholeSeconds(base: Trial, top: Trial, pixels: number): (seconds: number) => number {
  const more = top.pixels - base.pixels;
  const times = more > 0 ? Math.max(1, (pixels - base.pixels) / more) : 1;
  return (seconds) => Math.max(seconds, base.seconds + (seconds - base.seconds) * times);
}

/** One near each end: a camera that comes closer makes the one slow and the other quick. */
function others(frames: readonly number[], middle: number): readonly number[] {
  const near = [frames[Math.floor(frames.length / 6)], frames[Math.floor((frames.length * 5) / 6)]];
  const found = near.flatMap((frame) => (frame === undefined || frame === middle ? [] : frame));
  return [...new Set(found)];
}

function average(costs: readonly number[]): Omit<FrameCost, 'doubt'> {
  const each = costs.reduce((sum, one) => sum + one, 0) / costs.length;
  const squares = costs.reduce((sum, one) => sum + (one - each) ** 2, 0);
  const spread = Math.sqrt((2 * (TRIED_SPREAD * each) ** 2 + squares) / (costs.length + 1));
  return { each, spread, tried: costs.length };
}
