import { arch, availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import type { BatchConfig, MachineInfo } from '../../shared/batch.ts';

const MIB = 1024 * 1024;

/** This machine, as the report names it. */
export function thisMachine(): MachineInfo {
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / MIB),
  };
}

/** Memory that programs could still take, MiB (on Linux `MemAvailable`). */
export function availableMemoryMb(): number {
  return Math.round(freemem() / MIB);
}

/** How many Blenders at once: what was asked for, or cores minus one, at least one. */
export function workersFor(config: Pick<BatchConfig, 'workers'>, machine: MachineInfo): number {
  return config.workers > 0 ? config.workers : Math.max(1, machine.cores - 1);
}
