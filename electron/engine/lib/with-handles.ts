import { setTimeout as pause } from 'node:timers/promises';

/** The process, or the whole system, may open no more files now. */
const SHORTAGES = ['EMFILE', 'ENFILE'];
const LOOK_AGAIN_MS = 200;
const LONGEST_MS = 60_000;

/**
 * Does something that opens files, and again while there are no handles for them: others are closed
 * soon, and a frame is not broken because nobody may look at it. Throws every other error, and this one
 * after a minute.
 */
export async function withHandles<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + LONGEST_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!lacksHandles(error) || performance.now() > until) throw error;
      await pause(LOOK_AGAIN_MS);
    }
  }
}

/** Whether an error says that no more files may be opened. */
export function lacksHandles(error: unknown): boolean {
  return SHORTAGES.includes((error as NodeJS.ErrnoException | null)?.code ?? '');
}
