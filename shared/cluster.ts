import { z } from 'zod';
import type { Frozen } from './frozen.ts';

/** Bounds of a memory limit, MiB. */
export const MEMORY_LIMIT = { min: 512, max: 16 * 1024 * 1024 } as const;

/** What each Blender asks a cluster for. */
export const allocationRequestSchema = z.object({
  /** Maximum number of allocations at once. */
  nodes: z.number(),
  /** `null`: the cluster's default. */
  partition: z.string().nullable(),
  /** Cores; `null`: the cluster's default. */
  cores: z.number().nullable(),
  /** Memory, MiB; `null`: the cluster's default. */
  memoryMb: z.number().nullable(),
  /** GPUs; a shot that needs one gets one even with 0. */
  gpus: z.number(),
  /** Longest time of an allocation, minutes; `null`: the cluster's default. */
  minutes: z.number().nullable(),
  /** Further options of the host's own command, as typed. */
  options: z.array(z.string()),
});
export type AllocationRequest = Frozen<z.infer<typeof allocationRequestSchema>>;

/** One computer of a cluster. */
export interface ClusterNode {
  readonly name: string;
  /** Its partitions; the default one first. */
  readonly partitions: readonly string[];
  readonly cores: number;
  readonly memoryMb: number;
  /** GPUs that the cluster gives out there. */
  readonly gpus: number;
  /** In the cluster's words: `idle`, `mixed`, `allocated`, `drained`, `down` … */
  readonly state: string;
  /** Why an administrator has taken it out; `null`: nothing is said. */
  readonly reason: string | null;
}

export interface Partition {
  readonly name: string;
  readonly isDefault: boolean;
  /** The longest time that a job may ask for, such as `4:00:00`; `infinite`. */
  readonly timeLimit: string;
  readonly nodes: number;
}

/** Nodes that a host can grant. */
export interface Cluster {
  readonly partitions: readonly Partition[];
  readonly nodes: readonly ClusterNode[];
}

/** What the artist asked for; the cluster decides the rest. */
export type AskedAllocation = Partial<AllocationRequest>;

/** A request that the cluster can't fulfil; the message says what it has. */
export class NotInCluster extends Error {}

/** States in which a node gives no place, and will not by itself. */
const OUT = /^(down|drained|draining|drain|fail|failing|error|unknown|power_down|powered_down)/i;

/** Whether a node can be given, now or when others are done with it. */
export function isUsable({ state }: ClusterNode): boolean {
  return !OUT.test(state);
}

/**
 * What is asked for each Blender: where nothing was said all cores of the smallest node, on all nodes, and no longer than the partition
 * allows. Throws `NotInCluster`.
 */
export function wishesFor(
  asked: AskedAllocation,
  { partitions, nodes }: Cluster,
): AllocationRequest {
  const wanted = asked.partition ?? null;
  const partition =
    wanted === null
      ? partitions.find(({ isDefault }) => isDefault)
      : partitions.find(({ name }) => name === wanted);
  if (wanted !== null && !partition) {
    const names = partitions.map(({ name }) => name).join(', ');
    throw new NotInCluster(`The cluster has no partition ${wanted}; it has ${names}.`);
  }
  const its = nodes.filter((node) => !partition || node.partitions.includes(partition.name));
  const usable = its.filter(isUsable);
  const all = usable.length > 0 ? usable : its;
  if (all.length === 0) throw new NotInCluster('The cluster has no node.');
  const most = partition && minutesOf(partition.timeLimit);
  if (partition && most != null && (asked.minutes ?? 0) > most) {
    const { name, timeLimit } = partition;
    throw new NotInCluster(`The partition ${name} gives a node for ${timeLimit} at most.`);
  }
  const gpus = asked.gpus ?? 0;
  const fits = all.filter(
    (node) =>
      node.cores >= (asked.cores ?? 1) &&
      node.memoryMb >= (asked.memoryMb ?? 0) &&
      node.gpus >= gpus,
  );
  if (fits.length === 0) throw new NotInCluster(`No node has ${wishText(asked)}; ${largest(all)}.`);
  const cores = asked.cores ?? Math.min(...fits.map((node) => node.cores));
  const memoryMb = asked.memoryMb ?? shareOf(fits, cores);
  const places = fits.reduce((sum, node) => sum + placesOn(node, cores, memoryMb, gpus), 0);
  return {
    nodes: asked.nodes || Math.max(1, places),
    partition: wanted,
    cores,
    memoryMb,
    gpus,
    minutes: asked.minutes ?? null,
    options: asked.options ?? [],
  };
}

/** Of `30:00`, `4:00:00`, `2-00:00:00`; `null`: there is no limit. */
function minutesOf(timeLimit: string): number | null {
  const found = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(timeLimit);
  if (!found) return null;
  const [days = 0, hours = 0, minutes = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return (days * 24 + hours) * 60 + minutes;
}

/** Where only some of a node's cores are asked for, as large a part of its memory; `null`: the cluster's default with all of them. */
function shareOf(nodes: readonly ClusterNode[], cores: number): number | null {
  if (nodes.every((node) => node.cores === cores)) return null;
  const shares = nodes.map(({ memoryMb, cores: all }) => Math.floor((memoryMb * cores) / all));
  return Math.max(1, Math.min(...shares));
}

function placesOn(node: ClusterNode, cores: number, memoryMb: number | null, gpus: number): number {
  const byCores = Math.floor(node.cores / cores);
  const byMemory = memoryMb === null ? byCores : Math.floor(node.memoryMb / memoryMb);
  const byGpus = gpus === 0 ? byCores : Math.floor(node.gpus / gpus);
  return Math.max(0, Math.min(byCores, byMemory, byGpus));
}

function wishText({ cores, memoryMb, gpus }: AskedAllocation): string {
  const words = [
    ...(cores ? [`${cores} cores`] : []),
    ...(memoryMb ? [`${memoryMb} MB of memory`] : []),
    ...(gpus ? [`${gpus} ${gpus === 1 ? 'GPU' : 'GPUs'}`] : []),
  ];
  return words.join(' and ');
}

function largest(nodes: readonly ClusterNode[]): string {
  const most = (pick: (node: ClusterNode) => number) => Math.max(...nodes.map(pick));
  const gpus = most((node) => node.gpus);
  const cores = most((node) => node.cores);
  const words = [
    cores === 1 ? '1 core' : `${cores} cores`,
    `${most((node) => node.memoryMb)} MB`,
    gpus === 0 ? 'no GPU' : gpus === 1 ? '1 GPU' : `${gpus} GPUs`,
  ];
  return `the most that one has: ${words.join(', ')}`;
}
