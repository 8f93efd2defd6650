import { type Command, InvalidArgumentError, Option } from 'commander';
import { NotInCluster, wishesFor } from '../../shared/cluster.ts';
import { type ClusterHost, type HostConfig, hostConfig } from '../../shared/hosts.ts';
import { CLUSTERS, HOSTS, type HostOption, optionWords } from '../engine/index.ts';
import { UsageError } from './exit-codes.ts';
import { duration, memory } from './option-values.ts';

/** The options of a command that choose the host, besides those of its own that its record names. */
export interface WhereOptions {
  /** The id of a cluster. */
  readonly on?: string;
  /** MiB; on a cluster for each Blender. */
  readonly memory?: number;
  readonly launcher?: string;
}

/** Adds the options of all hosts; an option that the command has already is shared with it. */
export function addWhereOptions(command: Command): Command {
  const ids = CLUSTERS.map(({ id }) => id);
  command.addOption(
    new Option(
      '--on <where>',
      `${ids.join(', ')}: on the nodes of the cluster that this computer belongs to`,
    ).choices(ids),
  );
  for (const { id, cliOptions } of CLUSTERS) {
    for (const option of cliOptions) {
      const made = commandOption({ ...option, help: `with --on ${id}: ${option.help}` });
      if (!command.options.some(({ long }) => long === made.long)) command.addOption(made);
    }
  }
  return command;
}

/** The options of the hosts that need no `--on`, such as `--launcher`. */
export function hostOptions(): readonly Option[] {
  return HOSTS.filter(({ cluster }) => !cluster).flatMap(({ cliOptions }) =>
    cliOptions.map((option) => commandOption(option)),
  );
}

function commandOption(option: HostOption): Option {
  return new Option(option.flag, option.help).argParser((text: string, before: unknown) => {
    const value = READ[option.kind](text);
    const all = option.many
      ? [...((before as readonly unknown[] | undefined) ?? []), value]
      : value;
    const parsed = option.schema.safeParse(all);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(
      parsed.error.issues[0]?.message ?? 'Not a value of this option.',
    );
  });
}

const READ: Readonly<Record<HostOption['kind'], (text: string) => unknown>> = {
  count: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN),
  text: (text) => text,
  memory,
  minutes: (text) => Math.max(1, Math.ceil(duration(text) / 60)),
};

/** The options of a cluster that were given, with their values. */
function given(
  options: WhereOptions,
  { cliOptions }: { readonly cliOptions: readonly HostOption[] },
) {
  const values = options as Readonly<Record<string, unknown>>;
  return cliOptions.flatMap((option) => {
    const value = values[new Option(option.flag).attributeName()];
    return value === undefined ? [] : [{ option, value }];
  });
}

/**
 * The host that the options choose, with what they ask of it. Throws a `UsageError` where the cluster does not have that,
 * or does not answer.
 */
export async function hostConfigOf(options: WhereOptions): Promise<HostConfig> {
  const { on, launcher } = options;
  const host = CLUSTERS.find(({ id }) => id === on);
  if (!host) {
    for (const cluster of CLUSTERS) {
      const only = given(options, cluster).find(({ option }) => option.key !== 'memoryMb');
      if (!only) continue;
      throw new UsageError(`${only.option.flag.split(' ')[0]} needs --on ${cluster.id}.`);
    }
    return { launcher };
  }
  const cluster = await host.cluster.survey();
  if (!cluster) throw new UsageError(host.cluster.silentText);
  const asked = Object.fromEntries(
    given(options, host).map(({ option, value }) => [option.key, value]),
  );
  try {
    return hostConfig(host.id as ClusterHost, wishesFor(asked, cluster));
  } catch (error) {
    if (error instanceof NotInCluster) throw new UsageError(error.message);
    throw error;
  }
}

/** The same options once more, for another command line. */
export function whereWords(options: WhereOptions): readonly string[] {
  const host = CLUSTERS.find(({ id }) => id === options.on);
  if (!host) return [];
  const words = given(options, host).flatMap(({ option, value }) => optionWords(option, value));
  return [['--on', host.id] as const, ...words].map(([option, value]) => `${option}=${value}`);
}
