import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callOff, planNight } from '../../renderer/actions/schedule-actions.ts';
import { planText, scheduleText, turnText } from '../../renderer/schedule/schedule-text.ts';
import { nightEndText, turnState } from '../../renderer/sidebar/tonight-text.ts';
import { useBatch } from '../../renderer/store/batch-store.ts';
import { isQueued, scheduleOf } from '../../renderer/store/library-store.ts';
import { useUi } from '../../renderer/store/ui-store.ts';
import {
  canBePlanned,
  offeredActs,
  primaryOf,
  queuedActs,
  waitingActs,
} from '../../renderer/text/acts.ts';
import { NO_NIGHT, type Tonight, type TonightBatch } from '../../shared/tonight.ts';
import type { BatchSummary, BatchView } from '../../shared/view.ts';
import { aRow, aView } from './rows.ts';

const NOW = new Date(2026, 10, 18, 22, 20).getTime();
const ELEVEN = new Date(2026, 10, 18, 23, 0).getTime();
const EIGHT = new Date(2026, 10, 19, 8, 0).getTime();
const NIGHT = { startAt: '23:00', until: '08:00' };

describe('the line of a plan', () => {
  const night = { batchId: 'film', startAt: ELEVEN, until: EIGHT };
  const running = (remainingSeconds: number | null) =>
    aView({ phase: 'running', progress: { ...aView().progress, remainingSeconds } });

  it('says when the batch starts', () => {
    expect(scheduleText(night, aView(), NOW)?.join('')).toBe(
      'Starts at 23:00 in 40 m, until 08:00',
    );
  });

  it('does not count below zero where another batch is in the way', () => {
    expect(scheduleText(night, aView(), ELEVEN + 1)?.join('')).toBe(
      'Starts as soon as it can, until 08:00',
    );
  });

  it('says until when it renders, and how much is not done by then', () => {
    const until = { ...night, startAt: null };
    expect(scheduleText(until, running(null), NOW)?.join('')).toBe('Until 08:00');
    expect(scheduleText(until, running(3600), NOW)?.join('')).toBe('Until 08:00');
    expect(scheduleText(until, running(12 * 3600), NOW)?.join('')).toBe(
      'Until 08:00, about 2 h 20 m too early',
    );
    expect(scheduleText(until, aView({ phase: 'paused' }), NOW)).toBeNull();
  });

  it('is told before it is made, with its days', () => {
    expect(planText(NIGHT, false, NOW)).toBe('Starts today at 23:00, stops tomorrow at 08:00.');
    expect(planText({ startAt: '22:00', until: '21:00' }, false, NOW)).toBe(
      'Starts tomorrow at 22:00, stops the day after at 21:00.',
    );
    expect(planText({ startAt: null, until: '08:00' }, false, NOW)).toBe(
      'Starts at once, stops tomorrow at 08:00.',
    );
    expect(planText(NIGHT, true, NOW)).toBe('It stops tomorrow at 08:00.');
  });
});

describe('what can be done', () => {
  it.each([
    ['unread', ['estimate', 'call-off', 'start-now']],
    ['cancelled', ['export', 'call-off', 'start-now']],
    ['interrupted', ['export', 'call-off', 'start-now']],
  ] as const)('with a batch that is %s and waits', (phase, acts) => {
    expect(waitingActs(offeredActs(aView({ phase })))).toEqual(acts);
  });

  it('with a batch that has nothing left is not planned', () => {
    const jobs = { ...aView().progress.jobs, waiting: 0, completed: 1 };
    const done = aView({ phase: 'completed', progress: { ...aView().progress, jobs } });
    expect(canBePlanned(offeredActs(done))).toBe(false);
    expect(canBePlanned(offeredActs(aView({ phase: 'running' })))).toBe(true);
  });
});

describe('planning', () => {
  let asked: [string, unknown][] = [];
  const ui = useUi.getState();
  const batch = useBatch.getState();

  beforeEach(() => {
    asked = [];
    const call = async (name: string, payload: unknown) => {
      asked.push([name, payload]);
      return { ok: true, value: null };
    };
    Object.assign(globalThis, { window: { nightshift: { call } } });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'window');
    useUi.setState(ui, true);
    useBatch.setState(batch, true);
  });
  const show = (change: Partial<BatchView>) =>
    useBatch.getState().show({ seq: 1, view: aView(change), rows: [aRow()] });

  it('tells both times', async () => {
    show({});
    await planNight(NIGHT);
    expect(asked).toEqual([['schedule:set', { batchId: 'film', ...NIGHT }]]);
  });

  it('starts at once where only the end is given', async () => {
    show({});
    await planNight({ startAt: null, until: '08:00' });
    expect(asked.map(([name]) => name)).toEqual([
      'schedule:set',
      'batch:begun-elsewhere',
      'batch:render',
    ]);
  });

  it('starts nothing twice that renders already', async () => {
    show({ phase: 'running' });
    await planNight({ startAt: null, until: '08:00' });
    expect(asked.map(([name]) => name)).toEqual(['schedule:set']);
  });

  it('asks about trust in the evening and not in the night', async () => {
    show({ trust: 'ask' });
    await planNight(NIGHT);
    expect(asked).toEqual([]);
    expect(useUi.getState().dialog).toEqual({ kind: 'trust', thenRender: false, thenPlan: NIGHT });
  });

  it('is called off by taking it out of tonight', async () => {
    show({});
    await callOff();
    expect(asked).toEqual([['tonight:remove', { batchId: 'film' }]]);
  });

  it('is that of the night, for each of its batches', () => {
    const night: Tonight = { ...TWO, startAt: ELEVEN, until: EIGHT };
    expect(scheduleOf(night, 'film')).toEqual({ startAt: null, until: EIGHT });
    expect(scheduleOf(night, 'titles')).toEqual({ startAt: ELEVEN, until: EIGHT });
    expect(scheduleOf(night, 'other')).toBeNull();
    expect(scheduleOf(TWO, 'titles')).toBeNull();
  });
});

