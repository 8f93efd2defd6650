import { type RowFacts, rowOf } from '../../electron/app/sessions/rows.ts';
import { FrameList } from '../../shared/frame-list.ts';
import type { FrameRecord, FrameState } from '../../shared/frame-state.ts';
import type { BatchJob } from '../../shared/job.ts';
import { FRESH_JOB } from '../../shared/job-state.ts';
import { QUIET_NIGHT } from '../../shared/night.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import type { JobRow } from '../../shared/view.ts';
import { planOf } from '../helpers/plan.ts';

export const WAITING: FrameState = { status: 'waiting', tries: 0 };
export const RUNNING: FrameState = { status: 'running', tries: 1, worker: 1, since: 0 };
export const DONE = done(2);
export const KEPT: FrameState = { status: 'done', tries: 0, kept: true, record: record(2) };
export const FAILED = {
  status: 'failed',
  tries: 3,
  failure: { cause: 'crashed', message: 'Blender crashed.', nextStep: 'Try again.', evidence: [] },
} as const satisfies FrameState;

export function done(seconds: number): FrameState {
  return { status: 'done', tries: 1, kept: false, record: record(seconds) };
}

export function record(seconds: number, at = 0, file = 'hero_0001.png'): FrameRecord {
  return { file, bytes: 1, mtimeMs: 0, sha256: '0'.repeat(32), seconds, memoryMb: 0, at };
}

/** A job whose frames are in the given states, from frame 1. */
export function jobWith(frames: readonly FrameState[], over: Partial<BatchJob> = {}): BatchJob {
  const list = FrameList.of(frames);
  return {
    ...FRESH_JOB,
    id: '0123456789ab',
    name: 'hero',
    shotFile: 'hero.yaml',
    shotConfig: null,
    outputPath: '/shots/renders/hero',
    source: 'x',
    plan: planOf(frames.map((_, index) => index + 1)),
    frames: list,
    counts: list.counts,
    ...over,
  };
}

/** The row of a job of which nothing but itself is known. */
export function aRowOf(job: BatchJob, facts: Partial<RowFacts> = {}): JobRow {
  const nothing = {
    problems: 0,
    errors: 0,
    newest: null,
    standIn: null,
    waitsFor: [],
    remainingSeconds: null,
    triedSeconds: null,
    blocked: null,
  };
  return rowOf(job, { ...nothing, night: QUIET_NIGHT, ...facts });
}

/** What the file of a shot says that lists these frames; `null`: it leaves them to its scene. */
export function listing(frames: readonly number[] | null): ShotConfig {
  const render = { engine: null, width: null, height: null, percentage: null };
  return { frames, render } as ShotConfig;
}
