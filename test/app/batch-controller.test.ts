import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  BatchController,
  type BatchListener,
} from '../../electron/app/sessions/batch-controller.ts';
import type { LoadReport } from '../../electron/engine/index.ts';
import type { LogLine } from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { BatchUpdate } from '../../shared/view.ts';
import { planOf } from '../helpers/plan.ts';
import { DONE, jobWith, listing, WAITING } from './jobs.ts';
import { ScriptedProcessor } from './scripted-processor.ts';

const HERO = '0123456789ab';
const LAMP = 'ba9876543210';
const ALL = { do: 'left', only: null } as const;
const NEVER: LoadReport = {
  outcome: null,
  drivenBy: null,
  stoppedAt: null,
  framesWhole: 0,
  framesUnfinished: 0,
  framesLeft: 4,
  shotsUnopened: 0,
  stale: [],
  older: [],
  framesLost: 0,
  orphansStopped: 0,
  linesSetAside: 0,
  doneElsewhere: new Map(),
};

const PROBLEM = {
  severity: 'warning',
  file: 'hero.yaml',
  line: 3,
  column: 1,
  jobId: HERO,
  message: 'Unknown key.',
} as const;

let processor: ScriptedProcessor;
let updates: BatchUpdate[];
let told: { [K in keyof BatchListener]: ReturnType<typeof vi.fn<BatchListener[K]>> };

beforeEach(() => {
  vi.useFakeTimers();
  processor = new ScriptedProcessor([
    jobWith([WAITING, WAITING], { id: HERO }),
    jobWith([WAITING, WAITING], { id: LAMP, name: 'lamp' }),
  ]);
  updates = [];
  told = { update: vi.fn(), log: vi.fn(), signal: vi.fn(), ended: vi.fn(), broken: vi.fn() };
  told.update.mockImplementation((update: BatchUpdate) => updates.push(update));
});
afterEach(() => vi.useRealTimers());

function session(loaded: LoadReport = NEVER): BatchController {
  const found = { loaded, trust: 'not-needed', blender: null } as const;
  return new BatchController(processor, found, told);
}

async function running(): Promise<BatchController> {
  const open = session();
  const started = open.render(ALL);
  processor.started();
  await started;
  return open;
}

const frameStarted = (frame: number) =>
  ({ type: 'frame-started', job: HERO, at: 5, frame, worker: 1 }) as const;

it('tells only the rows that changed, with a number that counts up by one', async () => {
  await running();
  await vi.advanceTimersByTimeAsync(200);
  updates.length = 0;
  processor.happen({ type: 'job-started', job: HERO, at: 4 });
  await vi.advanceTimersByTimeAsync(150);
  processor.happen(frameStarted(1));
  await vi.advanceTimersByTimeAsync(150);
  expect(updates.map(({ rows }) => rows.map(({ id }) => id))).toEqual([[HERO], [HERO]]);
  const [first, second] = updates;
  expect((second?.seq ?? 0) - (first?.seq ?? 0)).toBe(1);
});

it('tells of thousands of rows that change at once in pieces, and of each of them', async () => {
  const ids = Array.from({ length: 2500 }, (_, index) => String(index).padStart(12, '0'));
  processor = new ScriptedProcessor(ids.map((id) => jobWith([WAITING], { id })));
  await running();
  await vi.advanceTimersByTimeAsync(500);
  updates.length = 0;
  for (const id of ids) processor.happen({ type: 'job-started', job: id, at: 4 });
  await vi.advanceTimersByTimeAsync(1000);
  const pieces = updates.filter(({ rows }) => rows.length > 0);
  expect(pieces.map(({ rows }) => rows.length)).toEqual([1000, 1000, 500]);
  const told = pieces.flatMap(({ rows }) => rows.map(({ id, status }) => `${id} ${status}`));
  expect(told).toEqual(ids.map((id) => `${id} running`));
});

it('tells a storm of events at most ten times a second, and its end for sure', async () => {
  await running();
  await vi.advanceTimersByTimeAsync(500);
  updates.length = 0;
  processor.happen({ type: 'job-started', job: HERO, at: 4 });
  for (let i = 0; i < 1000; i++) {
    processor.happen(frameStarted(1 + (i % 2)));
    await vi.advanceTimersByTimeAsync(1);
  }
  await vi.advanceTimersByTimeAsync(200);
  expect(updates.length).toBeLessThanOrEqual(12);
  expect(updates.at(-1)?.rows[0]?.counts.running).toBe(2);
});

