/**
 * Says one step of the set-up in one plain line.
 * @param {string} sentence
 */
export function say(sentence) {
  console.log(`[set-up] ${sentence}`);
}

/** A problem that a person can solve: its message is a whole sentence and is shown without a stack. */
export class SetupProblem extends Error {
  name = 'SetupProblem';
}

/**
 * What an unknown thrown value says, in one line.
 * @param {unknown} error
 */
export function firstLine(error) {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? '';
}
