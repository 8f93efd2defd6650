import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchStore } from '../../../electron/batch/batch-store.ts';
import { BatchCheckpoint } from '../../../electron/batch/checkpoint/batch-checkpoint.ts';
import {
  type OpenJournalFile,
  openJournalFile,
} from '../../../electron/batch/checkpoint/journal.ts';
import type { BatchEvent, JobEvent } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { FRESH_JOB, jobAfter } from '../../../shared/job-state.ts';
import { inTurn } from '../in-turn.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { type BatchSize, beginningOf, eventsOf, shotId, shotPlan } from './made-journal.ts';

/** Whether the price of a frame depends on the size of the batch. */
export const recording: Scenario = {
  name: 'recording',
  group: 'engine',
  measure: async (bench) => {
    const small = { shots: 1, frames: 1000 };
    const many = bench.short ? { shots: 20, frames: 50 } : { shots: 1000, frames: 1000 };
    const long = bench.short ? { shots: 2, frames: 500 } : { shots: 10, frames: 100_000 };
    return [
      await recorded(bench, { large: many, small, syncs: false }),
      await recorded(bench, { large: long, small, syncs: false }),
      await recorded(bench, { large: many, small, syncs: true }),
    ];
  },
};

interface Comparison {
  readonly large: BatchSize;
  readonly small: BatchSize;
  readonly syncs: boolean;
}

async function recorded(bench: Bench, { large, small, syncs }: Comparison): Promise<Row> {
  const sample = bench.short ? 50 : syncs ? 500 : 1000;
  const ours = await begun(join(bench.folder, 'large'), large, syncs);
  const theirs = await begun(join(bench.folder, 'small'), small, syncs);
  const measured = await inTurn(bench, {
    ours: () => ours.cost(sample),
    theirs: () => theirs.cost(sample),
  });
  await ours.end();
  await theirs.end();
  const frames = (large.shots * large.frames).toLocaleString('en');
  const shots = `${large.shots.toLocaleString('en')} shots of ${large.frames.toLocaleString('en')}`;
  return {
    title: `Recording a frame in a batch of ${frames} frames (${shots})${syncs ? ', synced' : ''}`,
    baseline: `the same in a batch of ${(small.shots * small.frames).toLocaleString('en')}`,
    unit: 'µs',
    ...measured,
    compare: 'ratio',
    target: 1.2,
    note: syncs
      ? 'frame-started and frame-done, with the sync of the disk'
      : 'frame-started and frame-done, without the time of the sync itself',
  };
}

interface Recording {
  /** µs for one frame, of so many in the middle of the batch. */
  readonly cost: (sample: number) => Promise<number>;
  readonly end: () => Promise<void>;
}

/** A batch in the middle of its night: half of its shots are done. */
async function begun(directory: string, size: BatchSize, syncs: boolean): Promise<Recording> {
  const checkpoint = new BatchCheckpoint(directory, syncs ? openJournalFile : openUnsynced);
  await checkpoint.open();
  const jobs: BatchJob[] = [];
  for (let shot = 0; shot < size.shots; shot += 1) {
    const beginning = beginningOf(shot, shotPlan(shot, size.frames)) as readonly JobEvent[];
    await Promise.all(beginning.map((event) => checkpoint.append(event)));
    jobs.push(beginning.reduce(jobAfter, blank(shot)));
  }
  const store = new BatchStore(jobs);
  checkpoint.leaveFramesTo((id) => store.job(id));
  const shot = Math.floor(size.shots / 2);
  for (let each = 0; each < shot; each += 1)
    for (const event of framesOf(each, size)) store.record(event);
  store.persist = (event, options) => checkpoint.append(event, options);
  const first = Math.floor(size.frames / 2 - 500);
  const fresh = store.jobs;
  return {
    cost: async (sample) => {
      store.replace(fresh);
      const { plan } = store.job(shotId(shot));
      if (!plan) throw new Error('The shot has no plan.');
      const events = plan.frames
        .slice(Math.max(0, first), Math.max(0, first) + sample)
        .map((frame) => eventsOf(shotId(shot), plan, frame));
      const began = performance.now();
      for (const [started, done] of events) {
        store.record(started);
        await store.promise(done);
        store.fulfil(done);
      }
      return ((performance.now() - began) * 1000) / events.length;
    },
    end: async () => {
      await checkpoint.close();
      await rm(directory, { recursive: true });
    },
  };
}

function* framesOf(shot: number, { frames }: BatchSize): Generator<BatchEvent> {
  const plan = shotPlan(shot, frames);
  for (const frame of plan.frames) yield eventsOf(shotId(shot), plan, frame)[1];
}

function blank(shot: number): BatchJob {
  const names = { name: 'shot', shotFile: 'shot.yaml', outputPath: '/', source: 'x' };
  return { ...FRESH_JOB, ...names, id: shotId(shot), shotConfig: null };
}

const openUnsynced: OpenJournalFile = async (file) => {
  const handle = await openJournalFile(file);
  return {
    write: handle.write.bind(handle) as typeof handle.write,
    truncate: handle.truncate.bind(handle),
    stat: handle.stat.bind(handle) as typeof handle.stat,
    close: handle.close.bind(handle),
    datasync: async () => {},
  };
};
