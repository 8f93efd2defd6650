/** So many files are looked at together: more than the system serves at once, so that it never waits for us. */
const AT_ONCE = 32;
/** Longest piece of work before others get a turn, ms: a window that reads a large folder stays alive. */
const LONGEST_PIECE_MS = 10;

/**
 * Does the same with many things, some of them side by side, and resolves with the answers in their
 * order. Others get a turn in between. Rejects with the first error; nothing new is begun then.
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R> | R,
  atOnce = AT_ONCE,
): Promise<R[]> {
  const answers = new Array<R>(items.length);
  const breathe = breather();
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      try {
        answers[index] = await work(items[index] as T, index);
      } catch (error) {
        next = items.length;
        throw error;
      }
      await breathe();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return answers;
}

/** Called after each piece of work: gives others a turn when enough time has gone by. */
export function breather(): () => Promise<void> | undefined {
  let since = performance.now();
  // One for all who come meanwhile: else each of them would go on for a whole piece of its own.
  let turn: Promise<void> | undefined;
  return () => {
    if (performance.now() - since < LONGEST_PIECE_MS) return turn;
    turn ??= new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now();
        turn = undefined;
        resolve();
      }),
    );
    return turn;
  };
}

/** Waits until all of it has ended, also where some of it failed; rejects then with the first error. */
export async function allEnded(work: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(work);
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken) throw broken.reason;
}
