import { describe, expect, it } from 'vitest';
import {
  againCount,
  batchAdded,
  batchEnded,
  batchMovedBefore,
  batchMovedTo,
  batchPassedOver,
  batchTakenOut,
  EMPTY_QUEUE,
  nextBatch,
  nightStep,
  nightTimes,
  stillAsked,
  turnOf,
} from '../../electron/engine/index.ts';
import { type AskedFrames, againText, type NightQueue } from '../../shared/tonight.ts';
import { jobWith, listing, RUNNING, record, WAITING } from '../app/jobs.ts';

const at = (text: string) => new Date(text).getTime();

function batch(batchId: string, only: readonly string[] | null = null) {
  const place = { folder: `/${batchId}`, outputRoot: `/${batchId}/renders` };
  return { batchId, ...place, only, trusted: null };
}

function night(...ids: readonly string[]): NightQueue {
  return ids.reduce((queue, id) => batchAdded(queue, batch(id), 'last'), EMPTY_QUEUE);
}

const doneAt = (when: number) =>
  ({ status: 'done', tries: 1, kept: false, record: record(1, when) }) as const;

type Begun = Omit<Parameters<typeof batchEnded>[1], 'batchId'>;

function whole(batchId: string) {
  return { batchId, only: null };
}

function order({ batches }: NightQueue): string {
  return batches.map(({ batchId, problem }) => (problem ? `(${batchId})` : batchId)).join(' ');
}

describe('the order of tonight', () => {
  const three = night('a', 'b', 'c');
  const lame = batchPassedOver(three, whole('b'), 'Its folder is gone.');
  it.each<[string, NightQueue, string]>([
    ['one comes after what is there', batchAdded(three, batch('d'), 'last'), 'a b c d'],
    ['or before it', batchAdded(three, batch('d'), 'first'), 'd a b c'],
    ['twice is once, at its place', batchAdded(three, batch('b'), 'last'), 'a b c'],
    ['unless it is to be the first', batchAdded(three, batch('c'), 'first'), 'c a b'],
    ['before another', batchMovedBefore(three, 'c', 'b'), 'a c b'],
    ['to the end', batchMovedBefore(three, 'a', null), 'b c a'],
    ['before one that is not there: to the end', batchMovedBefore(three, 'a', 'x'), 'b c a'],
    ['before itself', batchMovedBefore(three, 'b', 'b'), 'a b c'],
    ['one that is not there', batchMovedBefore(three, 'x', 'a'), 'a b c'],
    ['to a place', batchMovedTo(three, 'a', 2), 'b a c'],
    ['to one beyond the end', batchMovedTo(three, 'a', 9), 'b c a'],
    ['taken out', batchTakenOut(three, 'b'), 'a c'],
    ['ended', batchEnded(three, whole('a')), 'b c'],
    ['passed over', lame, 'a (b) c'],
    [
      'what was passed over and is added again comes last',
      batchAdded(lame, batch('b'), 'last'),
      'a c b',
    ],
  ])('%s', (_what, queue, expected) => {
    expect(order(queue)).toBe(expected);
  });

  it('asks for more shots of a batch, never for fewer', () => {
    const only = (queue: NightQueue) => queue.batches[0]?.only;
    const some = batchAdded(EMPTY_QUEUE, batch('a', ['1']), 'last');
    expect(only(batchAdded(some, batch('a', ['1', '2']), 'last'))).toEqual(['1', '2']);
    expect(only(batchAdded(some, batch('a'), 'last'))).toBeNull();
    expect(only(batchAdded(night('a'), batch('a', ['1']), 'last'))).toBeNull();
  });

  it.each<[string, readonly string[] | null, readonly string[] | null, boolean]>([
    ['all of it, of all', null, null, true],
    ['some shots, of these', ['1', '2'], ['1', '2'], true],
    ['all of it, of some', ['1'], null, true],
    ['some shots, of all', null, ['1'], false],
    ['some shots, of what has grown meanwhile', ['1', '2'], ['1'], false],
  ])('what still waits keeps its turn when this ends: %s', (_what, queued, only, isGone) => {
    const queue = batchAdded({ ...night('a'), startAt: 9 }, batch('b', queued), 'last');
    const left = isGone ? 'a' : 'a b';
    expect(order(batchEnded(queue, { batchId: 'b', only }))).toBe(left);
    expect(batchEnded(queue, { batchId: 'b', only }).startAt).toBe(9);
    const lame = batchPassedOver(queue, { batchId: 'b', only }, 'Gone.');
    expect(order(lame)).toBe(isGone ? 'a (b)' : 'a b');
  });

  it('keeps what was said of its scripts', () => {
    const said = batchAdded(EMPTY_QUEUE, { ...batch('a'), trusted: true }, 'last');
    expect(batchAdded(said, batch('a'), 'last').batches[0]?.trusted).toBe(true);
  });

  it('plans nothing any more for a night of which nothing is left', () => {
    const planned = { ...night('a', 'b'), startAt: 1, until: 2, on: true };
    expect(batchTakenOut(planned, 'a')).toMatchObject({ startAt: 1, on: true });
    expect(batchTakenOut(batchTakenOut(planned, 'a'), 'b')).toEqual(EMPTY_QUEUE);
    const lame = batchPassedOver(planned, whole('b'), 'Gone.');
    expect(batchTakenOut(lame, 'a')).toMatchObject({ startAt: null, until: null, on: false });
  });
});

