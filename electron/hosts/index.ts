import type { Cluster } from '../../shared/cluster.ts';
import type { HostConfig } from '../../shared/hosts.ts';
import type { ClusterPorts, HostOption, HostRecord } from './host-record.ts';
import { LAUNCHER } from './launcher/record.ts';
import { LOCAL } from './local/local.ts';
import { SLURM } from './slurm/record.ts';

export {
  alreadyQueuedText,
  type HostOption,
  type HostPorts,
  type HostRecord,
  type JobEnding,
  type JobQueue,
  type JobStanding,
  type NodeRecord,
  NotQueued,
  type SharedFolders,
} from './host-record.ts';

/** All hosts. The first one that a config chooses runs its batch; this computer is chosen by every config. */
export const HOSTS: readonly HostRecord[] = [SLURM, LAUNCHER, LOCAL];

/** A host that grants allocations. */
export type ClusterRecord = HostRecord & { readonly cluster: ClusterPorts };

export const CLUSTERS: readonly ClusterRecord[] = HOSTS.filter(
  (host): host is ClusterRecord => host.cluster !== undefined,
);

export function hostOf(config: HostConfig): HostRecord {
  return HOSTS.find(({ isChosen }) => isChosen(config)) ?? LOCAL;
}

/** True when its Blenders start on this computer, with nothing between. */
export function isThisComputer(config: HostConfig): boolean {
  return hostOf(config) === LOCAL;
}

/** The host for single Blender processes: clusters have the same Blender as this computer, which is asked instead. */
export function loneHostOf(config: HostConfig): HostRecord {
  return HOSTS.find(({ isChosen, cluster }) => !cluster && isChosen(config)) ?? LOCAL;
}

/** The first cluster that answers on this computer; `null`: none does. */
export async function surveyCluster(): Promise<Cluster | null> {
  for (const { cluster } of CLUSTERS) {
    const found = await cluster.survey();
    if (found) return found;
  }
  return null;
}

/** The job of a cluster that this process is; `null`: none. */
export function ownJob(): string | null {
  return CLUSTERS.map(({ cluster }) => cluster.jobs.own()).find((job) => job !== null) ?? null;
}

/** Whether a cluster's job has ended; `null`: no cluster knows. */
export async function hasJobEnded(job: string): Promise<boolean | null> {
  for (const { cluster } of CLUSTERS) {
    const ended = await cluster.jobs.hasEnded(job);
    if (ended !== null) return ended;
  }
  return null;
}

/** The words of a command line for an option with a value that its host's config has. */
export function optionWords(
  { flag, kind, many }: HostOption,
  value: unknown,
): readonly (readonly [option: string, value: string])[] {
  const [option = ''] = flag.split(' ');
  const values = many ? (value as readonly unknown[]) : [value];
  return values.map((each) => [option, TEXTS[kind](each)]);
}

const TEXTS: Readonly<Record<HostOption['kind'], (value: unknown) => string>> = {
  count: String,
  text: String,
  minutes: (minutes) => `${minutes}m`,
  memory: (mb) => String(Number((Number(mb) / 1024).toFixed(3))),
};

/** The options of the command line that say on which host a config runs. */
export function hostWords(
  config: HostConfig,
): readonly (readonly [option: string, value: string])[] {
  const host = hostOf(config);
  const values = host.values(config);
  const said = host.cliOptions.flatMap((option) => {
    const value = values[option.key];
    return value == null || value === 0 ? [] : optionWords(option, value);
  });
  return host.cluster ? [['--on', host.id], ...said] : said;
}
