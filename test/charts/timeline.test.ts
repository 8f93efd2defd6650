import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_BINS, Timeline } from '../../electron/engine/report/timeline.ts';
import type { RunOutcome } from '../../shared/batch.ts';
import type { WorkerUse } from '../../shared/charts/night-charts.ts';
import type { BatchEvent } from '../../shared/events.ts';
import { runOf } from '../helpers/plan.ts';
import { CRASHED, NIGHT } from '../helpers/results.ts';

const at = (seconds: number) => NIGHT + seconds * 1000;

/** A night as it is told, in seconds from its start. */
const tell = {
  added: (job: string): BatchEvent => ({
    type: 'job-added',
    job,
    at: at(0),
    name: `shot ${job}`,
    shotFile: `${job}.yaml`,
    outputPath: `/out/${job}`,
    source: 's',
  }),
  begun: (seconds: number): BatchEvent => ({
    type: 'batch-started',
    at: at(seconds),
    run: runOf({ startedAt: at(seconds) }),
  }),
  ended: (seconds: number, outcome: RunOutcome = 'completed'): BatchEvent => ({
    type: 'batch-finished',
    at: at(seconds),
    outcome,
  }),
  start: (seconds: number, job: string, frame: number, worker = 1, node?: string): BatchEvent => ({
    type: 'frame-started',
    job,
    at: at(seconds),
    frame,
    worker,
    node,
  }),
  done: (seconds: number, job: string, frame: number): BatchEvent => ({
    type: 'frame-done',
    job,
    at: at(seconds),
    frame,
    record: {
      file: 'a.png',
      bytes: 1,
      mtimeMs: 1,
      sha256: 'a',
      seconds: 1,
      memoryMb: 1,
      at: at(seconds),
    },
  }),
  failed: (seconds: number, job: string, frame: number): BatchEvent => ({
    type: 'frame-failed',
    job,
    at: at(seconds),
    frame,
    failure: CRASHED,
    willRetry: true,
  }),
  paused: (seconds: number): BatchEvent => ({
    type: 'batch-paused',
    at: at(seconds),
    reason: 'asked',
    message: 'Paused.',
  }),
  goesOn: (seconds: number): BatchEvent => ({ type: 'batch-unpaused', at: at(seconds) }),
};

function useOf(...events: readonly BatchEvent[]): WorkerUse {
  const timeline = new Timeline();
  for (const event of events) timeline.add(event);
  return timeline.end();
}

/** Spans in seconds, with the name of their shot. */
function spans(use: WorkerUse, lane = 0) {
  return use.lanes[lane]?.spans.map(({ from, to, shot }) => [
    use.shots[shot],
    Math.round(from / 1000),
    Math.round(to / 1000),
  ]);
}

test('a worker’s frames of one shot are one span, and another shot begins another', () => {
  const use = useOf(
    ...[tell.added('a'), tell.added('b'), tell.begun(0)],
    ...[tell.start(0, 'a', 1), tell.done(4, 'a', 1), tell.start(4, 'a', 2), tell.done(8, 'a', 2)],
    ...[tell.start(8, 'b', 1), tell.done(12, 'b', 1), tell.ended(16)],
  );
  expect(spans(use)).toEqual([
    ['shot a', 0, 8],
    ['shot b', 8, 12],
  ]);
  expect(use).toMatchObject({ totalMs: 16_000, runs: [{ from: at(0), to: at(16) }] });
  expect(use.lanes).toMatchObject([{ worker: 1, busyMs: 12_000, frames: 3, failed: 0 }]);
});

test('a frame that is proved beside the next one does not count twice', () => {
  const use = useOf(
    ...[tell.added('a'), tell.begun(0), tell.start(0, 'a', 1), tell.start(4, 'a', 2)],
    ...[tell.done(6, 'a', 1), tell.done(9, 'a', 2), tell.ended(10)],
  );
  expect(use.lanes).toMatchObject([{ busyMs: 9000, frames: 2 }]);
});

test('tries that failed are counted and have their moment', () => {
  const use = useOf(
    ...[tell.added('a'), tell.begun(0), tell.start(0, 'a', 1), tell.failed(5, 'a', 1)],
    ...[tell.start(6, 'a', 1), tell.done(9, 'a', 1), tell.ended(10)],
  );
  expect(use.lanes).toMatchObject([{ frames: 1, failed: 1, busyMs: 8000 }]);
  expect(use.lanes[0]?.failures.map((when) => Math.round(when / 1000))).toEqual([5]);
});

