import { expect, test } from 'vitest';
import { exitCodeOf } from '../../electron/cli/exit-codes.ts';
import { madeJob, madeResult, NO_CAMERA } from '../helpers/results.ts';

const GOOD = madeJob();
const BAD = madeJob({ status: 'failed', error: NO_CAMERA, frames: null });
const CUT = madeJob({ status: 'cancelled', frames: [1], left: 1 });

test('every frame done ends with 0', () => {
  expect(exitCodeOf(madeResult([GOOD]))).toBe(0);
});

test('a failed shot ends with 1, also when others were not started because of it', () => {
  const skipped = madeJob({ status: 'skipped', frames: null });
  expect(exitCodeOf(madeResult([GOOD, BAD], 'failed'))).toBe(1);
  expect(exitCodeOf(madeResult([BAD, skipped], 'failed'))).toBe(1);
});

test('nothing to render ends with 2', () => {
  expect(exitCodeOf(madeResult([]))).toBe(2);
});

test('a cancelled batch ends with 130, also when a shot had failed before', () => {
  expect(exitCodeOf(madeResult([GOOD, BAD, CUT], 'cancelled'))).toBe(130);
  expect(exitCodeOf(madeResult([CUT], 'interrupted'))).toBe(130);
});

test('a cancel that came after the last frame ends with 0', () => {
  expect(exitCodeOf(madeResult([GOOD], 'cancelled'))).toBe(0);
});
