import { describe, expect, it } from 'vitest';
import { type LaneChoices, NextFrames, nextTask } from '../../electron/engine/run/scheduler.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import type { BatchJob } from '../../shared/job.ts';
import { FRESH_JOB, planOf } from '../../shared/job-state.ts';
import { DONE, FAILED, jobWith, listing, RUNNING, record, WAITING } from '../app/jobs.ts';

const NOW = 1000;
const WALL_NOW = Date.UTC(2026, 0, 5, 2, 14);
const TRIED: FrameState = { status: 'waiting', tries: 1 };

describe('nextTask', () => {
  it('takes the next frame of the open scene before anything else', () => {
    const task = choose({ openJob: 'a', running: [running('a', [DONE, WAITING])], unstarted: 'b' });
    expect(task).toMatchObject({ kind: 'render', job: { id: 'a' }, frame: 2 });
  });

  it('takes frames that failed before only when no fresh one is left', () => {
    const frames = [TRIED, RUNNING, WAITING];
    expect(choose({ openJob: 'a', running: [running('a', frames)] })).toMatchObject({ frame: 3 });
    const rest = [TRIED, RUNNING, DONE];
    expect(choose({ openJob: 'a', running: [running('a', rest)] })).toMatchObject({ frame: 1 });
  });

  it('takes other frames of the shot while one is held back', () => {
    const held = { 'a:1': NOW + 500 };
    const job = running('a', [TRIED, TRIED]);
    expect(choose({ openJob: 'a', running: [job], held })).toMatchObject({ frame: 2 });
  });

  it('waits until the first frame that is held back may be tried again', () => {
    const held = { 'a:1': NOW + 900, 'a:2': NOW + 500 };
    const task = choose({ openJob: 'a', running: [running('a', [TRIED, TRIED])], held });
    expect(task).toMatchObject({ kind: 'wait', until: NOW + 500 });
  });

  it('tells the time of day of the next try, whatever the clock is that it waits by', () => {
    const task = choose({
      openJob: 'a',
      running: [running('a', [TRIED])],
      held: { 'a:1': NOW + 500 },
    });
    expect(task).toMatchObject({ why: { kind: 'next-try', at: WALL_NOW + 500 } });
  });

  it('opens a shot that lost its Blender before one that nobody has started', () => {
    const task = choose({ running: [running('a', [DONE, WAITING])], unstarted: 'b' });
    expect(task).toMatchObject({ kind: 'open', job: { id: 'a' } });
  });

  it('opens a running shot again whose frames are not known', () => {
    const job = { ...fresh('a'), status: 'running' as const };
    expect(choose({ running: [job] })).toMatchObject({ kind: 'open', job: { id: 'a' } });
  });

  it('leaves a running shot alone whose last frame waits for its name', () => {
    expect(choose({ running: [running('a', [DONE, RUNNING])] })).toMatchObject({ kind: 'wait' });
  });

  it('opens a running shot again that has nothing left to do but to end', () => {
    const task = choose({ running: [running('a', [DONE, DONE])] });
    expect(task).toMatchObject({ kind: 'open', job: { id: 'a' } });
  });

  it('does not open a shot before its next try', () => {
    const held = { 'a:opening': NOW + 300 };
    const task = choose({ running: [running('a', [WAITING])], held });
    expect(task).toMatchObject({ kind: 'wait', until: NOW + 300 });
  });

  it('starts a shot that nobody has started before it helps', () => {
    const task = choose({
      running: [running('a', [RUNNING, WAITING])],
      unstarted: 'b',
      lanes: { a: 1 },
    });
    expect(task).toMatchObject({ kind: 'open', job: { id: 'b' } });
  });

  it('leaves a shot alone whose last lanes have not let go of it yet', () => {
    expect(choose({ unstarted: 'b', lanes: { b: 1 } })).toEqual({ kind: 'wait', until: null });
  });

  it('helps where most work is left for each lane', () => {
    const short = running('a', [RUNNING, WAITING]);
    const long = running('b', [RUNNING, WAITING, WAITING, WAITING]);
    const task = choose({ running: [short, long], lanes: { a: 1, b: 1 } });
    expect(task).toMatchObject({ kind: 'open', job: { id: 'b' } });
    const crowded = choose({ running: [short, long], lanes: { a: 1, b: 4 } });
    expect(crowded).toMatchObject({ kind: 'open', job: { id: 'a' } });
  });

  it('does not help where opening the scene takes longer than what is left', () => {
    const job = running('a', [RUNNING, DONE, WAITING], { renderSeconds: 2 });
    const task = choose({ running: [job], lanes: { a: 1 }, openSeconds: 30 });
    expect(task).toEqual({ kind: 'wait', until: null });
  });

  it('does not help while the first lane still looks through the output folder', () => {
    const task = choose({ running: [running('a', [DONE, WAITING, WAITING])], lanes: { a: 1 } });
    expect(task).toEqual({ kind: 'wait', until: null });
  });

  it('encodes a movie when all frames are there and no other lane is on it', () => {
    const job = movie([DONE, DONE]);
    expect(choose({ openJob: 'a', running: [job] })).toMatchObject({ kind: 'encode' });
    const busy = choose({ openJob: 'a', running: [job], lanes: { a: 1 } });
    expect(busy).toEqual({ kind: 'wait', until: null });
    expect(choose({ running: [job] })).toMatchObject({ kind: 'open' });
  });

  it('does not encode a movie before its next try', () => {
    const held = { 'a:opening': NOW + 50 };
    const task = choose({ openJob: 'a', running: [movie([DONE])], held });
    expect(task).toMatchObject({ kind: 'wait', until: NOW + 50 });
  });

  it('waits while another lane works, and ends when nothing is left', () => {
    const last = running('a', [DONE, RUNNING, FAILED]);
    expect(choose({ running: [last], lanes: { a: 1 } })).toEqual({ kind: 'wait', until: null });
    expect(choose({})).toEqual({ kind: 'end' });
  });
});

