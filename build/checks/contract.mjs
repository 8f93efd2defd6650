// How `npm test` runs the contract of a version (`test/contract`) once more, on the second Blender.

/**
 * @typedef {{ executable: string, version: string } | { why: string, wrong?: boolean }} Second
 */

/**
 * The second run of the contract.
 * @param {Second} second
 * @param {readonly string[]} chosen words that choose test files, none for all
 * @param {string} own the Blender of the first run
 * @returns {{ title: string, args: readonly string[], env: Record<string, string> } | { failure: string } | { note: string } | undefined}
 *   what Vitest is told; or why it fails, or why there is none; undefined when nothing of it was chosen
 */
export function secondRun(second, chosen, own) {
  // Who names a Blender means it: that counts, whatever was chosen.
  if ('why' in second && second.wrong) return { failure: `${second.why}.` };
  const files = chosen.length === 0 ? ['test/contract'] : chosen.filter(isOfContract);
  if (files.every((word) => /\/versions\b/.test(word))) return undefined;
  if ('why' in second) {
    return {
      note: `The contract was tried on this machine's Blender only. Another one: ${second.why}.`,
    };
  }
  return {
    title: `The contract on Blender ${second.version}`,
    // Two Blenders side by side are the same two the other way round.
    // The whole app is tested beside it.
    args: [`--exclude=${PAIR}`, '--maxWorkers=2', ...files],
    env: { NIGHTSHIFT_BLENDER: second.executable, NIGHTSHIFT_OTHER_BLENDER: own },
  };
}

const PAIR = 'test/contract/versions.test.ts';

/** A word such as `render` would choose tests of everything: only those of the folder are meant here. */
function isOfContract(word) {
  return /^(test\/)?contract\b/.test(word);
}
