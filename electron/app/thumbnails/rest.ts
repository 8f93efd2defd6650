import { setTimeout as wait } from 'node:timers/promises';

const LONGEST_MS = 5000;

/**
 * How long to leave the machine alone after a piece of work. The lowest priority alone still takes an eighth of a
 * core from a Blender that wants all of them; so who had to wait for a core rests three times as long as it worked.
 * @param ms by the clock
 * @param cpuMs of a processor
 */
export function restAfter(ms: number, cpuMs: number): number {
  return ms > 50 && ms > 2 * cpuMs ? Math.min(LONGEST_MS, 3 * ms) : 0;
}

/** Rests by what this process has used since it did so last. */
export class Rest {
  #used = process.cpuUsage();

  /** @param ms that the work took by the clock */
  async after(ms: number): Promise<void> {
    const { user, system } = process.cpuUsage(this.#used);
    const rest = restAfter(ms, (user + system) / 1000);
    if (rest > 0) await wait(rest);
    this.#used = process.cpuUsage();
  }
}
