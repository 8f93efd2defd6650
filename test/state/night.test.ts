import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay } from '../../electron/engine/journal/replay.ts';
import type { BatchEvent, RunEvent } from '../../shared/events.ts';
import { poolText, recoveryText } from '../../shared/incident-text.ts';
import {
  MOST_INCIDENTS,
  type Night,
  pausedMsOf,
  pausedWithin,
  QUIET_NIGHT,
} from '../../shared/night.ts';
import { nightAfter } from '../../shared/night-state.ts';
import { runOf } from '../helpers/plan.ts';
import { added, crashedRun, runStarted } from '../journal/events.ts';

const SAME_NIGHT = { resumes: true, brokeOffAt: null };

const paused = (at: number, reason: 'asked' | 'disk-full' = 'disk-full'): RunEvent => ({
  type: 'batch-paused',
  at,
  reason,
  message: 'The disk of /renders is full.',
});
const unpaused = (at: number): RunEvent => ({ type: 'batch-unpaused', at });

function nightOf(events: readonly RunEvent[], from: Night = QUIET_NIGHT): Night {
  return events.reduce((night, event) => nightAfter(night, event, SAME_NIGHT), from);
}

describe('what a night met', () => {
  it('knows each pause with its time', () => {
    const night = nightOf([paused(1000), unpaused(4000)]);
    expect(night.incidents).toMatchObject([{ at: 1000, until: 4000, pausedMs: 3000, times: 1 }]);
    expect(pausedMsOf(night, 9000)).toBe(3000);
  });

  it('counts a pause that goes on', () => {
    expect(pausedMsOf(nightOf([paused(1000)]), 9000)).toBe(8000);
  });

  it('counts no time twice when one pause follows on another', () => {
    const night = nightOf([paused(1000), paused(3000, 'asked'), unpaused(4000)]);
    expect(night.pausedMs).toBe(3000);
    expect(night.incidents).toMatchObject([
      { pausedMs: 2000 },
      { reason: 'asked', pausedMs: 1000 },
    ]);
  });

  it('stays small however long a disk flaps, and its time stays right', () => {
    const flaps = fc.array(fc.tuple(fc.nat(2_000_000), fc.nat(50_000)), { maxLength: 400 });
    fc.assert(
      fc.property(flaps, (turns) => {
        let at = 0;
        let lost = 0;
        const events = turns.flatMap(([work, wait]) => {
          const start = at + work;
          at = start + wait;
          lost += wait;
          return [paused(start), unpaused(at)];
        });
        const night = nightOf(events);
        expect(night.incidents.length).toBeLessThanOrEqual(MOST_INCIDENTS);
        expect(night.pausedMs).toBe(lost);
      }),
    );
  });

  it('says of a disk that is full again soon that it was the same trouble', () => {
    const night = nightOf([paused(0), unpaused(1000), paused(60_000), unpaused(62_000)]);
    expect(night.incidents).toMatchObject([{ at: 0, until: 62_000, times: 2, pausedMs: 3000 }]);
    expect(pausedWithin(night, 0, 62_000)).toBeCloseTo(3000);
  });

  it('leaves a pause out of the time of a shot only where it lies in it', () => {
    const night = nightOf([paused(1000), unpaused(4000)]);
    expect(pausedWithin(night, 2000, 9000)).toBe(2000);
    expect(pausedWithin(night, 5000, 9000)).toBe(0);
  });

  it('knows how many workers are left, until all are at work again', () => {
    const change = { type: 'pool-changed', at: 5, of: 3, message: 'Memory ran out.' } as const;
    const fewer = nightOf([{ ...change, workers: 2 }]);
    expect(fewer.pool).toEqual({ at: 5, workers: 2, of: 3, message: 'Memory ran out.' });
    expect(nightOf([{ ...change, workers: 3 }], fewer).pool).toBeNull();
    expect(poolText({ ...change, workers: 2 })).toContain('goes on with 2 of 3 workers');
  });
});

describe('the night of a journal', () => {
  const text = (events: readonly BatchEvent[]) => [
    '{"nightshift":"journal","version":1}',
    ...events.map((one) => JSON.stringify(one)),
  ];
  const start = (at: number): BatchEvent => ({
    type: 'batch-started',
    at,
    run: runOf({ startedAt: at }),
  });

  it('goes on over a crash, which it tells with its time', () => {
    const { night } = replay(text([...crashedRun(), paused(210), start(5000)]));
    expect(night.incidents).toMatchObject([
      { kind: 'paused', at: 210, until: 210, pausedMs: 0 },
      { kind: 'interrupted', at: 210, until: 5000 },
    ]);
    expect(night).toMatchObject({ pausedSince: null, pausedMs: 0 });
  });

  it('begins anew after a run that came to its end', () => {
    const end: BatchEvent = { type: 'batch-finished', at: 400, outcome: 'failed' };
    const { night } = replay(text([runStarted(), paused(200), unpaused(300), end, start(5000)]));
    expect(night.incidents).toEqual([]);
  });

  it('knows which shots have left the folder, until something happens to them again', () => {
    const gone: BatchEvent = { type: 'jobs-gone', at: 300, jobs: ['hero', 'knob'] };
    const events = [runStarted(), ...added('hero'), ...added('knob'), gone];
    expect([...replay(text(events)).gone]).toEqual(['hero', 'knob']);
    const back: BatchEvent = { type: 'job-reset', job: 'hero', at: 400 };
    const replayed = replay(text([...events, back]));
    expect([...replayed.gone]).toEqual(['knob']);
    // What is known of its frames stays.
    expect(replayed.jobs.size).toBe(2);
  });
});

describe('what a start found', () => {
  it('is said in the singular and the plural', () => {
    const nothing = { orphansStopped: 0, linesSetAside: 0, lost: [], stale: [] };
    expect(recoveryText(nothing)).toBe('');
    expect(
      recoveryText({
        orphansStopped: 1,
        linesSetAside: 1,
        lost: [{ name: 'hero', frames: 1 }],
        stale: [{ name: 'knob', frames: 1 }],
      }),
    ).toBe(
      [
        'A Blender left over from the run before was stopped.',
        '1 line of the checkpoint could not be read and was kept aside; the files on disk say what is done.',
        '1 frame finished before is gone or was changed since, and is rendered again: hero.',
        '1 frame is rendered again because the shot was changed: knob.',
      ].join(' '),
    );
    const shots = [
      { name: 'hero', frames: 8 },
      { name: 'knob', frames: 4 },
    ];
    expect(recoveryText({ orphansStopped: 2, linesSetAside: 3, lost: shots, stale: shots })).toBe(
      [
        '2 Blenders left over from the run before were stopped.',
        '3 lines of the checkpoint could not be read and were kept aside; the files on disk say what is done.',
        '12 frames finished before are gone or were changed since, and are rendered again: hero (8), knob (4).',
        '12 frames are rendered again because their shots were changed: hero (8), knob (4).',
      ].join(' '),
    );
  });
});