describe('nextTask by priority', () => {
  const own = running('a', [DONE, WAITING]);

  it('leaves the open scene for a shot of higher priority that nobody has started', () => {
    const rival = { openJob: 'a', running: [own], unstarted: 'b' };
    expect(choose({ ...rival, unstartedPriority: 1 })).toMatchObject({
      kind: 'open',
      job: { id: 'b' },
    });
    expect(choose({ ...rival, unstartedPriority: -1 })).toMatchObject({ kind: 'render' });
  });

  it('leaves the open scene to help with a shot of higher priority', () => {
    const urgent = prioritized(running('b', [RUNNING, WAITING, WAITING]), 2);
    const task = choose({ openJob: 'a', running: [own, urgent], lanes: { b: 1 } });
    expect(task).toMatchObject({ kind: 'open', job: { id: 'b' } });
  });

  it('judges help by what frames took before a resume, without those whose time nobody knows', () => {
    const known = running('b', [kept(2), kept(2), RUNNING, WAITING]);
    const help = { running: [known], lanes: { b: 1 }, openSeconds: 10 };
    expect(choose(help)).toMatchObject({ kind: 'wait' });
    const thinned = running('b', [kept(0), kept(0), kept(30), RUNNING, WAITING]);
    expect(choose({ ...help, running: [thinned] })).toMatchObject({ kind: 'open' });
  });

  it('stays with the open scene where help would not be worth the opening', () => {
    const urgent = prioritized(running('b', [RUNNING, DONE, WAITING], { renderSeconds: 2 }), 2);
    const helped = { openJob: 'a', running: [own, urgent], lanes: { b: 1 }, openSeconds: 30 };
    expect(choose(helped)).toMatchObject({ kind: 'render', job: { id: 'a' } });
  });

  it('goes back to what was set aside before it starts anything of the same priority', () => {
    const aside = running('b', [DONE, WAITING]);
    const urgent = prioritized(running('c', [DONE, WAITING]), 1);
    const task = choose({ running: [aside, urgent], unstarted: 'd' });
    expect(task).toMatchObject({ kind: 'open', job: { id: 'c' } });
    expect(choose({ running: [aside], unstarted: 'd' })).toMatchObject({ job: { id: 'b' } });
  });

  it('helps the higher priority, however much work is left elsewhere', () => {
    const long = running('a', [RUNNING, WAITING, WAITING, WAITING]);
    const urgent = prioritized(running('b', [RUNNING, WAITING]), 1);
    const task = choose({ running: [long, urgent], lanes: { a: 1, b: 1 } });
    expect(task).toMatchObject({ kind: 'open', job: { id: 'b' } });
  });
});

describe('nextTask for a simulation that is not baked', () => {
  const alone = (frames: readonly FrameState[], rendered: 'in-order' | 'baked' = 'in-order') => {
    const job = running('a', frames);
    const simulation = { first: 1, names: ['"Sheet" of the object "Flag"'], rendered };
    return { ...job, plan: { ...planOf(job), simulation } };
  };

  it('sends no other lane to help, and none to what another one has taken up', () => {
    const frames = [RUNNING, WAITING, WAITING, WAITING];
    const lanes = { a: 1 };
    expect(choose({ running: [alone(frames)], lanes })).toEqual({ kind: 'wait', until: null });
    expect(choose({ openJob: 'a', running: [alone(frames)], lanes })).toMatchObject({
      kind: 'wait',
    });
    expect(choose({ running: [alone(frames, 'baked')], lanes })).toMatchObject({ kind: 'open' });
    expect(choose({ running: [alone(frames)], unstarted: 'b', lanes })).toMatchObject({
      kind: 'open',
      job: { id: 'b' },
    });
  });

  it('is opened again when no lane is on it', () => {
    expect(choose({ running: [alone([DONE, WAITING])] })).toMatchObject({ kind: 'open' });
  });

  it('goes in order whatever the shot says, and never past a frame that failed or is held back', () => {
    const shotConfig = { ...listing(null), order: 'ends-first' as const };
    const next = (frames: readonly FrameState[], rendered?: 'in-order' | 'baked') =>
      choose({ openJob: 'a', running: [{ ...alone(frames, rendered), shotConfig }] });
    expect(next([DONE, WAITING, WAITING, WAITING])).toMatchObject({ frame: 2 });
    expect(next([DONE, WAITING, WAITING, WAITING], 'baked')).toMatchObject({ frame: 4 });
    expect(next([DONE, TRIED, WAITING, WAITING])).toMatchObject({ frame: 2 });
    expect(next([DONE, TRIED, DONE, DONE])).toMatchObject({ frame: 2 });
    const job = alone([DONE, TRIED, WAITING, WAITING]);
    expect(new NextFrames().next(job, (frame) => frame !== 2)).toBe(null);
  });
});

