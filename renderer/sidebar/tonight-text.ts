import {
  type AgainCount,
  againText,
  type Tonight,
  type TonightBatch,
} from '../../shared/tonight.ts';
import type { BatchSummary } from '../../shared/view.ts';
import { clock, clockWithDay, percent } from '../text/format.ts';

/** Beside the heading: when the night begins, or is done. Empty where it does not go on by itself. */
export function nightEndText(tonight: Tonight, now: number): string {
  const { batches, startAt, endsAt, unknown, isOn } = tonight;
  const turns = batches.filter(({ state }) => state !== 'passed-over');
  if (turns.length === 0) return '';
  const isLive = turns.some(({ state }) => state === 'running');
  if (startAt !== null && !isLive) {
    return startAt <= now ? 'starts as soon as it can' : `starts at ${clockWithDay(startAt, now)}`;
  }
  // There is little room, and a time within a day needs no day.
  if (endsAt !== null) {
    return endsAt - now < DAY ? `done about ${clock(endsAt)}` : `done ${clockWithDay(endsAt, now)}`;
  }
  if (!isOn && !isLive) return '';
  return unknown > 0 ? 'end not known yet' : '';
}

/** The second line of a batch of tonight; `null`: its own, as where it is not in tonight. */
export function turnState(
  { state, problem, endsAt, again }: TonightBatch,
  { startAt, isOn, batches }: Tonight,
  { phase, framesDone, framesTotal }: BatchSummary,
  now: number,
): string | null {
  if (state === 'passed-over') return `Passed over: ${problem}`;
  const isBegun = framesDone > 0 || state === 'running';
  const done = isBegun ? `${percent(framesDone, framesTotal)} · ` : '';
  const isAgain = again !== undefined && state !== 'running';
  const share = isAgain ? `${wishText(again)} · ` : done;
  // There is little room beside what is rendered again.
  if (endsAt !== null) {
    return `${share}${isAgain ? 'by' : 'done about'} ${clockWithDay(endsAt, now)}`;
  }
  if (state === 'running') return null;
  const isLive = batches.some((each) => each.state === 'running');
  if (phase === 'interrupted' && !isOn && !isLive && startAt === null) return null;
  if (startAt !== null && startAt > now) return `${share}from ${clock(startAt)} on`;
  return `${share}${isOn || isLive ? 'unknown until it has begun' : 'waits for the start'}`;
}

/** `12 frames again`, `12 frames again, then the rest`. */
function wishText(again: AgainCount): string {
  return again.isLeftToo ? `${againText(again)}, then the rest` : againText(again);
}

const DAY = 86_400_000;
