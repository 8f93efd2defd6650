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

/**
 * The names of what failed in a run, so that the end of a long log says it.
 * @param {unknown} report of either reporter
 * @returns {string[]} "file › test", or a file alone that could not be loaded
 */
export function failedNames(report) {
  const ofParts = (report?.testResults ?? [])
    .filter((file) => file.status === 'failed')
    .flatMap(({ name, assertionResults }) => {
      const failed = assertionResults.filter(isFailed);
      return failed.length === 0 ? [name] : failed.map(({ fullName }) => `${name} › ${fullName}`);
    });
  return [...ofParts, ...(report?.suites ?? []).flatMap(failedSpecs)];
}

/**
 * What a run and its second try came to together. Only tests that failed are in the second.
 * @param {Totals & { names: string[] }} first
 * @param {Totals & { names: string[] }} second
 * @returns {Totals & { names: string[], late: string[] }} late: what failed beside the others and passed alone
 */
export function afterSecondTry(first, second) {
  // Broken off, it says nothing of any test.
  if (second.names.length !== second.failed) return { ...first, late: [] };
  const { failed, names } = second;
  const late = first.names.filter((name) => !names.includes(name));
  return { passed: first.passed + first.failed - failed, failed, names, late };
}

/**
 * Whether a second try says anything: a few tests failed, and nothing but tests.
 * @param {Totals & { names: string[] }} totals
 */
export function mayTryAgain({ failed, names }) {
  return failed > 0 && failed <= 5 && names.length === failed;
}

function failedSpecs({ file, specs = [], suites = [] }) {
  const failed = specs.filter(({ ok }) => !ok).map(({ title }) => `${file} › ${title}`);
  return [...failed, ...suites.flatMap(failedSpecs)];
}

function isFailed(assertion) {
  return assertion.status === 'failed';
}

function honest(passed, failed, code) {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}
