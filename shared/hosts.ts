import { z } from 'zod';
import {
  type AllocationRequest,
  type AskedAllocation,
  allocationRequestSchema,
  type Cluster,
  MEMORY_LIMIT,
} from './cluster.ts';
import type { Frozen } from './frozen.ts';

// What schemas and the window need to know of the hosts in `electron/hosts/`.

/** The config of each host, by its id. A config without any of them runs on this computer. */
export const HOST_CONFIG = {
  /** A command that is put before each Blender, as typed, such as `nice -n 10`. */
  launcher: z.string().optional().catch(undefined),
  slurm: allocationRequestSchema.optional().catch(undefined),
};

export type HostConfig = Frozen<z.infer<z.ZodObject<typeof HOST_CONFIG>>>;

/** The name of a partition, which no command can mistake for an option. */
export const partitionSchema = z
  .string()
  .regex(/^[^\s,\p{Cc}]+$/u, 'Expected the name of one partition.')
  .max(128);
const seconds = z.number().positive().max(31_536_000);

export const HOST_SETTINGS = {
  /** The host of new runs. The settings of a host apply to each Blender there. */
  where: z.enum(['here', 'slurm']).default('here'),
  slurmPartition: partitionSchema.nullable().default(null),
  /** Maximum number at once; 0: as many as the partition has. */
  slurmNodes: z.int().min(0).max(10_000).default(0),
  /** 0: all cores of the smallest node. */
  slurmCores: z.int().min(0).max(4096).default(0),
  slurmMemoryMb: z.int().min(MEMORY_LIMIT.min).max(MEMORY_LIMIT.max).nullable().default(null),
  slurmGpus: z.int().min(0).max(64).default(0),
  slurmSeconds: seconds.nullable().default(null),
};
type HostSettings = z.infer<z.ZodObject<typeof HOST_SETTINGS>>;
/** `here`, or the id of a host that grants allocations. */
export type Where = HostSettings['where'];
export type ClusterHost = Exclude<Where, 'here'>;

/** A setting of a host, as the settings window shows it. */
export interface HostField {
  readonly of: ClusterHost;
  readonly kind: 'partition' | 'count' | 'memory' | 'time';
  readonly label: string;
  readonly hint: (cluster: Cluster | null) => string;
  /** Of a count. */
  readonly max?: number | null;
}

export const HOST_FIELDS: Readonly<Record<Exclude<keyof HostSettings, 'where'>, HostField>> = {
  slurmPartition: { of: 'slurm', kind: 'partition', label: 'Partition', hint: () => '' },
  slurmNodes: {
    ...{ of: 'slurm', kind: 'count', label: 'Blenders at once' },
    hint: () => 'At most. 0: as many as there is room for.',
    max: HOST_SETTINGS.slurmNodes.unwrap().maxValue,
  },
  slurmCores: {
    ...{ of: 'slurm', kind: 'count', label: 'Cores' },
    hint: () => 'For each Blender. 0: all that the smallest node has.',
    max: HOST_SETTINGS.slurmCores.unwrap().maxValue,
  },
  slurmMemoryMb: {
    ...{ of: 'slurm', kind: 'memory', label: 'Memory' },
    hint: () => 'GB for each Blender. Empty: by its cores.',
  },
  slurmGpus: {
    ...{ of: 'slurm', kind: 'count', label: 'GPUs' },
    hint: (cluster) =>
      `For each Blender.${cluster?.nodes.every(({ gpus }) => gpus === 0) ? ' No node has one.' : ''}`,
    max: HOST_SETTINGS.slurmGpus.unwrap().maxValue,
  },
  slurmSeconds: {
    ...{ of: 'slurm', kind: 'time', label: 'Longest time' },
    hint: () => 'Such as 4h. Empty: as the partition says.',
  },
};

/** Names of the hosts to choose from. `short`: beside an icon. */
export const WHERE_NAMES: Readonly<
  Record<Where, { readonly name: string; readonly short: string }>
> = {
  here: { name: 'This computer', short: '' },
  slurm: { name: 'Slurm cluster', short: 'Slurm' },
};

const ASKED: Readonly<Record<ClusterHost, (settings: HostSettings) => AskedAllocation>> = {
  slurm: (settings) => ({
    partition: settings.slurmPartition,
    nodes: settings.slurmNodes,
    gpus: settings.slurmGpus,
    memoryMb: settings.slurmMemoryMb,
    minutes:
      settings.slurmSeconds === null ? null : Math.max(1, Math.ceil(settings.slurmSeconds / 60)),
    ...(settings.slurmCores > 0 && { cores: settings.slurmCores }),
  }),
};

/** What the settings ask of the chosen host; `null`: Blender runs on this computer. */
export function askedAllocation(settings: HostSettings): AskedAllocation | null {
  return settings.where === 'here' ? null : ASKED[settings.where](settings);
}

/** The hosts' part of a config. @param request not there: this computer */
export function hostConfig(where: Where, request?: AllocationRequest): HostConfig {
  return { slurm: where === 'slurm' ? request : undefined };
}

/** The cluster that a config renders on, with what it asks for; `null`: this computer, or what a launcher reaches. */
export function clusterOf(config: HostConfig): {
  readonly host: ClusterHost;
  readonly request: AllocationRequest;
} | null {
  return config.slurm ? { host: 'slurm', request: config.slurm } : null;
}
