import { relative, sep } from 'node:path';
import type { Batch } from '../../../shared/batch.ts';
import type { JobEvent } from '../../../shared/events.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { filesOf } from '../../../shared/older-files.ts';
import { jobIdOf } from '../folder/names.ts';
import type { Replayed } from '../journal/replay.ts';

/** What a journal says, with the jobs that go on under the id of another shot file. */
export interface WithHeirs extends Replayed {
  /** Ids of jobs that the journal knows by the id of their bare .blend only. */
  readonly heirs: ReadonlySet<string>;
}

/**
 * A journal in which shots go on that were bare .blends when it was written and have a shot file by now, whose frames go to
 * the same place: what is known of their frames is known of them.
 */
export function withHeirs<T extends Replayed>(recorded: T, batch: Batch): T & WithHeirs {
  const here = new Set([...batch.jobs, ...(batch.others ?? [])].map(({ id }) => id));
  const jobs = new Map(recorded.jobs);
  const heirs = new Set<string>();
  for (const job of batch.jobs) {
    const bare = recorded.jobs.has(job.id) ? null : bareIdOf(job, batch.folder);
    const before = bare === null || here.has(bare) ? undefined : recorded.jobs.get(bare);
    if (!before || before.outputPath !== job.outputPath) continue;
    jobs.set(job.id, { ...before, id: job.id });
    heirs.add(job.id);
  }
  return { ...recorded, jobs, heirs };
}

/** The id that the scene of a shot file has as a shot of its own; `null`: it has none in this folder. */
export function bareIdOf({ shotFile, shotConfig }: BatchJob, folder: string): string | null {
  const blend = shotConfig?.blend ?? null;
  if (blend === null || /\.blend$/i.test(shotFile)) return null;
  const path = relative(folder, blend).split(sep).join('/');
  return path.startsWith('../') ? null : jobIdOf(path);
}

/** What the journal has to be told of an heir, for it to know what it knew of the .blend. */
export function inherited(before: BatchJob, { name, shotFile }: BatchJob): readonly JobEvent[] {
  const { id: job, outputPath, plan, older = [], chosenPriority, chosenBlender, endTime } = before;
  const at = endTime ?? Date.now();
  const about = { job, at };
  const files = [...older, filesOf(before)];
  const { source, inputs } = files[0] ?? filesOf(before);
  const events: JobEvent[] = [{ type: 'job-added', ...about, name, shotFile, outputPath, source }];
  if (plan) {
    events.push({ type: 'job-planned', ...about, plan: { ...plan, ...(inputs && { inputs }) } });
  }
  const done = framesIn(before, 'done');
  for (const { frame, state } of done) {
    events.push({ type: 'frame-kept', ...about, frame, record: state.record });
  }
  for (const [index, { until, saved, files: names, kept }] of older.entries()) {
    // From then on it was made from what came next.
    const next = files[index + 1] ?? filesOf(before);
    const told = { ...(next.inputs && { inputs: next.inputs }), ...(kept && { kept }) };
    const event = { type: 'job-saved' as const, job, at: until, source: next.source, ...told };
    events.push({ ...event, saved, files: [...names] });
  }
  for (const review of ['approved', 'rejected'] as const) {
    const frames = done.filter(({ state }) => state.review === review).map(({ frame }) => frame);
    // Judged after they were there.
    const judged = { job, at: Date.now(), frames: formatFrames(frames), review };
    if (frames.length > 0) events.push({ type: 'frames-reviewed', ...judged });
  }
  if (chosenPriority) events.push({ type: 'job-prioritized', ...about, ...chosenPriority });
  if (chosenBlender) events.push({ type: 'job-blender', ...about, ...chosenBlender });
  if (before.status === 'completed') {
    events.push({ type: 'job-finished', ...about, status: 'completed', error: null });
  }
  return events;
}