it('says when a night ended, and not when its pictures were judged', async () => {
  const open = await running();
  processor.happen({ type: 'job-started', job: HERO, at: 4 });
  const ended = open.summary().lastAt;
  expect(ended).toBe(4);
  const review = 'rejected' as const;
  processor.happen({ type: 'frames-reviewed', job: HERO, at: 900, frames: '1', review });
  expect(open.summary().lastAt).toBe(4);
});

it('says how many frames are gone that were done, until it renders', async () => {
  const open = session({ ...NEVER, outcome: 'completed', framesLost: 3 });
  expect(open.view().framesLost).toBe(3);
  const started = open.render(ALL);
  processor.started();
  await started;
  expect(open.view().framesLost).toBeUndefined();
});

it('counts the frames that preflight found on the card of what is to be resumed, as in the sidebar', () => {
  const unopened = { plan: null, shotConfig: { ...listing([]), frames: null } };
  processor = new ScriptedProcessor([
    jobWith([DONE, WAITING], { id: HERO }),
    jobWith([], { id: LAMP, ...unopened }),
  ]);
  const report = { outcome: 'interrupted', framesWhole: 1, framesLeft: 1 } as const;
  const open = session({ ...NEVER, ...report, shotsUnopened: 1 });
  expect(open.view().resume).toMatchObject({ framesLeft: 1, shotsUnopened: 1 });
  open.addPreflightPlan(open.job(LAMP), planOf([1, 2, 3]));
  expect(open.view().resume).toMatchObject({ framesWhole: 1, framesLeft: 4, shotsUnopened: 0 });
  expect(open.summary()).toMatchObject({ framesDone: 1, framesTotal: 5 });
});

it('looks at no other shot when it tells of one, however many there are', async () => {
  const open = await running();
  await vi.advanceTimersByTimeAsync(200);
  // The sums of a batch are kept up to date by its store; the scripted one counts.
  const progress = processor.getProgress();
  vi.spyOn(processor, 'getProgress').mockReturnValue(progress);
  const all = vi.spyOn(processor, 'jobs', 'get');
  const result = vi.spyOn(processor, 'getResult');
  processor.happen({ type: 'job-started', job: HERO, at: 4 });
  await vi.advanceTimersByTimeAsync(1500);
  open.summary();
  expect(updates.at(-1)?.seq).toBeGreaterThan(2);
  expect(all).not.toHaveBeenCalled();
  expect(result).not.toHaveBeenCalled();
});

it('tells the problems of ten thousand shots when they change, and not ten times a second', async () => {
  const open = await running();
  await vi.advanceTimersByTimeAsync(200);
  updates.length = 0;
  processor.happen({ type: 'job-started', job: HERO, at: 4 });
  await vi.advanceTimersByTimeAsync(150);
  open.addProblems([PROBLEM]);
  await vi.advanceTimersByTimeAsync(150);
  processor.happen(frameStarted(1));
  await vi.advanceTimersByTimeAsync(150);
  expect(updates.map(({ problems }) => problems)).toEqual([null, [PROBLEM], null]);
  expect(updates[1]?.rows[0]?.problems).toBe(1);
  expect(open.snapshot().view.problems).toEqual([PROBLEM]);
});

it('counts what needs the artist: what failed, and what can not be rendered as it is', async () => {
  const open = session();
  const pink = { ...PROBLEM, severity: 'error', message: 'A texture is missing.' } as const;
  const broken = { ...pink, message: 'It has no camera.', endsShot: true } as const;
  open.addProblems([PROBLEM, pink, broken, { ...broken, message: 'Nor a scene.' }]);
  expect(open.view().needYou).toBe(1);
  expect(open.snapshot().rows[0]).toMatchObject({ problems: 4, errors: 3 });
  expect(open.snapshot().rows.map(({ blocked }) => blocked)).toEqual(['It has no camera.', null]);
  // One of its problems counts no more once it has failed: the failure does.
  const about = { job: HERO, at: 4 };
  const started = open.render(ALL);
  processor.started();
  await started;
  processor.happen({ type: 'job-started', ...about });
  expect(open.snapshot().rows[0]?.blocked).toBeNull();
  expect(open.view().needYou).toBe(0);
});

