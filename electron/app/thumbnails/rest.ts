import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/** A piece of work with less of a core than this to spare stands in somebody's way. */
const FREE_CORE = 0.75;
/** Of the machine, for pictures beside Blenders that want all of it. */
const SHARE = 0.015;
const LONGEST_MS = 30_000;

/** What a stretch of work has used, and what the machine had left for it. */
export type Stretch = {
  readonly cpuMs: number;
  readonly freeCores: number;
  readonly cores: number;
};

/**
 * How long to leave the machine alone after a stretch of work, in milliseconds. The lowest priority is not enough:
 * Linux weighs priorities among the processes of one session only (sched_autogroup), and a Blender has a session of
 * its own. So who finds no core free takes one and a half per cent of the machine at most.
 */
export function restAfter({ cpuMs, freeCores, cores }: Stretch): number {
  return freeCores < FREE_CORE ? Math.min(LONGEST_MS, cpuMs / (SHARE * cores)) : 0;
}

type Ticks = { readonly idleMs: number; readonly allMs: number; readonly cores: number };

/** Below this the ticks of the cores (10 ms each) say nothing. */
const SHORTEST_MS = 100;

/** Rests by what this process and all the others have used since it looked last. */
export class Rest {
  #ticks = ticks();
  #used = process.cpuUsage();

  /** To be called after each piece of work. */
  async after(): Promise<void> {
    const now = ticks();
    const allMs = now.allMs - this.#ticks.allMs;
    if (allMs < SHORTEST_MS * now.cores) return;
    const { user, system } = process.cpuUsage(this.#used);
    const cpuMs = (user + system) / 1000;
    const leftMs = now.idleMs - this.#ticks.idleMs + cpuMs;
    const rest = restAfter({ cpuMs, freeCores: (now.cores * leftMs) / allMs, cores: now.cores });
    this.#ticks = now;
    this.#used = process.cpuUsage();
    if (rest > 0) await wait(rest);
  }
}

function ticks(): Ticks {
  const cores = cpus();
  let idleMs = 0;
  let allMs = 0;
  for (const { times } of cores) {
    idleMs += times.idle;
    allMs += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idleMs, allMs, cores: cores.length };
}
