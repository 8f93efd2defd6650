import sharp from 'sharp';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Fetch } from '../../electron/telling/send.ts';
import { Teller } from '../../electron/telling/teller.ts';
import type { BatchProgress } from '../../shared/batch.ts';
import type { BatchSignal, JobEvent, RunEvent } from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import { type TellingPlace, tellingPlaceSchema } from '../../shared/telling.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { runOf } from '../helpers/plan.ts';
import { CRASHED, madeJob, madeResult, NO_CAMERA } from '../helpers/results.ts';

const PROGRESS: BatchProgress = {
  totalJobs: 3,
  jobs: { waiting: 3, running: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 },
  frames: { total: 30, done: 4, kept: 4, running: 2, failed: 0, waiting: 24 },
  unplannedJobs: 0,
  elapsedSeconds: 0,
  remainingSeconds: null,
  remainingRange: null,
  paused: null,
};
const HOUR = 3_600_000;

interface Message {
  readonly event: string;
  readonly batch: string | null;
  readonly title: string;
  readonly text: string;
  readonly picture: { readonly name: string } | null;
}

let clock: ManualClock;
let sent: Message[];
let answer: () => Promise<Response>;
const fetched = vi.fn<Fetch>();
const onTold = vi.fn();

beforeEach(() => {
  clock = new ManualClock('2026-11-26T23:00');
  sent = [];
  answer = async () => new Response('ok');
  fetched.mockReset().mockImplementation(async (_url, { body }) => {
    sent.push(JSON.parse(String(body)) as Message);
    return answer();
  });
  onTold.mockReset();
});

const EVERYTHING = { events: ['started', 'failed', 'done', 'stalled'] } as const;

function place(over: Partial<TellingPlace> = {}): TellingPlace {
  const fields = { address: 'https://h.example/x' };
  return tellingPlaceSchema.parse({ service: 'webhook', fields, ...EVERYTHING, ...over });
}

function teller(...places: readonly TellingPlace[]) {
  const pictureOf = vi.fn(async () => SMALL);
  const made = new Teller({
    ...{ places: () => places, stalledMinutes: () => 60, pictureOf, clock, fetch: fetched, onTold },
  });
  return { teller: made, pictureOf };
}

const SMALL = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
  .webp()
  .toBuffer();

function batch(name = 'sq020') {
  return { id: `id-${name}`, name, progress: () => PROGRESS };
}

const at = 0;
const STARTED = ofRun({ type: 'batch-started', at, run: runOf() });

function ofRun(event: RunEvent): BatchSignal {
  return { type: 'event', event, job: null };
}

function ofJob(event: JobEvent, job: BatchJob): BatchSignal {
  return { type: 'event', event, job };
}

function failed(name: string, error = NO_CAMERA, frames: number[] | null = null): BatchSignal {
  const job = madeJob({ name, status: 'failed', error, frames });
  return ofJob({ type: 'job-finished', job: job.id, at, status: 'failed', error }, job);
}

function frameDone(): BatchSignal {
  const job = madeJob({ name: 'hero' });
  const record = { file: 'hero_0002.png', bytes: 1, sha256: '0'.repeat(32), seconds: 1, at };
  return ofJob({ type: 'frame-done', job: job.id, at, frame: 2, record } as JobEvent, job);
}

test('a night that is told nowhere makes no request and no picture', async () => {
  const { teller: none, pictureOf } = teller();
  none.heard(batch(), STARTED);
  none.heard(batch(), frameDone());
  none.heard(batch(), failed('bad'));
  clock.pass(5 * HOUR);
  none.ended(batch(), madeResult([madeJob()]));
  await none.close(1000);
  expect(fetched).not.toHaveBeenCalled();
  expect(pictureOf).not.toHaveBeenCalled();
  expect(clock.waiting).toBe(0);
});

test('a place hears of what it was asked to be told, and of nothing else', async () => {
  const { teller: some } = teller(place({ events: ['done'] }));
  some.heard(batch(), STARTED);
  some.heard(batch(), failed('bad'));
  clock.pass(2 * HOUR);
  some.ended(batch(), madeResult([madeJob()]));
  await some.close(1000);
  expect(sent.map(({ event }) => event)).toEqual(['done']);
});

test('start, failure with its cause, and the end are told in their order, with the newest frame', async () => {
  const { teller: one } = teller(place());
  one.heard(batch(), STARTED);
  one.heard(batch(), frameDone());
  one.heard(batch(), failed('bad', CRASHED));
  one.ended(batch(), madeResult([madeJob()]));
  await vi.waitFor(() => expect(sent).toHaveLength(3));
  expect(sent.map(({ title, text }) => [title, text])).toEqual([
    ['sq020 has started', '3 shots, 30 frames. 4 of them are there from before.'],
    [
      'bad crashed',
      'In sq020. Blender crashed on frame 2. Open the scene at this frame in Blender.',
    ],
    ['sq020 is done', expect.stringContaining('The shot is complete')],
  ]);
  expect(sent.map(({ picture }) => picture?.name ?? null)).toEqual([null, null, 'hero_0002.jpg']);
});

