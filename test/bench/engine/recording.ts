import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchStore } from '../../../electron/engine/batch-store.ts';
import { BatchCheckpoint } from '../../../electron/engine/journal/batch-checkpoint.ts';
import { type OpenJournalFile, openJournalFile } from '../../../electron/engine/journal/journal.ts';
import { inTurn } from '../in-turn.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import {
  allDone,
  type BatchSize,
  beginningOf,
  eventsOf,
  plannedJob,
  shotId,
} from './made-journal.ts';

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
      ? 'frame-started and frame-done, wall time with the sync of the disk'
      : 'frame-started and frame-done, CPU time of all threads, without the sync of the disk',
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
  const shot = Math.floor(size.shots / 2);
  const jobs = Array.from({ length: size.shots }, (_, each) => plannedJob(each, size.frames));
  await Promise.all(
    jobs.flatMap(({ plan }, each) =>
      plan ? beginningOf(each, plan).map((event) => checkpoint.append(event)) : [],
    ),
  );
  const fresh = jobs.map((job, each) => (each < shot ? allDone(job) : job));
  const store = new BatchStore(fresh);
  checkpoint.leaveJobsTo(store);
  store.persist = (event, options) => checkpoint.append(event, options);
  const first = Math.floor(size.frames / 2 - 500);
  return {
    cost: async (sample) => {
      store.replace(fresh);
      const { plan } = store.job(shotId(shot));
      if (!plan) throw new Error('The shot has no plan.');
      const events = plan.frames
        .slice(Math.max(0, first), Math.max(0, first) + sample)
        .map((frame) => eventsOf(shotId(shot), plan, frame));
      const took = syncs ? wallUs() : cpuUs();
      for (const [started, done] of events) {
        store.record(started);
        await store.promise(done);
        store.fulfil(done);
      }
      return took() / events.length;
    },
    end: async () => {
      await checkpoint.close();
      await rm(directory, { recursive: true });
    },
  };
}

function wallUs(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) * 1000;
}

/** Of all threads: what others do on the machine meanwhile is no cost of a frame. */
function cpuUs(): () => number {
  const began = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(began);
    return user + system;
  };
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
