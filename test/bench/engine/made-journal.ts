import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { HEADER_LINE, sealed } from '../../../electron/engine/journal/journal-format.ts';
import type { BatchEvent } from '../../../shared/events.ts';
import { frameFile } from '../../../shared/frame-file.ts';
import { FrameDraft } from '../../../shared/frame-list.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import { FRESH_JOB, jobAfter, withFrames } from '../../../shared/job-state.ts';
import { planOf, runOf } from '../../helpers/plan.ts';

const BEGAN = 1_764_000_000_000;

/** A batch of so many shots with so many frames each. */
export interface BatchSize {
  readonly shots: number;
  readonly frames: number;
}

export function shotId(shot: number): string {
  return shot.toString(16).padStart(12, '0');
}

export function shotPlan(shot: number, frames: number): FramePlan {
  const numbers = Array.from({ length: frames }, (_, index) => index + 1);
  const directory = `/shots/renders/shot_${shot}`;
  return planOf(numbers, { directory, pattern: `shot_${shot}_####`, width: 1920, height: 1080 });
}

/** What a frame of 1 MB that took some 10 s leaves behind; always the same for the same frame. */
export function madeRecord(plan: FramePlan, frame: number): FrameRecord {
  const file = frameFile(plan, frame);
  const sha256 = createHash('sha256').update(file).digest('hex').slice(0, 32);
  const some = Number.parseInt(sha256.slice(0, 8), 16);
  const at = BEGAN + frame * 10_000 + (some % 1000);
  return {
    ...{ file, bytes: 1_000_000 + (some % 500_000), mtimeMs: at - 20 + (some % 4096) / 4096 },
    ...{
      sha256,
      seconds: (100_000 + (some % 9999)) / 10_000,
      memoryMb: 300 + (some % 1024) / 1024,
      at,
    },
  };
}

/** A shot whose frames are known. */
export function plannedJob(shot: number, frames: number): BatchJob {
  const plan = shotPlan(shot, frames);
  const names = { name: `shot_${shot}`, shotFile: `shot_${shot}.yaml`, source: `source ${shot}` };
  const outputPath = plan.directory;
  const blank = { ...FRESH_JOB, ...names, id: shotId(shot), shotConfig: null, outputPath };
  return jobAfter(blank, { type: 'job-planned', job: blank.id, at: BEGAN, plan });
}

/** The same shot with every frame done. */
export function allDone(job: BatchJob): BatchJob {
  const { plan } = job;
  if (!plan) return job;
  const draft = new FrameDraft(job.frames);
  for (const [index, frame] of plan.frames.entries()) {
    const record = madeRecord(plan, frame);
    draft.change(index, () => ({ status: 'done', tries: 1, kept: false, record }));
  }
  return withFrames(job, draft.list());
}

/** What adds a shot and makes its frames known. */
export function beginningOf(shot: number, plan: FramePlan): readonly BatchEvent[] {
  const about = { job: shotId(shot), at: BEGAN };
  const name = `shot_${shot}`;
  const outputPath = plan.directory;
  return [
    { type: 'job-added', ...about, name, shotFile: `${name}.yaml`, outputPath, source: name },
    { type: 'job-started', ...about },
    { type: 'job-planned', ...about, plan },
  ];
}

/** The two events of a rendered frame. */
export function eventsOf(job: string, plan: FramePlan, frame: number): readonly [Started, Done] {
  const record = madeRecord(plan, frame);
  const started = { type: 'frame-started', job, at: record.at - 10_000, frame, worker: 1 } as const;
  return [started, { type: 'frame-done', job, at: record.at, frame, record }];
}

type Started = Extract<BatchEvent, { type: 'frame-started' }>;
type Done = Extract<BatchEvent, { type: 'frame-done' }>;

/** Writes the journal of a night in which everything was rendered. */
export async function makeJournal(file: string, { shots, frames }: BatchSize): Promise<void> {
  const handle = await open(file, 'w');
  try {
    const start = { type: 'batch-started', at: BEGAN, run: runOf({ startedAt: BEGAN }) };
    await handle.appendFile(`${HEADER_LINE}\n${sealed(start)}\n`);
    for (let shot = 0; shot < shots; shot += 1) {
      const plan = shotPlan(shot, frames);
      const lines = beginningOf(shot, plan).map(sealed);
      for (const frame of plan.frames)
        lines.push(...eventsOf(shotId(shot), plan, frame).map(sealed));
      const end = { type: 'job-finished', job: shotId(shot), at: BEGAN, status: 'completed' };
      lines.push(sealed({ ...end, error: null }));
      await handle.appendFile(`${lines.join('\n')}\n`);
    }
    await handle.appendFile(
      `${sealed({ type: 'batch-finished', at: BEGAN, outcome: 'completed' })}\n`,
    );
  } finally {
    await handle.close();
  }
}
