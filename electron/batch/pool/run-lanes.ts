import type { GpuDevice } from '../../../shared/gpu.ts';
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
  const { workers } = run.options;
  const ends: Promise<Broken | null>[] = [];
  const begin = (number: number, gpu: GpuDevice | null) => {
    const lane = new Lane({ number, gpu }, run, ports(number), openSeconds);
    lanes.push(lane);
    // Nobody may be listening yet when it breaks.
    ends.push(
      worked(lane, run).then(
        () => null,
        (error: unknown) => ({ error }),
      ),
    );
  };
  const beginOnGpus = () => {
    for (const [index, gpu] of run.placement.known.entries()) begin(workers + 1 + index, gpu);
  };
  for (let number = 1; number <= workers; number += 1) begin(number, null);
  // A lane that finds out which GPUs there are is at work then, so the list has not come to its end.
  if (run.placement.known.length > 0) beginOnGpus();
  else run.placement.onLearned = beginOnGpus;
  let broken: Broken | null = null;
  // Grows while it is walked.
  for (const end of ends) broken = (await end) ?? broken;
  run.placement.onLearned = () => {};
  if (broken) throw broken.error;
}

/** What a lane died of that was no failure of a shot. */
interface Broken {
  readonly error: unknown;
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
