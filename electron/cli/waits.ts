import type { BatchOutcome } from '../../shared/batch.ts';
import { durationText } from '../../shared/duration-text.ts';
import {
  COUNTDOWN_MS,
  clockText,
  type Moments,
  type PowerAct,
  powerText,
} from '../../shared/schedule.ts';
import {
  atMoment,
  type BatchProcessor,
  dataDirectory,
  liveBatches,
  stopAt,
  type WallClock,
} from '../engine/index.ts';
import { EXIT } from './exit-codes.ts';
import type { Output } from './output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Signals act as usual again. */
  release(): void;
}

/**
 * The first Ctrl+C, hang-up or request to end asks for a clean stop; a second one quits at once
 * (Blenders die with this process).
 */
export function watchInterrupts(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
    onFirst();
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}

/** What came of the waiting: it is time, it is past the end as well, or somebody does not want it any more. */
type Waited = 'go' | 'missed' | 'interrupted';

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
    const signal = AbortSignal.any([interrupt.signal, output.unread]);
    const came = await unlessAborted(signal, (then) => atMoment(startAt, then, clock));
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
    return await unlessAborted(signal, (then) => clock.after(COUNTDOWN_MS, then));
  } finally {
    interrupt.release();
  }
}

/** True as soon as what is begun calls back; false where the signal is aborted first. */
function unlessAborted(
  signal: AbortSignal,
  begin: (then: () => void) => () => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const callOff = begin(() => resolve(true));
    const give = () => {
      callOff();
      resolve(false);
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