const line = (id: string, state: TonightBatch['state']): TonightBatch => ({
  ...{ id, state, name: id, folder: `/${id}`, problem: null },
  ...{ startsAt: ELEVEN, endsAt: EIGHT },
});
const withAgain = (isLeftToo: boolean): TonightBatch => ({
  ...line('titles', 'waiting'),
  again: { shots: 0, frames: 2, isLeftToo },
});
const TWO: Tonight = {
  ...NO_NIGHT,
  isOn: true,
  batches: [line('film', 'running'), line('titles', 'waiting')],
};

describe('a batch that waits for its turn', () => {
  it('says after which, and when that is expected', () => {
    expect(turnText(TWO, 'titles')?.join('')).toMatch(
      /^Tonight, after .?film.?, about 23:00, done about 08:00$/,
    );
    const again = { ...TWO, batches: [line('film', 'running'), withAgain(false)] };
    expect(turnText(again, 'titles')?.[0]).toBe('2 frames again tonight, after ');
    expect(turnText(TWO, 'film')).toBeNull();
    // A folder after its own test pass.
    const test = { percentage: 25 };
    const passed = [{ ...line('film', 'running'), test }, line('titles', 'waiting')];
    expect(turnText({ ...TWO, batches: passed }, 'titles')?.[1]).toContain('film (test 25 %)');
    expect(turnText({ ...TWO, startAt: ELEVEN }, 'titles')).toBeNull();
    expect(isQueued(TWO, 'titles')).toBe(true);
    expect(isQueued(TWO, 'film')).toBe(false);
    expect(isQueued({ ...TWO, isOn: false, batches: TWO.batches.slice(1) }, 'titles')).toBe(false);
  });

  it('is not rendered by the bright button, and no button is bright while it renders', () => {
    const acts = queuedActs(['estimate', 'render']);
    expect(acts).toEqual(['estimate', 'take-out']);
    expect(primaryOf(acts)).toBeNull();
    expect(primaryOf(offeredActs(aView({ phase: 'running' })))).toBeNull();
    expect(primaryOf(offeredActs(aView({ phase: 'paused' })))).toBe('resume');
    expect(primaryOf(['estimate', 'render'])).toBe('render');
  });
});

describe('the words of tonight in the sidebar', () => {
  const still: Tonight = { ...TWO, isOn: false, batches: TWO.batches.slice(1) };
  const unknown = { ...line('titles', 'waiting'), startsAt: null, endsAt: null };
  const summary = { phase: 'unread', framesDone: 0, framesTotal: 2 } as BatchSummary;
  it.each<[string, Tonight, string]>([
    ['is done', { ...TWO, endsAt: EIGHT }, 'done about 08:00 tomorrow'],
    ['nobody knows', { ...TWO, unknown: 1 }, 'end not known yet'],
    ['begins by itself', { ...still, startAt: ELEVEN }, 'starts at 23:00'],
    ['is late', { ...still, startAt: NOW - 1 }, 'starts as soon as it can'],
    ['nobody has begun', still, ''],
    ['is empty', NO_NIGHT, ''],
  ])('when the night %s', (_what, tonight, expected) => {
    expect(nightEndText(tonight, NOW).replace('on 19 November', 'tomorrow')).toMatch(
      expected === '' ? /^$/ : new RegExp(`^${expected.replace(' tomorrow', '')}`),
    );
  });

  it.each<[string, TonightBatch, Tonight, string | null]>([
    ['one that waits', line('titles', 'waiting'), TWO, 'done about 08:00'],
    ['one of which nobody knows', unknown, TWO, 'unknown until it has begun'],
    ['one that nobody has begun', unknown, still, 'waits for the start'],
    ['one with a time', unknown, { ...still, startAt: ELEVEN }, 'from 23:00 on'],
    ['one that renders', line('film', 'running'), TWO, '0 % · done about 08:00'],
    ['one with frames again', withAgain(false), TWO, '2 frames again · by 08:00$'],
    [
      'one that is rendered to its end after that',
      withAgain(true),
      TWO,
      '2 frames again, then the rest · by',
    ],
    ['one that is paused', { ...line('film', 'running'), endsAt: null }, TWO, null],
    [
      'one that could not',
      { ...unknown, state: 'passed-over', problem: 'Gone.' },
      TWO,
      'Passed over: Gone.',
    ],
  ])('of %s', (_what, of, tonight, expected) => {
    const said = turnState(of, tonight, summary, NOW);
    if (expected === null) expect(said).toBeNull();
    else expect(said).toMatch(new RegExp(`^${expected}`));
  });
});