it('counts a shot whose scene can’t be opened among those that need the artist, not among those not opened yet', () => {
  processor = new ScriptedProcessor([
    jobWith([], { id: HERO, plan: null, shotConfig: listing(null) }),
    jobWith([], { id: LAMP, plan: null, shotConfig: listing(null) }),
  ]);
  const open = session();
  expect(open.view()).toMatchObject({ unopened: 2, needYou: 0 });
  const message = 'Blender can’t read the scene.';
  open.addProblems([{ ...PROBLEM, severity: 'error', message, endsShot: true }]);
  expect(open.view()).toMatchObject({ unopened: 1, needYou: 1, progress: { unplannedJobs: 2 } });
});

it('goes on ticking while Blender is silent, and falls silent when the batch is done', async () => {
  await running();
  await vi.advanceTimersByTimeAsync(5000);
  expect(updates.length).toBeGreaterThanOrEqual(5);
  processor.end('completed');
  await vi.advanceTimersByTimeAsync(1000);
  updates.length = 0;
  await vi.advanceTimersByTimeAsync(5000);
  expect(updates).toEqual([]);
});

it('has a snapshot that an update follows without a gap', async () => {
  const open = await running();
  await vi.advanceTimersByTimeAsync(200);
  const { seq, rows } = open.snapshot();
  expect(rows.map(({ name }) => name)).toEqual(['hero', 'lamp']);
  processor.happen({ type: 'job-started', job: HERO, at: 4 });
  await vi.advanceTimersByTimeAsync(100);
  expect(updates.at(-1)?.seq).toBe(seq + 1);
});

it('is rendering from the start on, and then as the run ended', async () => {
  const open = session();
  expect(open.snapshot().view.phase).toBe('unread');
  const started = open.render(ALL);
  expect(open.snapshot().view.phase).toBe('running');
  processor.started();
  await started;
  processor.end('failed');
  await vi.advanceTimersByTimeAsync(0);
  expect(open.snapshot().view.phase).toBe('failed');
  expect(told.ended).toHaveBeenCalledOnce();
});

it('names the Blender that was found while the run does not know its own yet', async () => {
  const blender = { path: '/usr/bin/blender', version: '4.3.2' };
  const open = new BatchController(
    processor,
    { loaded: NEVER, trust: 'not-needed', blender },
    told,
  );
  const started = open.render(ALL);
  expect(open.view().blender).toEqual(blender);
  processor.started();
  await started;
  expect(open.view().blender).toEqual(blender);
});

it('fills the row of a shot as soon as it was tried, and all of them in the end', async () => {
  const open = session();
  const measure = {
    ...{ tried: 2, each: 3, spread: 0.1, doubt: 0.1 },
    ...{ frames: 2, pixels: 64, openSeconds: 1 },
  };
  const filled = () =>
    updates.flatMap(({ rows }) =>
      rows.map(({ name, remainingSeconds, triedSeconds }) => [
        name,
        remainingSeconds,
        triedSeconds,
      ]),
    );
  open.learn(new Map([[HERO, measure]]), HERO);
  await vi.advanceTimersByTimeAsync(150);
  expect(filled()).toEqual([['hero', 6, 3]]);
  updates.length = 0;
  open.learn(new Map([[HERO, measure]]), null);
  await vi.advanceTimersByTimeAsync(150);
  // The other one is expected to take what the first was found to.
  expect(filled().map(([name]) => name)).toEqual(['hero', 'lamp']);
});

it('says why it could not start, and can be started again', async () => {
  const open = session({ ...NEVER, outcome: 'interrupted' });
  const started = open.render(ALL);
  processor.end(new Error('Another Nightshift renders this batch.'));
  await expect(started).rejects.toThrow('Another Nightshift renders this batch.');
  expect(open.running).toBe(false);
  expect(open.snapshot().view).toMatchObject({ phase: 'interrupted', resume: { framesLeft: 4 } });
  expect(told.broken).not.toHaveBeenCalled();
});

