import { describe, expect, it } from 'vitest';
import { Outlook } from '../../electron/engine/estimate/outlook.ts';
import { medianOf } from '../bench/figures.ts';
import { madeNight } from './made-night.ts';

const NIGHTS = 300;

/** What was expected at some share of each night, beside what it truly took from there. */
function looks(share: number) {
  return Array.from({ length: NIGHTS }, (_, seed) => {
    const night = madeNight(seed + 1);
    const passed = night.seconds * share;
    const jobs = night.at(passed);
    const run = { elapsedSeconds: null, renderSeconds: 0, workers: night.workers };
    const found = new Outlook(() => jobs).expectation(run, passed * 1000);
    return { found, truth: night.seconds - passed };
  }).flatMap(({ found, truth }) => (found === null ? [] : [{ ...found, truth }]));
}

function figures(share: number) {
  const all = looks(share);
  const off = all.map(({ seconds, truth }) => Math.abs(seconds / truth - 1));
  const within = all.filter(({ low, high, truth }) => low <= truth && truth <= high).length;
  const widths = all.map(({ low, high, seconds }) => (high - low) / seconds);
  return {
    off: medianOf(off),
    within: within / all.length,
    width: medianOf(widths),
    bias: medianOf(all.map(({ seconds, truth }) => seconds / truth)),
  };
}

describe('in 300 nights whose end is known', () => {
  const shares = [0.05, 0.1, 0.3, 0.5, 0.7, 0.9];
  const found = shares.map(figures);

  it('about four of five end within the range, at each time of the night', () => {
    for (const { within } of found) {
      expect(within).toBeGreaterThanOrEqual(0.8);
      expect(within).toBeLessThan(0.9);
    }
  });

  it('the range is no wider than it has to be', () => {
    // High less low, as a share of what is expected: 1.5 is from a half to two times as long.
    const widths = found.map(({ width }) => width);
    const most = [1.6, 1.4, 1.1, 1, 0.9, 0.45];
    for (const [index, width] of widths.entries()) expect(width).toBeLessThan(most[index] ?? 0);
  });

  it('what is expected gets better as frames come in', () => {
    const off = found.map((one) => one.off);
    expect(off[1]).toBeLessThan(0.4);
    expect(off[3]).toBeLessThan(0.2);
    expect(off[4]).toBeLessThan(off[0] ?? 0);
  });

  it('it is neither hopeful nor gloomy', () => {
    for (const { bias } of found) {
      expect(bias).toBeGreaterThan(0.85);
      expect(bias).toBeLessThan(1.15);
    }
  });

  it('the range becomes narrower', () => {
    const widths = found.map(({ width }) => width);
    expect(widths[4]).toBeLessThan(widths[0] ?? 0);
  });
});
