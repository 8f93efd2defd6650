import { clockText } from '../../../shared/schedule.ts';

/** What would be given up by quitting now. */
export interface Busy {
  /** Of the batch. */
  readonly name: string;
  /** It only waits for its time, ms since 1970; `null`: it renders. */
  readonly startAt: number | null;
}

export type QuitAnswer = 'keep' | 'stop' | 'cancel';

/** The question before the app ends, and what its buttons mean. */
export interface QuitQuestion {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

export const QUIT_ANSWERS: readonly QuitAnswer[] = ['keep', 'stop', 'cancel'];

/** @param tray there is one to go on in */
export function quitQuestion({ name, startAt }: Busy, tray: boolean): QuitQuestion {
  const where = tray ? 'in the tray' : 'minimised';
  if (startAt !== null) {
    return {
      message: `“${name}” starts at ${clockText(startAt)}.`,
      detail:
        'It only starts while Nightshift is open, with or without its window. If you quit, the plan is kept for when you open it again.',
      buttons: [`Keep waiting ${where}`, 'Quit', 'Cancel'],
    };
  }
  return {
    message: `“${name}” is rendering.`,
    detail: 'Finished frames are safe. If you stop now, it goes on from there when you resume.',
    buttons: [`Keep rendering ${where}`, 'Stop and keep progress', 'Cancel'],
  };
}
