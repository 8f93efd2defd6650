import type { Run } from '../run/run.ts';
import type { Side } from './gpus.ts';

/** Lanes of one side that are at work. */
export function busyLanes(run: Run, side: Side): number {
  return numbersOf(run, side).filter((lane) => run.queue.laneJob(lane) !== null).length;
}

/**
 * Lanes of the CPU that may be at work at once: fewer when memory ran out, and where the GPUs' lanes
 * need cores too. Who asked for more workers than there are cores gets them.
 */
export function cpuLanesAllowed(run: Run): number {
  const { workers, of } = run.pool;
  const { cores } = run.options.machine;
  if (of > cores) return workers;
  return Math.max(1, Math.min(workers, cores - sharing(run, 'gpu')));
}

/**
 * Takes threads for the next frame of a lane. Beside lanes of the CPU, one of a GPU takes one: it feeds
 * the GPU and hardly computes, so that every further thread would be taken from frames that do. With the
 * CPU to itself it takes its share of all: scenes are prepared on the CPU before each frame.
 */
export function takeThreads(run: Run, lane: number, side: Side): number {
  const { cores } = run.options.machine;
  const others = heldBy(run, side, lane);
  let threads = 1;
  if (side === 'cpu') {
    const held = heldBy(run, 'gpu').reduce((sum, each) => sum + each, 0);
    const left = Math.max(1, cores - Math.max(held, sharing(run, 'gpu')));
    threads = threadsFor({ cores: left, sharing: sharing(run, 'cpu'), others });
  } else if (sharing(run, 'cpu') === 0) {
    threads = threadsFor({ cores, sharing: sharing(run, 'gpu'), others });
  }
  run.queue.setThreads(lane, threads);
  return threads;
}

/** Threads of the frames that the lanes of one side are rendering, one lane left out. */
function heldBy(run: Run, side: Side, apart?: number): readonly number[] {
  const lanes = numbersOf(run, side).filter((lane) => lane !== apart);
  return lanes.map((lane) => run.queue.threadsOf(lane)).filter((threads) => threads > 0);
}

/** Lanes of one side that share the cores: those at work, and those that have work to come. */
function sharing(run: Run, side: Side): number {
  const { queue, store, pool, placement } = run;
  const lanes = side === 'cpu' ? pool.workers - queue.standingBack : placement.count;
  let coming = 0;
  for (const id of queue.running) {
    const job = store.job(id);
    if (placement.sideOf(job) !== side) continue;
    const { waiting, running } = job.counts;
    // A frame that is being proved counts as running, and no lane computes it any more.
    coming += Math.max(1, waiting + Math.min(running, queue.lanesOn(id)));
  }
  if (queue.next((id) => placement.sideOf(store.job(id)) === side) !== null) coming += lanes;
  return Math.max(busyLanes(run, side), Math.min(lanes, coming));
}

function numbersOf({ options: { workers }, placement }: Run, side: Side): readonly number[] {
  const [first, count] = side === 'cpu' ? [1, workers] : [workers + 1, placement.known.length];
  return Array.from({ length: count }, (_, index) => first + index);
}

/**
 * Threads for the next frame of a lane: its fair share of the cores that no other lane has taken,
 * so that all of them are used and never more (but for the one thread that every Blender needs).
 */
export function threadsFor({
  cores,
  sharing,
  others,
}: {
  readonly cores: number;
  /** Lanes that are at work or about to be, this one included. */
  readonly sharing: number;
  /** Threads of the frames that other lanes are rendering now. */
  readonly others: readonly number[];
}): number {
  const free = cores - others.reduce((sum, threads) => sum + threads, 0);
  const unserved = Math.max(1, Math.min(sharing, cores) - others.length);
  return Math.max(1, Math.ceil(free / unserved));
}
