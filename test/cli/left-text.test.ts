import { expect, it } from 'vitest';
import { leftText } from '../../electron/cli/estimate.ts';

const NOW = new Date(2026, 1, 28, 0, 20).getTime();
const HOUR = 3600;

it('says how long it takes, when it is done, and between what', () => {
  const remainingRange = { low: 5.2 * HOUR, high: 7.6 * HOUR };
  expect(leftText({ remainingSeconds: 6.36 * HOUR, remainingRange }, NOW)).toBe(
    '6 h 22 m left, done about 06:40 (05:30–08:00)',
  );
});

it('says no range of a minute, and nothing where nothing is known or left', () => {
  const near = { low: 110, high: 130 };
  expect(leftText({ remainingSeconds: 120, remainingRange: near }, NOW)).toBe(
    '2 m left, done about 00:22',
  );
  expect(leftText({ remainingSeconds: null, remainingRange: null }, NOW)).toBe('');
  expect(leftText({ remainingSeconds: 0, remainingRange: { low: 0, high: 0 } }, NOW)).toBe('');
});
