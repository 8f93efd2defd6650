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
  const came = await unlessInterrupted(output, {
    tell: () =>
      say(`Starts at ${clockText(startAt)}, in ${wait}${end}. Press Ctrl+C to call it off.`),
    begin: (ended) => atMoment(startAt, () => ended(true), clock),
    onInterrupt: () => say('Called off. Nothing was rendered.'),
  });
  if (!came) return 'interrupted';
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
  const begin: Wait['begin'] = (ended) => clock.after(COUNTDOWN_MS, () => ended(true));
  if (!(await unlessInterrupted(output, { tell, begin }))) return say('It stays on.');
  if (await isNeeded()) return say(STAYS_ON);
  await changePower(act).catch((error: Error) => output.note(error.message));
}

const STAYS_ON = 'Another batch is being rendered, so this computer stays on.';

interface Wait {
  /** Called once an interrupt is heard: who presses at once is not missed. */
  readonly tell: () => void;
  /** Begins what is waited for, with what it calls at its end; gives back what calls it off. */
  readonly begin: (ended: (came: boolean) => void) => () => void;
  readonly onInterrupt?: () => void;
}

/** What a waiting ended with; false as soon as somebody does not want to wait any longer, or reads no more. */
export async function unlessInterrupted(
  { unread }: Pick<Output, 'unread'>,
  { tell, begin, onInterrupt = () => {} }: Wait,
): Promise<boolean> {
  const interrupt = watchInterrupts(onInterrupt);
  tell();
  const signal = AbortSignal.any([interrupt.signal, unread]);
  let callOff = () => {};
  try {
    return await new Promise<boolean>((resolve) => {
      callOff = begin(resolve);
      if (signal.aborted) resolve(false);
      else signal.addEventListener('abort', () => resolve(false), { once: true });
    });
  } finally {
    callOff();
    interrupt.release();
  }
}