it('tells it when a run breaks that had started', async () => {
  const open = await running();
  processor.end(new Error('The checkpoint can not be written.'));
  await vi.advanceTimersByTimeAsync(0);
  expect(told.broken).toHaveBeenCalledOnce();
  expect(open.running).toBe(false);
});

it('shows no row that still renders after a run broke off, and offers to resume it', async () => {
  const open = await running();
  processor.happen({ type: 'job-started', job: HERO, at: 4 });
  processor.happen(frameStarted(1));
  await vi.advanceTimersByTimeAsync(500);
  updates.length = 0;
  processor.loaded = { ...NEVER, outcome: 'interrupted', framesLeft: 2 };
  processor.stop(HERO);
  processor.end(new Error('A lane has no Blender.'));
  await vi.advanceTimersByTimeAsync(500);
  const hero = updates.flatMap(({ rows }) => rows).findLast(({ id }) => id === HERO);
  expect(hero?.status).toBe('waiting');
  expect(open.snapshot().view).toMatchObject({ phase: 'interrupted', resume: { framesLeft: 2 } });
  expect(told.broken).toHaveBeenCalledOnce();
});

it('says what broke a run also where its journal can not be read any more', async () => {
  const open = await running();
  processor.end(new Error('The disk is gone.'));
  await vi.advanceTimersByTimeAsync(500);
  expect(told.broken).toHaveBeenCalledOnce();
  expect(open.snapshot().view.phase).toBe('interrupted');
});

it('starts once however often it is asked to', async () => {
  const spy = vi.spyOn(processor, 'processBatch');
  const open = await running();
  await Promise.all([open.render(ALL), open.render(ALL)]);
  expect(spy).toHaveBeenCalledOnce();
});

it.each([
  ['interrupted', 4, true],
  ['cancelled', 4, true],
  ['cancelled', 0, false],
  ['completed', 0, false],
  ['partial', 4, false],
  ['failed', 4, false],
] as const)('after %s with %i frames left a resume card is %s', (outcome, framesLeft, shown) => {
  const card = session({ ...NEVER, outcome, framesLeft }).snapshot().view.resume;
  expect(card !== null).toBe(shown);
  expect(card ?? {}).not.toHaveProperty('outcome');
});

it('follows the log of one job only, and no line twice', async () => {
  const open = await running();
  const line = (at: number): LogLine => ({ at, worker: 1, level: 'info', text: `line ${at}` });
  processor.log = [line(1)];
  const reading = open.followLog(HERO, 100);
  processor.say({ type: 'log', job: HERO, line: line(1) });
  expect(await reading).toEqual([line(1)]);
  processor.say({ type: 'log', job: LAMP, line: line(2) });
  processor.say({ type: 'log', job: HERO, line: line(3) });
  await vi.advanceTimersByTimeAsync(200);
  expect(told.log.mock.calls).toEqual([[HERO, [line(3)]]]);

  await open.followLog(null, 100);
  processor.say({ type: 'log', job: HERO, line: line(4) });
  await vi.advanceTimersByTimeAsync(200);
  expect(told.log).toHaveBeenCalledOnce();
});

it('says that a shot is gone instead of telling about another one', () => {
  expect(() => session().detail('ffffffffffff')).toThrow('This shot is not in the batch any more.');
});

it('closes while it renders, and twice', async () => {
  const open = await running();
  await Promise.all([open.close(), open.close()]);
  expect(open.running).toBe(false);
  updates.length = 0;
  processor.happen({ type: 'job-started', job: HERO, at: 4 });
  await vi.advanceTimersByTimeAsync(500);
  expect(updates).toEqual([]);
});

it('is completed once the shot that failed was taken out of its folder', () => {
  const done = { ...jobWith([DONE], { id: LAMP }), status: 'completed' as const };
  const failed = { ...jobWith([WAITING], { id: HERO }), status: 'failed' as const };
  const phaseOf = (...jobs: readonly BatchJob[]) => {
    processor = new ScriptedProcessor(jobs);
    return session({ ...NEVER, outcome: 'failed' }).summary().phase;
  };
  expect(phaseOf(done, failed)).toBe('failed');
  expect(phaseOf(done)).toBe('completed');
});
