/** What happens when a batch is done, with or without failures. */
export const WHEN_DONE = ['nothing', 'notify', 'sleep', 'shut-down'] as const;
export type WhenDone = (typeof WHEN_DONE)[number];

/** What is done with the computer. */
export type PowerAct = Extract<WhenDone, 'sleep' | 'shut-down'>;

/** So long anybody can say no. */
export const COUNTDOWN_MS = 60_000;

/** The computer is about to go to sleep, or to shut down. */
export interface PowerCountdown {
  readonly act: PowerAct;
  /** Of the batch that is done. */
  readonly batchName: string;
  /** ms since 1970. */
  readonly at: number;
}

/** `null`: the computer is left alone. */
export function powerActOf(whenDone: WhenDone): PowerAct | null {
  return whenDone === 'sleep' || whenDone === 'shut-down' ? whenDone : null;
}

/** `This computer goes to sleep`, as the beginning of a sentence. */
export function powerText(act: PowerAct): string {
  return act === 'sleep' ? 'This computer goes to sleep' : 'This computer shuts down';
}