test('workers stand by number, each with its own', () => {
  const use = useOf(
    ...[tell.added('a'), tell.begun(0), tell.start(0, 'a', 1, 2), tell.start(1, 'a', 2, 1)],
    ...[tell.done(3, 'a', 1), tell.done(10, 'a', 2), tell.ended(10)],
  );
  expect(use.lanes.map(({ worker, busyMs }) => [worker, busyMs])).toEqual([
    [1, 9000],
    [2, 3000],
  ]);
});

test('on a cluster a node has one line, with all that were on it, and what it has done of each shot', () => {
  const use = useOf(
    ...[tell.added('a'), tell.added('b'), tell.begun(0)],
    ...[tell.start(0, 'a', 1, 1, 'n10'), tell.start(0, 'a', 2, 2, 'n9')],
    ...[tell.start(0, 'a', 3, 3, 'n9'), tell.done(10, 'a', 2), tell.done(20, 'a', 3)],
    // The lane has another place now.
    ...[tell.done(10, 'a', 1), tell.start(10, 'b', 1, 1, 'n9'), tell.failed(20, 'b', 1)],
    tell.ended(20),
  );
  expect(use.lanes).toMatchObject([
    { node: 'n9', atOnce: 2, busyMs: 40_000, frames: 2, failed: 1 },
    { node: 'n10', atOnce: 1, busyMs: 10_000, frames: 1, failed: 0 },
  ]);
  expect(use.lanes[0]?.done).toEqual([{ shot: 'shot a', frames: 2 }]);
  expect(use.lanes.map(({ spans: [first] }) => first?.share)).toEqual([1, 1]);
});

test('half of a node at work is half a share, and who was on this computer stands before the nodes', () => {
  const use = useOf(
    ...[tell.added('a'), tell.begun(0), tell.start(0, 'a', 1, 1, 'n1')],
    ...[tell.start(0, 'a', 2, 2, 'n1'), tell.start(0, 'a', 3, 7), tell.done(10, 'a', 1)],
    ...[tell.done(10, 'a', 3), tell.done(20, 'a', 2), tell.ended(20)],
  );
  expect(use.lanes.map(({ worker, node }) => [worker, node])).toEqual([
    [7, null],
    [1, 'n1'],
  ]);
  expect(use.lanes[1]?.spans.map(({ share }) => share)).toEqual([1, 0.5]);
});

test('shots take their colours as they begin, whichever worker has them', () => {
  const use = useOf(
    ...[tell.added('a'), tell.added('b'), tell.added('c'), tell.begun(0)],
    ...[tell.start(0, 'a', 1, 1), tell.start(1, 'b', 1, 2), tell.done(4, 'a', 1)],
    ...[tell.start(4, 'c', 1, 1), tell.done(8, 'c', 1), tell.done(9, 'b', 1), tell.ended(10)],
  );
  expect(use.shots).toEqual(['shot a', 'shot b', 'shot c']);
});

test('the time between two runs of a night is left out', () => {
  const use = useOf(
    ...[tell.added('a'), tell.begun(0), tell.start(0, 'a', 1), tell.done(10, 'a', 1)],
    // It broke off in frame 2.
    ...[tell.start(10, 'a', 2), tell.paused(14)],
    ...[tell.begun(7200), tell.start(7200, 'a', 2), tell.done(7206, 'a', 2), tell.ended(7206)],
  );
  expect(use.runs.map(({ from, to }) => (to - from) / 1000)).toEqual([14, 6]);
  expect(use.totalMs).toBe(20_000);
  expect(spans(use)).toEqual([['shot a', 0, 20]]);
  expect(use.lanes).toMatchObject([{ frames: 2, busyMs: 20_000 }]);
});

test('a run after one that was over is a night of its own', () => {
  const first = [tell.added('a'), tell.begun(0), tell.start(0, 'a', 1), tell.done(10, 'a', 1)];
  const second = [
    tell.begun(100),
    tell.start(100, 'a', 2),
    tell.done(103, 'a', 2),
    tell.ended(103),
  ];
  expect(useOf(...first, tell.ended(10, 'failed'), ...second).totalMs).toBe(3000);
  expect(useOf(...first, tell.ended(10, 'cancelled'), ...second).totalMs).toBe(13_000);
});

