import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clockText, momentsOf, nextMoment, parseTimeOfDay } from '../../shared/schedule.ts';

const local = (text: string) => new Date(text).getTime();

describe('a time of the day', () => {
  it.each([
    ['23:00', '23:00'],
    ['7:30', '07:30'],
    ['8', '08:00'],
    [' 0:05 ', '00:05'],
  ])('“%s” is %s', (text, time) => {
    expect(parseTimeOfDay(text)).toBe(time);
  });

  it.each(['', '24:00', '12:60', '7:5', 'soon', '-1', '1:00 pm', '٨:٠٠'])(
    '“%s” is none',
    (text) => {
      expect(parseTimeOfDay(text)).toBeNull();
    },
  );
});

describe('the next time that the clock shows it', () => {
  it('is today where it is still to come, and tomorrow where it is over', () => {
    expect(nextMoment('23:00', local('2026-11-26T18:00'))).toBe(local('2026-11-26T23:00'));
    expect(nextMoment('08:00', local('2026-11-26T18:00'))).toBe(local('2026-11-27T08:00'));
    expect(nextMoment('08:00', local('2026-12-31T23:59'))).toBe(local('2027-01-01T08:00'));
  });

  it('is never the moment that it is asked at', () => {
    expect(nextMoment('08:00', local('2026-11-26T08:00'))).toBe(local('2026-11-27T08:00'));
  });
});

describe('a night', () => {
  const evening = local('2026-11-26T22:10');

  it('starts and ends at the next such times, the end after the start', () => {
    expect(momentsOf({ startAt: '23:00', until: '08:00' }, evening)).toEqual({
      startAt: local('2026-11-26T23:00'),
      until: local('2026-11-27T08:00'),
    });
  });

  it('that starts past midnight ends on that morning', () => {
    expect(momentsOf({ startAt: '00:30', until: '06:00' }, evening)).toEqual({
      startAt: local('2026-11-27T00:30'),
      until: local('2026-11-27T06:00'),
    });
  });

  it('may last until the same time of the next day', () => {
    const { startAt, until } = momentsOf({ startAt: '23:00', until: '23:00' }, evening);
    expect(startAt).toBe(local('2026-11-26T23:00'));
    expect(until).toBe(local('2026-11-27T23:00'));
  });

  it('starts now when its minute has just begun, and not tomorrow', () => {
    const now = local('2026-11-26T23:00:20');
    expect(momentsOf({ startAt: '23:00', until: null }, now)).toEqual({
      startAt: null,
      until: null,
    });
  });

  it('that has begun ends at the next such time', () => {
    expect(momentsOf({ startAt: null, until: '08:00' }, local('2026-11-27T03:00'))).toEqual({
      startAt: null,
      until: local('2026-11-27T08:00'),
    });
  });
});

describe('where clocks are put forward and back', () => {
  const zone = process.env.TZ;
  beforeEach(() => {
    process.env.TZ = 'Europe/Berlin';
  });
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('the night of spring is an hour shorter, that of autumn an hour longer', () => {
    const hours = (day: string) => {
      const begin = local(`${day}T23:00`);
      return (nextMoment('08:00', begin) - begin) / 3_600_000;
    };
    expect(hours('2027-03-27')).toBe(8);
    expect(hours('2026-10-24')).toBe(10);
  });

  it('a time that is left out in spring comes as soon as the clock has passed it', () => {
    const at = nextMoment('02:30', local('2027-03-27T23:00'));
    expect(clockText(at)).toBe('03:30');
  });

  it('a time that comes twice in autumn counts once', () => {
    const first = nextMoment('02:30', local('2026-10-24T23:00'));
    expect(clockText(first)).toBe('02:30');
    expect(nextMoment('02:30', first) - first).toBe(25 * 3_600_000);
  });
});