describe('nextTask in a lane of one kind', () => {
  it('takes only what its lane may run, and waits while the rest is not done', () => {
    const mayRun = ({ id }: BatchJob) => id === 'mine';
    const others = { mayRun, running: [running('a', [WAITING])], unstarted: 'b' };
    expect(choose(others)).toEqual({ kind: 'wait', until: null });
    expect(choose({ ...others, unstarted: 'mine' })).toMatchObject({ job: { id: 'mine' } });
  });

  it('does not end while shots are held back that it may have to render', () => {
    expect(choose({ more: true })).toEqual({ kind: 'wait', until: null });
  });
});

describe('nextTask after help that failed', () => {
  it('sends no other lane there for a while, but opens the scene again when nobody has it', () => {
    const job = running('a', [RUNNING, WAITING]);
    const held = { 'a:helping': NOW + 60_000 };
    expect(choose({ running: [job], lanes: { a: 1 }, held })).toEqual({
      kind: 'wait',
      until: NOW + 60_000,
    });
    expect(choose({ running: [running('a', [WAITING])], held })).toMatchObject({ kind: 'open' });
  });
});

interface Situation {
  readonly openJob?: string;
  readonly running?: readonly BatchJob[];
  readonly unstarted?: string;
  readonly lanes?: Readonly<Record<string, number>>;
  /** `job:frame` or `job:opening` to the time of the next try. */
  readonly held?: Readonly<Record<string, number>>;
  readonly openSeconds?: number;
  /** A kept scene of the open job that may be checked. */
  readonly check?: { readonly session: string; readonly frame: number };
  readonly unstartedPriority?: number;
  readonly more?: boolean;
  readonly mayRun?: (job: BatchJob) => boolean;
}

function choose(situation: Situation) {
  const { held = {}, lanes = {}, mayRun = () => true } = situation;
  const { unstarted: id, unstartedPriority = 0 } = situation;
  const unstarted = id === undefined ? null : prioritized(fresh(id), unstartedPriority);
  const lanesOn = (job: BatchJob) => lanes[job.id] ?? 0;
  const until = (job: BatchJob, what: number | string) => held[`${job.id}:${what}`] ?? 0;
  const nextTry = (job: BatchJob) => {
    const times = Object.entries(held).filter(
      ([key]) => key.startsWith(`${job.id}:`) && !key.endsWith('helping'),
    );
    return times.length === 0 ? null : Math.min(...times.map(([, at]) => at));
  };
  const schedule: LaneChoices = {
    openJob: situation.openJob ?? null,
    running: (situation.running ?? []).map((job) => ({
      job,
      lanes: lanesOn(job),
      mayRun: mayRun(job),
      nextFrame: new NextFrames().next(job, (frame) => until(job, frame) <= NOW),
      check: situation.check ?? null,
      openFrom: until(job, 'opening'),
      helpFrom: until(job, 'helping'),
      nextTry: nextTry(job),
      openSeconds: situation.openSeconds ?? 0,
    })),
    // Of what a lane may not run it is never told.
    unstarted:
      unstarted && mayRun(unstarted) ? { job: unstarted, lanes: lanesOn(unstarted) } : null,
    more: situation.more ?? false,
    now: NOW,
    wallNow: WALL_NOW,
  };
  return nextTask(schedule);
}

function running(id: string, frames: readonly FrameState[], over: Partial<BatchJob> = {}) {
  return jobWith(frames, { id, status: 'running', ...over });
}

function kept(seconds: number): FrameState {
  return { status: 'done', tries: 0, kept: true, record: record(seconds) };
}

function prioritized(job: BatchJob, priority: number): BatchJob {
  return { ...job, chosenPriority: { priority, over: 0 } };
}

function movie(frames: readonly FrameState[]): BatchJob {
  const job = running('a', frames);
  return { ...job, plan: job.plan && { ...job.plan, movie: { file: '/out/a.mp4' } } };
}

function fresh(id: string): BatchJob {
  return { ...jobWith([], { id }), ...FRESH_JOB };
}
