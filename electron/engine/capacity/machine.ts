import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import type { BatchConfig, MachineInfo } from '../../../shared/batch.ts';
import { clusterOf, type HostConfig } from '../../../shared/hosts.ts';

const MIB = 1024 * 1024;

/** This machine, as the report names it. */
export function thisMachine(): MachineInfo {
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / MIB),
  };
}

/** Memory that programs could still take, MiB: on Linux `MemAvailable`, on macOS also what the system gives back. */
export function availableMemoryMb(): number {
  return Math.round((macosAvailable() ?? freemem()) / MIB);
}

/**
 * What macOS has for programs, from the words of `vm_stat`, in bytes; `null`: they say nothing of it. Its free pages
 * alone are few on a machine that is up for a day: it keeps files in memory and lets them go when somebody asks.
 */
export function availableOfVmStat(text: string): number | null {
  const size = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  const pages = ['free', 'inactive', 'speculative', 'purgeable'].map((kind) =>
    Number(new RegExp(`^Pages ${kind}:\\s+(\\d+)\\.`, 'm').exec(text)?.[1] ?? 0),
  );
  const available = size * pages.reduce((sum, count) => sum + count, 0);
  return available > 0 ? available : null;
}

/** Asked by each lane before it opens a scene: often enough anew, and not a process for each. */
const ASK_AGAIN_MS = 1000;
let asked = { at: Number.NEGATIVE_INFINITY, bytes: null as number | null };

function macosAvailable(): number | null {
  if (platform() !== 'darwin') return null;
  if (performance.now() - asked.at > ASK_AGAIN_MS) {
    asked = { at: performance.now(), bytes: readVmStat() };
  }
  return asked.bytes;
}

function readVmStat(): number | null {
  try {
    const options = { encoding: 'utf8', timeout: 1000, env: { LC_ALL: 'C' } } as const;
    return availableOfVmStat(execFileSync('/usr/bin/vm_stat', options));
  } catch {
    // What is free at least is known without it.
    return null;
  }
}

/** How many Blenders at once at most: nodes of a cluster, what was asked for, or one a core, of which a run chooses how many are best. */
export function workersFor(
  config: Pick<BatchConfig, 'workers'> & HostConfig,
  machine: MachineInfo,
): number {
  const cluster = clusterOf(config);
  if (cluster) return Math.max(1, cluster.request.nodes);
  return config.workers > 0 ? config.workers : machine.cores;
}