describe('frames that are to be rendered again', () => {
  const asked = (job: string, frames: readonly number[] | null, when = 1): AskedFrames => ({
    job,
    frames,
    at: when,
  });
  const [first, second] = [asked('hero', [1, 2]), asked('lamp', [7], 2)];
  const withAgain = (only: readonly string[] | null, ...again: readonly AskedFrames[]) =>
    batchAdded(EMPTY_QUEUE, { ...batch('a', only), again }, 'last');
  const left = ({ batches: [each] }: NightQueue) => each && [each.only, each.again ?? []];

  it('wait with the others of their batch, and with what is left of it', () => {
    const more = batchAdded(withAgain([], first), { ...batch('a', []), again: [second] }, 'last');
    expect(left(more)).toEqual([[], [first, second]]);
    expect(left(batchAdded(more, batch('a'), 'last'))).toEqual([null, [first, second]]);
    expect(left(batchAdded(night('a'), { ...batch('a', []), again: [first] }, 'first'))).toEqual([
      null,
      [first],
    ]);
  });

  it.each<[string, NightQueue, Begun, unknown]>([
    ['all of them', withAgain([], first), { only: [], again: [first] }, undefined],
    [
      'some: the others wait',
      withAgain([], first, second),
      { only: [], again: [first] },
      [[], [second]],
    ],
    [
      'before what is left, which waits',
      withAgain(null, first),
      { only: [], again: [first] },
      [null, []],
    ],
    ['what is left: they still wait', withAgain(null, first), { only: null }, [[], [first]]],
    ['all of it', withAgain(null, first), { only: null, again: [first] }, undefined],
  ])('of what was begun of a batch nothing waits any more: %s', (_what, queue, begun, expected) => {
    expect(left(batchEnded(queue, { batchId: 'a', ...begun }))).toEqual(expected);
  });

  it('that could not be rendered are passed over, and not tried without an end', () => {
    const lame = batchPassedOver(
      withAgain(null, first),
      { batchId: 'a', only: [], again: [first] },
      'The disk is full.',
    );
    expect(nextBatch(lame)).toBeNull();
    expect(left(lame)).toEqual([null, [first]]);
    expect(left(batchTakenOut(lame, 'a'))).toBeUndefined();
  });

  it('are those that were not rendered since they were asked for', () => {
    const job = jobWith([doneAt(5), doneAt(20), RUNNING, WAITING], {
      shotConfig: listing([1, 2, 3, 4]),
    });
    const still = (...again: readonly AskedFrames[]) =>
      stillAsked(again, (id) => (id === job.id ? job : undefined));
    expect(still(asked(job.id, [1, 2, 3, 4, 99], 10))).toEqual([
      { job: job.id, frames: [1, 3, 4] },
    ]);
    expect(still(asked(job.id, null, 10))).toEqual([{ job: job.id, frames: [1, 3, 4] }]);
    expect(still(asked(job.id, [2], 10))).toEqual([]);
    // Asked for once more after that.
    expect(still(asked(job.id, [2], 10), asked(job.id, [2], 30))).toEqual([
      { job: job.id, frames: [2] },
    ]);
    // Nobody has opened it yet, and one that is not there any more.
    const unopened = { ...job, plan: null };
    expect(stillAsked([asked('x', null)], () => unopened)).toEqual([{ job: 'x', frames: null }]);
    expect(still(asked('gone', [1]))).toEqual([]);
  });

  it('begin alone, then what is left of their batch has its turn', () => {
    const again = [asked('hero', [1])];
    const queued = { ...batch('a'), problem: null, again };
    const picked = [{ job: 'hero', frames: [1] }];
    expect(turnOf(queued, picked)).toEqual({ begun: { batchId: 'a', only: [], again }, picked });
    expect(turnOf(queued, [])).toEqual({ begun: queued, picked: null });
    expect(turnOf({ ...queued, only: [] }, [])).toBeNull();
  });

  it.each<[readonly AskedFrames[], string]>([
    [[asked('hero', [1])], '1 frame again'],
    [[asked('hero', [1, 2]), asked('hero', [2, 3])], '3 frames again'],
    [[asked('hero', null), asked('hero', [2]), asked('lamp', [2])], '1 shot and 1 frame again'],
    [[asked('hero', null), asked('lamp', null)], '2 shots again'],
  ])('are counted, each once: %#', (again, text) => {
    const found = againCount({ again, only: [] });
    expect(found && againText(found)).toBe(text);
    expect(againCount({ again: [], only: null })).toBeNull();
  });
});

