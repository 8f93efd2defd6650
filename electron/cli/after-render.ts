import type { BatchOutcome } from '../../shared/batch.ts';
import { COUNTDOWN_MS, type PowerAct, powerText } from '../../shared/schedule.ts';
import { dataDirectory, liveBatches, type WallClock } from '../engine/index.ts';
import { watchInterrupts } from './interrupt.ts';
import type { Output } from './output.ts';

/** What a command that renders has of the computer; tests bring their own. */
export interface Machine {
  readonly clock: WallClock;
  readonly changePower: (act: PowerAct) => Promise<void>;
}

interface AfterRender {
  readonly act: PowerAct;
  readonly outcome: BatchOutcome;
  /** The app data directory; not given: the usual one. */
  readonly data: string | undefined;
  readonly say: (text: string) => void;
}

/**
 * Puts the computer to sleep or shuts it down after a batch that is done, unless another one renders or
 * somebody presses Ctrl+C within a minute. Never rejects.
 */
export async function afterRender(
  { act, outcome, data = dataDirectory(), say }: AfterRender,
  output: Output,
  { clock, changePower }: Machine,
): Promise<void> {
  if (outcome === 'cancelled' || outcome === 'interrupted') return;
  const isNeeded = async () => (await liveBatches(data)).length > 0;
  if (await isNeeded()) return say(STAYS_ON);
  const tell = () =>
    say(`${powerText(act)} in ${COUNTDOWN_MS / 1000} s. Press Ctrl+C to keep it on.`);
  if (!(await countdown(output, clock, tell))) return say('It stays on.');
  if (await isNeeded()) return say(STAYS_ON);
  await changePower(act).catch((error: Error) => output.note(error.message));
}

const STAYS_ON = 'Another batch is being rendered, so this computer stays on.';

/** False: somebody said no. @param tell once that is heard */
async function countdown(output: Output, clock: WallClock, tell: () => void): Promise<boolean> {
  const interrupt = watchInterrupts(() => {});
  tell();
  const signal = AbortSignal.any([interrupt.signal, output.unread]);
  try {
    return await new Promise<boolean>((resolve) => {
      const callOff = clock.after(COUNTDOWN_MS, () => resolve(true));
      const no = () => {
        callOff();
        resolve(false);
      };
      if (signal.aborted) no();
      else signal.addEventListener('abort', no, { once: true });
    });
  } finally {
    interrupt.release();
  }
}
