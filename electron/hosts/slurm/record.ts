import { z } from 'zod';
import { MEMORY_LIMIT } from '../../../shared/cluster.ts';
import { durationText } from '../../../shared/duration-text.ts';
import { partitionSchema } from '../../../shared/hosts.ts';
import type { HostRecord } from '../host-record.ts';
import { SLURM_JOBS } from './batch-job.ts';
import { cancelJobs, jobName, readCluster } from './commands.ts';
import { removeProbes } from './on-node.ts';
import { SlurmHost } from './slurm-host.ts';

const whole = (min: number, max: number) => {
  const expected = `Expected a whole number from ${min} to ${max}.`;
  return z.int(expected).min(min, expected).max(max, expected);
};

/** Slurm grants a job for each Blender process. */
export const SLURM: HostRecord = {
  id: 'slurm',
  cliOptions: [
    {
      ...{ flag: '--nodes <n>', key: 'nodes', kind: 'count', schema: whole(1, 10_000) },
      help: 'places at once, at most; all nodes by default',
    },
    {
      ...{ flag: '--partition <name>', key: 'partition', kind: 'text', schema: partitionSchema },
      help: "the cluster's default one by default",
    },
    {
      ...{ flag: '--cores <n>', key: 'cores', kind: 'count', schema: whole(1, 10_000) },
      help: 'for each Blender; as many as the smallest node has by default',
    },
    {
      ...{ flag: '--memory <gb>', key: 'memoryMb', kind: 'memory' },
      schema: z.int().min(MEMORY_LIMIT.min).max(MEMORY_LIMIT.max),
      help: 'GB for each Blender',
    },
    {
      ...{ flag: '--gpus <n>', key: 'gpus', kind: 'count', schema: whole(0, 64) },
      help: 'for each Blender',
    },
    {
      ...{ flag: '--time <time>', key: 'minutes', kind: 'minutes', schema: z.int().min(1) },
      help: 'the longest time of a place, such as 4h',
    },
    {
      ...{ flag: '--slurm-option <option>', key: 'options', kind: 'text', many: true },
      schema: z.array(z.string()),
      help: 'one more option for srun',
    },
  ],
  isChosen: ({ slurm }) => slurm !== undefined,
  describe: ({ slurm }) => {
    if (!slurm) return null;
    const { nodes, partition, cores, memoryMb, gpus, minutes } = slurm;
    const each = [
      ...(cores === null ? [] : [cores === 1 ? '1 core' : `${cores} cores`]),
      ...(memoryMb === null ? [] : [`${(memoryMb / 1024).toFixed(1)} GB`]),
      ...(gpus === 0 ? [] : [gpus === 1 ? '1 GPU' : `${gpus} GPUs`]),
      ...(minutes === null ? [] : [`at most ${durationText(minutes * 60)}`]),
    ];
    const where = partition === null ? '' : ` of the partition ${partition}`;
    const places = nodes === 1 ? '1 place' : `${nodes} places`;
    return [
      'Where',
      `Slurm, up to ${places}${where}${each.length === 0 ? '' : `, each ${each.join(', ')}`}`,
    ];
  },
  values: ({ slurm }) => ({ ...slurm }),
  open: ({ slurm }, { shared, nodes }) => {
    if (!slurm) throw new Error('This config does not ask for Slurm.');
    return new SlurmHost(slurm, shared, nodes);
  },
  cluster: {
    survey: readCluster,
    silentText:
      'No cluster answers here: --on slurm needs a computer on which sinfo shows nodes, such as the login node of a cluster.',
    jobs: SLURM_JOBS,
    endLeft: async (tokens, shared) => {
      // A job outlives the srun that asked for it if that was killed.
      await cancelJobs(tokens.map(jobName));
      await removeProbes(shared);
    },
  },
};
