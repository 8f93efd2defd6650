import { expect, test } from 'vitest';
import {
  finishedEvent,
  jobFinishedEvent,
  jsonEvent,
  jsonLines,
} from '../../electron/cli/json-events.ts';
import type { BatchSignal, JobEvent } from '../../shared/events.ts';
import type { FrameRecord } from '../../shared/frame-state.ts';
import { CRASHED, madeJob, madeResult, NIGHT, NO_CAMERA, RUN } from '../helpers/results.ts';
import { fakeOutput } from './fake-output.ts';

const HERO = madeJob({ name: 'hero' });
const RECORD = (HERO.frames.get(0) as { record: FrameRecord }).record;
const ABOUT = { job: HERO.id, at: NIGHT };

const told = (event: JobEvent, job = HERO) => jsonEvent({ type: 'event', event, job });

test('a finished frame is told with its absolute file, its seconds and its Blender', () => {
  const record = { ...RECORD, blender: '4.3.2' };
  expect(told({ type: 'frame-done', ...ABOUT, frame: 1, record })).toEqual({
    type: 'frame-done',
    job: HERO.id,
    name: 'hero',
    frame: 1,
    file: '/out/hero/hero_0001.png',
    seconds: 1.5,
    blender: '4.3.2',
  });
});

test('a frame that was there before is not told', () => {
  expect(told({ type: 'frame-kept', ...ABOUT, frame: 1, record: RECORD })).toBeNull();
  expect(told({ type: 'frame-lost', ...ABOUT, frame: 1 })).toBeNull();
});

test('a failed frame is told with its cause and whether it is tried again', () => {
  expect(
    told({ type: 'frame-failed', ...ABOUT, frame: 2, failure: CRASHED, willRetry: true }),
  ).toMatchObject({ type: 'frame-failed', frame: 2, cause: 'crashed', willRetry: true });
});

test('the end of a shot says status, cause and message', () => {
  const job = madeJob({ name: 'bad', status: 'failed', error: NO_CAMERA, frames: null });
  const event = { type: 'job-finished', ...ABOUT, status: 'failed', error: NO_CAMERA } as const;
  expect(told(event, job)).toEqual({
    type: 'job-finished',
    job: job.id,
    name: 'bad',
    status: 'failed',
    cause: 'no-camera',
    message: NO_CAMERA.message,
    nextStep: NO_CAMERA.nextStep,
    warnings: [],
    retries: [],
    poisoned: [],
  });
  expect(jobFinishedEvent(HERO)).toMatchObject({ status: 'completed', cause: null, message: null });
});

test('the start of a batch says where it renders from and to', () => {
  const event = { type: 'batch-started', at: NIGHT, run: RUN } as const;
  expect(jsonEvent({ type: 'event', event, job: null })).toMatchObject({
    type: 'batch-started',
    folder: '/film/shots',
    outputRoot: '/film/shots/renders',
  });
});

test('the last line is the result', () => {
  const result = madeResult([HERO]);
  expect(finishedEvent(result)).toEqual({ type: 'batch-finished', ...result });
});

test('logs and samples are not told', () => {
  const log: BatchSignal = {
    type: 'log',
    job: HERO.id,
    line: { at: NIGHT, worker: 1, level: 'info', text: 'Fra:1' },
  };
  expect(jsonEvent(log)).toBeNull();
});

test('every shot ends exactly once, also one that could not be read and one that was complete', () => {
  const output = fakeOutput();
  const view = jsonLines(output);
  const unreadable = { ...madeJob({ name: 'broken', status: 'failed', frames: null }), id: 'b' };
  const before = { ...madeJob({ name: 'before', kept: 2 }), id: 'c' };
  const event = { type: 'job-finished', ...ABOUT, status: 'completed', error: null } as const;
  view.onSignal({ type: 'event', event, job: HERO }, () => {
    throw new Error('not asked for');
  });
  view.onResult(madeResult([HERO, unreadable, before], 'failed'));
  const lines = output.lines.map((line) => JSON.parse(line));
  expect(lines.map(({ type, name }) => [type, name])).toEqual([
    ['job-finished', 'hero'],
    ['job-finished', 'broken'],
    ['job-finished', 'before'],
    ['batch-finished', undefined],
  ]);
});
