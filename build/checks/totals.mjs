/**
 * What a test run came to, from what its reporter counted. Nothing that did not run counts as passed,
 * and a run that ended badly has at least one failure, whatever its report says.
 * @typedef {{ passed: number, failed: number }} Totals
 */

/**
 * @param {unknown} report Vitest's JSON report, undefined when it wrote none
 * @param {number} code its exit code
 * @returns {Totals}
 */
export function vitestTotals(report, code) {
  const files = report?.testResults ?? [];
  // A file that could not even be loaded holds no test that could fail.
  const broken = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(isFailed),
  );
  return honest(report?.numPassedTests ?? 0, (report?.numFailedTests ?? 0) + broken.length, code);
}

/**
 * @param {unknown} report Playwright's JSON report, undefined when it wrote none
 * @param {number} code its exit code
 * @returns {Totals}
 */
export function playwrightTotals(report, code) {
  const { expected = 0, unexpected = 0, flaky = 0 } = report?.stats ?? {};
  return honest(expected, unexpected + flaky, code);
}

function isFailed(assertion) {
  return assertion.status === 'failed';
}

function honest(passed, failed, code) {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}