describe('what the night does when nothing renders', () => {
  const now = at('2026-11-27T01:00');
  const on = { ...night('a', 'b'), on: true };
  const lame = batchPassedOver(on, whole('a'), 'Gone.');
  it.each<[string, NightQueue, string]>([
    ['begins the first', on, 'begin a'],
    ['passes over what could not begin', lame, 'begin b'],
    ['ends when nothing is left', batchEnded(lame, whole('b')), 'end'],
    ['waits where nobody wants it to go on', { ...on, on: false }, 'wait'],
    ['waits for its time', { ...on, startAt: now + 1 }, 'wait'],
    ['begins when its time has come', { ...on, startAt: now }, 'begin a'],
    ['begins nothing past its end', { ...on, until: now }, 'stop'],
    ['begins before its end', { ...on, until: now + 1 }, 'begin a'],
  ])('%s', (_what, queue, expected) => {
    const step = nightStep(queue, now);
    expect(step.do === 'begin' ? `begin ${step.batch.batchId}` : step.do).toBe(expected);
  });

  it('knows no next batch where all were passed over', () => {
    expect(nextBatch(batchPassedOver(night('a'), whole('a'), 'Gone.'))).toBeNull();
  });
});

describe('when the batches of a night are done', () => {
  const now = at('2026-11-26T23:00');
  const hours = (count: number) => count * 3600;
  const clock = (ms: number | null | undefined) =>
    ms == null ? '?' : new Date(ms).toTimeString().slice(0, 5);
  type Fact = readonly [id: string, seconds: number | null, isPassedOver?: boolean];

  it.each<[string, number | null, readonly Fact[], string, string, number, string | null]>([
    ['one', now, [['a', hours(2)]], 'a 23:00-01:00', '01:00', 0, null],
    [
      'one after the other',
      now,
      [
        ['a', hours(2)],
        ['b', hours(3.5)],
      ],
      'a 23:00-01:00 b 01:00-04:30',
      '04:30',
      0,
      null,
    ],
    [
      'one of which nobody knows',
      now,
      [
        ['a', hours(2)],
        ['b', null],
        ['c', hours(1)],
      ],
      'a 23:00-01:00 b 01:00-? c ?-?',
      '?',
      1,
      null,
    ],
    [
      'past the morning',
      now,
      [
        ['a', hours(8)],
        ['b', hours(4)],
      ],
      'a 23:00-07:00 b 07:00-11:00',
      '11:00',
      0,
      'b',
    ],
    [
      'all past the morning',
      now,
      [
        ['a', hours(10)],
        ['b', hours(1)],
      ],
      'a 23:00-09:00 b 09:00-10:00',
      '10:00',
      0,
      'a',
    ],
    ['to the very morning', now, [['a', hours(9)]], 'a 23:00-08:00', '08:00', 0, null],
    [
      'passed over',
      now,
      [
        ['a', hours(1), true],
        ['b', hours(1)],
      ],
      'b 23:00-00:00',
      '00:00',
      0,
      null,
    ],
    [
      'while it is paused',
      null,
      [
        ['a', hours(1)],
        ['b', hours(1)],
      ],
      'a ?-? b ?-?',
      '?',
      0,
      null,
    ],
    ['nothing', now, [], '', '?', 0, null],
  ])('%s', (_what, from, given, expected, end, unknown, before) => {
    const facts = given.map(([id, seconds, isPassedOver = false]) => ({
      id,
      seconds,
      isPassedOver,
    }));
    const times = nightTimes(facts, from, now);
    const said = [...times.batches].map(
      ([id, { startsAt, endsAt }]) => `${id} ${clock(startsAt)}-${clock(endsAt)}`,
    );
    expect(said.join(' ')).toBe(expected);
    expect(clock(times.endsAt)).toBe(end);
    expect(times.unknown).toBe(unknown);
    expect(times.morning?.before ?? null).toBe(before);
    if (before) expect(times.morning?.at).toBe(at('2026-11-27T08:00'));
  });
});
