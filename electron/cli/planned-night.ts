import { durationText } from '../../shared/duration-text.ts';
import { clockText, type Moments } from '../../shared/schedule.ts';
import { atMoment, type BatchProcessor, stopAt, type WallClock } from '../engine/index.ts';
import { watchInterrupts } from './interrupt.ts';
import type { Output } from './output.ts';

/** What came of the waiting: it is time, it is past the end as well, or somebody does not want it any more. */
export type Waited = 'go' | 'missed' | 'interrupted';

/** Waits for the time to start, if there is one; also through a sleep of the machine. */
export async function waitForStart(
  { startAt, until }: Moments,
  say: (text: string) => void,
  output: Output,
  clock: WallClock,
): Promise<Waited> {
  if (startAt === null) return 'go';
  const wait = durationText((startAt - clock.now()) / 1000);
  const end = until === null ? '' : `, until ${clockText(until)}`;
  // Before it is said: who presses at once is heard.
  const interrupt = watchInterrupts(() => say('Called off. Nothing was rendered.'));
  say(`Starts at ${clockText(startAt)}, in ${wait}${end}. Press Ctrl+C to call it off.`);
  try {
    const came = await moment(startAt, AbortSignal.any([interrupt.signal, output.unread]), clock);
    if (!came) return 'interrupted';
  } finally {
    interrupt.release();
  }
  if (until === null || clock.now() < until) return 'go';
  say(
    `This computer slept through the night: it is past ${clockText(until)} now. Nothing was rendered.`,
  );
  return 'missed';
}

/**
 * Ends the run at a time: what is being rendered then is finished first. Returns what calls it off.
 * @param until `null`: never
 */
export function endAt(
  until: number | null,
  processor: BatchProcessor,
  clock: WallClock,
): () => void {
  if (until === null) return () => {};
  // What goes wrong while it is cancelled is told by the run.
  const end = () => void processor.cancel().catch(() => undefined);
  return stopAt(processor, { at: until, onRest: end }, clock);
}

/** False: aborted before. */
function moment(at: number, signal: AbortSignal, clock: WallClock): Promise<boolean> {
  return new Promise((resolve) => {
    const callOff = atMoment(at, () => resolve(true), clock);
    const give = () => {
      callOff();
      resolve(false);
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