test('frames of shots that nobody has opened are not told as all that there are', async () => {
  const { teller: one } = teller(place({ events: ['started'] }));
  const progress = () => ({ ...PROGRESS, unplannedJobs: 2 });
  one.heard({ ...batch(), progress }, STARTED);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.text).toBe('3 shots. 4 frames are there from before.');
});

test('forty shots that fail at once are a few messages, and none is lost at the end', async () => {
  const { teller: one } = teller(place({ events: ['failed'] }));
  one.heard(batch(), STARTED);
  for (let shot = 1; shot <= 39; shot += 1) one.heard(batch(), failed(`sh${shot}`));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  clock.pass(300_000);
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  one.heard(batch(), failed('last'));
  one.ended(batch(), madeResult([madeJob()]));
  await vi.waitFor(() => expect(sent).toHaveLength(3));
  expect(sent.map(({ title }) => title)).toEqual([
    'sh1 failed (no camera)',
    '38 shots failed',
    'last failed (no camera)',
  ]);
  expect(sent[1]?.text).toMatch(/sh2: no camera\n[\s\S]*\nand 26 more$/);
});

test('it stands still when nothing was finished for an hour, and is told once until something is', async () => {
  const { teller: one } = teller(place({ events: ['stalled'] }));
  one.heard(batch(), STARTED);
  clock.pass(0.9 * HOUR);
  one.heard(batch(), frameDone());
  clock.pass(0.9 * HOUR);
  expect(sent).toEqual([]);
  clock.pass(5 * HOUR);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent).toMatchObject([
    { title: 'sq020 stands still', text: expect.stringContaining('Nothing was finished for 1 h.') },
  ]);
  one.heard(batch(), frameDone());
  clock.pass(HOUR);
  await vi.waitFor(() => expect(sent).toHaveLength(2));
});

test('a pause of the artist is no standstill; one by a full disk is told at once', async () => {
  const { teller: one } = teller(place({ events: ['stalled'] }));
  one.heard(batch(), STARTED);
  one.heard(batch(), ofRun({ type: 'batch-paused', at, reason: 'asked', message: 'Paused.' }));
  clock.pass(9 * HOUR);
  expect(sent).toEqual([]);
  const message = 'The disk of /out is full.';
  one.heard(batch(), ofRun({ type: 'batch-paused', at, reason: 'disk-full', message }));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent).toMatchObject([
    { title: 'sq020 is paused', text: expect.stringContaining(message) },
  ]);
});

test('of several batches in a night each is told, and then the night', async () => {
  const { teller: one } = teller(place({ events: ['done'] }));
  one.ended(batch('sq010'), madeResult([madeJob()]));
  one.ended(batch('sq020'), madeResult([madeJob({ status: 'failed', error: CRASHED })], 'failed'));
  one.nightOver();
  one.nightOver();
  await vi.waitFor(() => expect(sent).toHaveLength(3));
  expect(sent.map(({ title }) => title)).toEqual([
    'sq010 is done',
    'sq020: 1 shot failed',
    'The night is over',
  ]);
  expect(sent[2]?.text).toBe('sq010: 1 of 1 shot\nsq020: 0 of 1 shot');
});

test('what can not be delivered holds up no end longer than it may, and is said', async () => {
  const { teller: one } = teller(place());
  answer = async () => new Response('', { status: 503 });
  const timed = vi.spyOn(clock, 'after');
  one.heard(batch(), STARTED);
  // It is to be tried again.
  await vi.waitFor(() => expect(timed).toHaveBeenCalledWith(2000, expect.anything()));
  const closing = one.close(1500);
  expect(clock.waiting).toBe(3);
  clock.pass(1500);
  await closing;
  expect(onTold).toHaveBeenCalledExactlyOnceWith(
    expect.anything(),
    expect.objectContaining({ ok: false, why: 'h.example answered 503.' }),
  );
  expect(clock.waiting).toBe(0);
});

test('at the end a message goes without a picture that takes too long', async () => {
  const { teller: one, pictureOf } = teller(place({ events: ['done'] }));
  pictureOf.mockReturnValue(new Promise(() => {}));
  one.heard(batch(), STARTED);
  one.heard(batch(), frameDone());
  one.ended(batch(), madeResult([madeJob()]));
  const closing = one.close(3000);
  clock.pass(1500);
  await closing;
  expect(sent).toMatchObject([{ title: 'sq020 is done', picture: null }]);
});

test('a place that hangs holds up no other one', async () => {
  const hung = place({ fields: { address: 'https://hung.example/' } });
  const { teller: two } = teller(hung, place());
  fetched.mockImplementation((url, { signal }) =>
    url.includes('hung')
      ? new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        })
      : Promise.resolve(new Response('ok')),
  );
  two.heard(batch(), STARTED);
  two.ended(batch(), madeResult([madeJob()]));
  await vi.waitFor(() => expect(onTold).toHaveBeenCalledTimes(2));
  const closing = two.close(0);
  clock.pass(0);
  await closing;
});
