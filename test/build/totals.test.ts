import { expect, test } from 'vitest';
import {
  afterSecondTry,
  failedNames,
  mayTryAgain,
  playwrightTotals,
  vitestTotals,
} from '../../build/checks/totals.mjs';

test('counts what the reporters counted', () => {
  const vitest = { numPassedTests: 12, numFailedTests: 2, testResults: [] };
  expect(vitestTotals(vitest, 1)).toEqual({ passed: 12, failed: 2 });
  const playwright = { stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 4 } };
  expect(playwrightTotals(playwright, 1)).toEqual({ passed: 3, failed: 2 });
});

test('a test file that could not be loaded is a failure', () => {
  const broken = { status: 'failed', assertionResults: [] };
  const report = { numPassedTests: 5, numFailedTests: 0, testResults: [broken] };
  expect(vitestTotals(report, 1)).toEqual({ passed: 5, failed: 1 });
});

test('a failed test is not counted once more for its file', () => {
  const file = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
  const report = { numPassedTests: 1, numFailedTests: 1, testResults: [file] };
  expect(vitestTotals(report, 1)).toEqual({ passed: 1, failed: 1 });
});

test('a run that wrote no report passed nothing and failed once', () => {
  expect(vitestTotals(undefined, 1)).toEqual({ passed: 0, failed: 1 });
  expect(playwrightTotals(undefined, 127)).toEqual({ passed: 0, failed: 1 });
});

test('a run that ended badly fails although every test passed', () => {
  const report = { numPassedTests: 9, numFailedTests: 0, testResults: [] };
  expect(vitestTotals(report, 1)).toEqual({ passed: 9, failed: 1 });
});

test('what failed is named once more, by file and test', () => {
  const parts = {
    testResults: [
      { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
      {
        ...{ name: 'b.test.ts', status: 'failed' },
        assertionResults: [{ status: 'passed' }, { status: 'failed', fullName: 'it holds' }],
      },
      { name: 'c.test.ts', status: 'failed', assertionResults: [] },
    ],
  };
  expect(failedNames(parts)).toEqual(['b.test.ts › it holds', 'c.test.ts']);
  const app = {
    suites: [
      {
        ...{ file: 'night.spec.ts', specs: [{ title: 'a night', ok: true }] },
        suites: [{ file: 'night.spec.ts', specs: [{ title: 'a morning', ok: false }] }],
      },
    ],
  };
  expect(failedNames(app)).toEqual(['night.spec.ts › a morning']);
  expect(failedNames(undefined)).toEqual([]);
});

test('what passes alone is counted as passed, and named', () => {
  const first = { passed: 10, failed: 2, names: ['a › one', 'b › two'] };
  expect(afterSecondTry(first, { passed: 5, failed: 0, names: [] })).toEqual({
    ...{ passed: 12, failed: 0, names: [] },
    late: ['a › one', 'b › two'],
  });
  expect(afterSecondTry(first, { passed: 4, failed: 1, names: ['b › two'] })).toEqual({
    ...{ passed: 11, failed: 1, names: ['b › two'] },
    late: ['a › one'],
  });
});

test('a second try that ended without its report leaves all as failed as it was', () => {
  const first = { passed: 10, failed: 2, names: ['a › one', 'b › two'] };
  const broken = { passed: 0, failed: 1, names: [] };
  expect(afterSecondTry(first, broken)).toEqual({ ...first, late: [] });
});

test('only a few tests are tried again, and no run that ended badly by itself', () => {
  expect(mayTryAgain({ passed: 10, failed: 1, names: ['a › one'] })).toBe(true);
  expect(mayTryAgain({ passed: 10, failed: 0, names: [] })).toBe(false);
  expect(mayTryAgain({ passed: 10, failed: 1, names: [] })).toBe(false);
  const many = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(mayTryAgain({ passed: 10, failed: 6, names: many })).toBe(false);
});
