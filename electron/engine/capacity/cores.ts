/** What the lanes of one side do now, and what there is for them to do. */
interface SideNow {
  /** Lanes that may be at work. */
  readonly lanes: number;
  readonly busy: number;
  /** Lanes for which the jobs that this side may run have work. */
  readonly coming: number;
  /** Threads of each frame that is being rendered, without the lane that asks. */
  readonly threads: readonly number[];
}

/** Who shares the cores of the machine at this moment. */
export interface CoresNow {
  readonly cores: number;
  /** Workers that were asked for. */
  readonly asked: number;
  /** Fewer while memory has run out. */
  readonly workers: number;
  /** As many as are best; `null`: as many as there are. */
  readonly chosen: number | null;
  readonly cpu: SideNow;
  readonly gpu: SideNow;
}

/**
 * Lanes of the CPU that may be at work at once: fewer when memory ran out, and where the GPUs' lanes
 * need cores too. Who asked for more workers than there are cores gets them.
 */
export function cpuLanesAllowed({ cores, asked, workers, chosen, gpu }: CoresNow): number {
  if (asked > cores) return workers;
  return Math.max(1, Math.min(workers, chosen ?? workers, cores - sharing(gpu)));
}

/**
 * Threads for the next frame of a lane. Beside lanes of the CPU, one of a GPU takes one: it feeds
 * the GPU and hardly computes, so that every further thread would be taken from frames that do. With the
 * CPU to itself it takes its share of all: scenes are prepared on the CPU before each frame.
 */
export function threadsOnSide({ cores, cpu, gpu }: CoresNow, side: 'cpu' | 'gpu'): number {
  if (side === 'cpu') {
    const held = gpu.threads.reduce((sum, each) => sum + each, 0);
    const left = Math.max(1, cores - Math.max(held, sharing(gpu)));
    return threadsFor({ cores: left, sharing: sharing(cpu), others: cpu.threads });
  }
  if (sharing(cpu) > 0) return 1;
  return threadsFor({ cores, sharing: sharing(gpu), others: gpu.threads });
}

/** Lanes of one side that share the cores: those at work, and those that have work to come. */
function sharing({ lanes, busy, coming }: SideNow): number {
  return Math.max(busy, Math.min(lanes, coming));
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
