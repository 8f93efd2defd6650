import type { JobLogs } from '../checkpoint/job-log.ts';
import { recordWorkers } from '../checkpoint/worker-record.ts';
import { Lane, type LanePorts } from './lane.ts';
import type { Run } from './run.ts';

/**
 * Works a run off in its lanes. Resolves when nothing is left and every Blender has gone; rejects
 * then with the first error that was no failure of a shot.
 */
export async function runLanes(run: Run, logs: JobLogs, checkpoint: string): Promise<void> {
  const lanes: Lane[] = [];
  const openSeconds = new Map<string, number>();
  const ports = (number: number): LanePorts => ({
    startWorker: run.options.startWorker,
    onWorkers: async () => {
      const running = lanes.flatMap((lane) => (lane.process ? [lane.process] : []));
      await recordWorkers(checkpoint, running).catch(() => {});
    },
    onLog: (job, line) => {
      logs.append(job, line);
      run.store.tell({ type: 'log', job, line });
    },
    memory: () => {
      const others = lanes.filter((lane) => lane.number !== number);
      const usedMb = others.reduce((sum, lane) => sum + lane.memory.usedMb, 0);
      return { usedMb, largestMb: Math.max(...lanes.map((lane) => lane.memory.largestMb)) };
    },
  });
  for (let number = 1; number <= run.options.workers; number += 1) {
    lanes.push(new Lane(number, run, ports(number), openSeconds));
  }
  const ends = await Promise.allSettled(lanes.map((lane) => worked(lane, run)));
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken) throw broken.reason;
}

/** What stops one lane for good stops all: a batch is not rendered half blind. */
async function worked(lane: Lane, run: Run): Promise<void> {
  try {
    await lane.work();
  } catch (error) {
    run.cancel();
    throw error;
  }
}
