import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SlurmWishes } from '../../shared/batch.ts';
import { NotInCluster, wishesFor } from '../../shared/cluster.ts';
import { readCluster } from '../engine/index.ts';
import { UsageError } from './exit-codes.ts';
import { collected, count, duration } from './option-values.ts';

/** The options of a command that say on which computers Blender runs, as commander gives them. */
export interface WhereOptions {
  readonly on?: 'slurm';
  readonly nodes?: number;
  readonly partition?: string;
  readonly cores?: number;
  /** MiB; on a cluster for each Blender. */
  readonly memory?: number;
  readonly gpus?: number;
  /** Seconds. */
  readonly time?: number;
  readonly slurmOption?: readonly string[];
}

/** Adds what says on which computers Blender runs. */
export function addWhereOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--on <where>',
        'slurm: on the nodes of the cluster that this computer belongs to',
      ).choices(['slurm']),
    )
    .addOption(onSlurm('--nodes <n>', 'places at once, at most; all nodes by default', places))
    .addOption(onSlurm('--partition <name>', "the cluster's default one by default", named))
    .addOption(
      onSlurm(
        '--cores <n>',
        'for each Blender; as many as the smallest node has by default',
        places,
      ),
    )
    .addOption(onSlurm('--gpus <n>', 'for each Blender', count(64)))
    .addOption(onSlurm('--time <time>', 'the longest time of a place, such as 4h', duration))
    .addOption(onSlurm('--slurm-option <option>', 'one more option for srun', collected));
}

function onSlurm<T>(flags: string, what: string, parse: (text: string, before: T) => T): Option {
  return new Option(flags, `with --on slurm: ${what}`).argParser(parse);
}

function places(text: string): number {
  const value = count(10_000)(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('Expected a whole number from 1 to 10000.');
}

function named(text: string): string {
  if (/^[^\s,]+$/.test(text)) return text;
  throw new InvalidArgumentError('Expected the name of one partition.');
}

/**
 * What is asked of the cluster; `undefined`: Blender runs on this computer. Throws a `UsageError` where the cluster has
 * no such thing, or does not answer.
 */
export async function slurmWishesOf(options: WhereOptions): Promise<SlurmWishes | undefined> {
  if (options.on === undefined) {
    const given = ON_SLURM_ONLY.find((name) => options[name] !== undefined);
    if (given) throw new UsageError(`--${dashed(given)} needs --on slurm.`);
    return undefined;
  }
  const cluster = await readCluster();
  if (!cluster) {
    throw new UsageError(
      'No cluster answers here: --on slurm needs a computer on which sinfo shows nodes, such as the login node of a cluster.',
    );
  }
  const { nodes, partition, cores, memory, gpus, time, slurmOption } = options;
  try {
    return wishesFor(
      {
        ...(nodes !== undefined && { nodes }),
        ...(partition !== undefined && { partition }),
        ...(cores !== undefined && { cores }),
        ...(memory !== undefined && { memoryMb: memory }),
        ...(gpus !== undefined && { gpus }),
        ...(time !== undefined && { minutes: Math.max(1, Math.ceil(time / 60)) }),
        ...(slurmOption !== undefined && { options: slurmOption }),
      },
      cluster,
    );
  } catch (error) {
    if (error instanceof NotInCluster) throw new UsageError(error.message);
    throw error;
  }
}

const ON_SLURM_ONLY = ['nodes', 'partition', 'cores', 'gpus', 'time', 'slurmOption'] as const;

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
