import { describe, expect, it } from 'vitest';
import * as format from '../../renderer/text/format.ts';
import { limitText, memoryText, parseLimit, parseMemory } from '../../renderer/text/limit.ts';

const NOON = new Date(2026, 10, 18, 12, 0).getTime();
const HOUR = 3_600_000;

describe('times', () => {
  it.each([
    [0, '0.0 s'],
    [0.001, '0.01 s'],
    [0.04, '0.04 s'],
    [0.098, '0.1 s'],
    [0.42, '0.4 s'],
    [9.97, '10 s'],
    [53, '53 s'],
    [170, '2 m 50 s'],
    [7860, '2 h 11 m'],
    [97_200, '1 d 3 h'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(format.duration(seconds)).toBe(text);
  });

  it.each([
    [0.2, '1 s'],
    [40, '40 s'],
    [75, '1 m'],
    [4920, '1 h 22 m'],
    [22_800, '6 h 20 m'],
  ])('says a guess of %d seconds only as exactly as a guess is: %s', (seconds, text) => {
    expect(format.roughDuration(seconds)).toBe(text);
  });

  it('says the clock today, the weekday within a week, and the date before that', () => {
    expect(format.dayOrClock(NOON - 2 * HOUR, NOON)).toBe('10:00');
    expect(format.dayOrClock(NOON - 48 * HOUR, NOON)).toBe('Mon');
    expect(format.dayOrClock(NOON - 300 * HOUR, NOON)).toBe('6 Nov');
  });

  it('adds the day to a clock time that is far away', () => {
    expect(format.clockWithDay(NOON + 7 * HOUR, NOON)).toBe('19:00');
    expect(format.clockWithDay(NOON - 48 * HOUR, NOON)).toBe('Mon 12:00');
  });
});

describe('numbers', () => {
  it('counts things with their plural', () => {
    expect(format.counted(1, 'frame')).toBe('1 frame');
    expect(format.counted(1204, 'frame')).toBe('1,204 frames');
    expect(format.counted(2, 'try', 'tries')).toBe('2 tries');
  });

  it('says 100 % only when all is done', () => {
    expect(format.percent(999, 1000)).toBe('99 %');
    expect(format.percent(1000, 1000)).toBe('100 %');
    expect(format.percent(0, 0)).toBe('0 %');
  });

  it('says memory as a person reads it', () => {
    expect(format.memory(640)).toBe('640 MB');
    expect(format.memory(3174)).toBe('3.1 GB');
    expect(format.memory(65_536)).toBe('64 GB');
  });
});

describe('time limits', () => {
  it.each([
    ['', null],
    ['90', 90],
    ['90s', 90],
    ['20 m', 1200],
    ['1h 30m', 5400],
    ['2H', 7200],
    ['soon', undefined],
    ['0', undefined],
    ['-5m', undefined],
    ['10m later', undefined],
  ])('reads %j as %j', (typed, seconds) => {
    expect(parseLimit(typed)).toBe(seconds);
  });

  it('reads back what it shows', () => {
    for (const seconds of [1, 59.5, 60, 90, 3600, 5400, 86_400]) {
      expect(parseLimit(limitText(seconds))).toBe(seconds);
    }
    expect(limitText(null)).toBe('');
  });
});

describe('a memory limit as typed', () => {
  it.each([
    ['', null],
    ['16', 16_384],
    ['7.5 GB', 7680],
    ['7,5gb', 7680],
    ['0.5', 512],
    ['0.4', undefined],
    ['GB', undefined],
    ['-8', undefined],
    ['16 MB', undefined],
  ])('reads %j as %j MiB', (typed, limit) => {
    expect(parseMemory(typed)).toBe(limit);
  });

  it('reads back what it shows', () => {
    for (const limit of [null, 512, 7680, 16_384])
      expect(parseMemory(memoryText(limit))).toBe(limit);
  });
});