test('what is under way in a live journal is shown up to the last that was heard', () => {
  const use = useOf(
    ...[tell.added('a'), tell.begun(0), tell.start(0, 'a', 1, 1), tell.start(0, 'a', 2, 2)],
    tell.done(8, 'a', 2),
  );
  expect(use.lanes.map(({ busyMs, frames }) => [busyMs, frames])).toEqual([
    [8000, 0],
    [8000, 1],
  ]);
});

test('pauses are stretches of the night, the one that goes on among them', () => {
  const seconds = (use: WorkerUse) =>
    use.pauses.map(({ from, to }) => [Math.round(from / 1000), Math.round(to / 1000)]);
  const begun = [tell.added('a'), tell.begun(0), tell.start(0, 'a', 1), tell.done(1, 'a', 1)];
  const paused = [tell.paused(2), tell.goesOn(5), tell.start(5, 'a', 2), tell.done(8, 'a', 2)];
  expect(seconds(useOf(...begun, ...paused, tell.ended(9)))).toEqual([[2, 5]]);
  const still = [...begun, tell.paused(2), tell.failed(6, 'a', 1)];
  expect(seconds(useOf(...still))).toEqual([[2, 6]]);
});

test('nothing outside of a run counts, and a journal without a run shows nothing', () => {
  const use = useOf(tell.added('a'), tell.start(0, 'a', 1), tell.done(5, 'a', 1));
  expect(use).toEqual({ runs: [], totalMs: 0, shots: [], lanes: [], pauses: [] });
});

test('a clock that is set back in the night breaks nothing', () => {
  const use = useOf(
    ...[tell.added('a'), tell.begun(0), tell.start(100, 'a', 1), tell.done(50, 'a', 1)],
    ...[tell.start(60, 'a', 2), tell.done(-500, 'a', 2), tell.start(70, 'a', 3)],
    ...[tell.done(80, 'a', 3), tell.ended(90)],
  );
  expect(use.totalMs).toBe(100_000);
  expect(use.lanes).toMatchObject([{ frames: 3 }]);
  expect(use.lanes[0]?.busyMs).toBeLessThanOrEqual(100_000);
});

test('a night of any length takes as many spans as it has bins at most, and loses no time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4000 }),
      fc.integer({ min: 1, max: 90 }),
      (frames, each) => {
        const timeline = new Timeline();
        for (const event of [tell.added('a'), tell.added('b'), tell.begun(0)]) timeline.add(event);
        for (let frame = 0; frame < frames; frame++) {
          const job = frame % 2 === 0 ? 'a' : 'b';
          timeline.add(tell.start(frame * each, job, frame));
          timeline.add(tell.done((frame + 1) * each, job, frame));
        }
        const use = timeline.end();
        const [lane] = use.lanes;
        expect(lane?.busyMs).toBe(frames * each * 1000);
        expect(lane?.spans.length).toBeLessThanOrEqual(MOST_BINS);
        const shown = lane?.spans.reduce((sum, { from, to }) => sum + to - from, 0) ?? 0;
        expect(shown).toBeCloseTo(use.totalMs, 3);
        expect(lane?.spans.every(({ share }) => share === 1)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

test('a worker that hardly worked is not drawn as one that worked all the time', () => {
  const timeline = new Timeline();
  for (const event of [tell.added('a'), tell.begun(0)]) timeline.add(event);
  for (let frame = 0; frame < 2000; frame++) {
    timeline.add(tell.start(frame * 20, 'a', frame));
    timeline.add(tell.done(frame * 20 + 5, 'a', frame));
  }
  timeline.add(tell.ended(40_000));
  const shares = timeline.end().lanes[0]?.spans.map(({ share }) => share) ?? [];
  expect(new Set(shares)).toEqual(new Set([0.25]));
});

test('ten thousand shots name only those that can be seen', () => {
  const timeline = new Timeline();
  timeline.add(tell.begun(0));
  for (let shot = 0; shot < 10_000; shot++) {
    timeline.add(tell.added(`${shot}`));
    timeline.add(tell.start(shot, `${shot}`, 1));
    timeline.add(tell.done(shot + 1, `${shot}`, 1));
  }
  const use = timeline.end();
  expect(use.shots.length).toBeLessThanOrEqual(MOST_BINS);
  expect(use.lanes[0]?.spans.every(({ shot }) => use.shots[shot]?.startsWith('shot '))).toBe(true);
});
