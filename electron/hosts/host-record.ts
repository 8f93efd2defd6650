import type { z } from 'zod';
import type { Cluster } from '../../shared/cluster.ts';
import type { HostConfig } from '../../shared/hosts.ts';
import type { Host } from '../blender/host.ts';

/** Something that starts Blender processes: this computer, a launcher, or a cluster. */
export interface HostRecord {
  /** Also its key in the config and in the record of running processes. */
  readonly id: string;
  readonly cliOptions: readonly HostOption[];
  /** True when batches with this config run here. */
  readonly isChosen: (config: HostConfig) => boolean;
  /** The host's row in a report; `null`: none. */
  readonly describe: (config: HostConfig) => readonly [label: string, text: string] | null;
  /** The values of its options, by their keys. */
  readonly values: (config: HostConfig) => Readonly<Record<string, unknown>>;
  readonly open: (config: HostConfig, ports: HostPorts) => Host;
  /** Where it grants allocations instead of sharing this computer. */
  readonly cluster?: ClusterPorts;
}

export interface ClusterPorts {
  /** Its nodes; `null`: no such cluster answers here. */
  readonly survey: () => Promise<Cluster | null>;
  /** What is wrong where none answers, for a person who asked for it. */
  readonly silentText: string;
  /** Starts Nightshift itself on the cluster. */
  readonly jobs: JobQueue;
  /** Ends what a killed Nightshift left running or waiting, and removes its probe files. */
  readonly endLeft: (tokens: readonly string[], shared: SharedFolders) => Promise<void>;
}

export interface HostPorts {
  readonly shared: SharedFolders;
  readonly nodes: NodeRecord;
}

/** What has to be the same on a node as here. */
export interface SharedFolders {
  /** Whose folders these are: our probe files there bear this name, so that those of others stay. */
  readonly owner: string;
  /** Files and folders that are read there. */
  readonly seen: readonly string[];
  /** Folders that are written from both sides. */
  readonly written: readonly string[];
}

/** Which nodes of a cluster take part in a run. */
export interface NodeRecord {
  /** Names of excluded nodes. */
  readonly leftOut: readonly string[];
  /** Excludes a node, for a reason that ends a sentence about it. */
  leaveOut(node: string, why: string): void;
}

/** An option of the command line that belongs to a host. */
export interface HostOption {
  /** As commander writes it, such as `--nodes <n>`. */
  readonly flag: string;
  /** Its key in the host's config. */
  readonly key: string;
  readonly kind: 'count' | 'memory' | 'minutes' | 'text';
  readonly schema: z.ZodType;
  readonly help: string;
  /** The option repeats and its value is a list. */
  readonly many?: true;
}

// ---- Nightshift itself as a job

/** A batch can't be queued; the message says why. */
export class NotQueued extends Error {}

export function alreadyQueuedText(job: string): string {
  return `This batch is in the queue already, as job ${job}. Follow it, or cancel it, with nightshift follow.`;
}

/** A command that a cluster starts on one of its computers when there is room. */
export interface JobOrder {
  readonly batchId: string;
  /** A file in a folder of ours that holds the token: by it the node finds out whether it sees the folder. */
  readonly mark: { readonly folder: string; readonly file: string; readonly token: string };
  /** The folder that it reads. */
  readonly seen: string;
  /** The file for all its output. */
  readonly log: string;
  /** The program, its script, and what follows. */
  readonly program: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Only for the first start, not when the cluster starts it again after a node has failed. */
  readonly firstArgs: readonly string[];
}

export interface JobQueue {
  /** The queued or running job of a batch; `null`: none. Throws `NotQueued` when the cluster does not answer. */
  find(batchId: string): Promise<string | null>;
  /** Resolves with the job's number. Throws `NotQueued`. */
  submit(order: JobOrder, config: HostConfig): Promise<string>;
  /** Whether a job waits, and why, or has begun; `null`: it is not in the queue. */
  standing(job: string): Promise<JobStanding | null>;
  /** The job that this process is; `null`: none. */
  own(): string | null;
  /** Also true of a job that the cluster has forgotten; `null`: it does not answer. */
  hasEnded(job: string): Promise<boolean | null>;
  /** How a job ended, as long as the cluster remembers it. */
  ending(job: string): Promise<JobEnding | null>;
  /** Takes a job out of the queue unless it has begun. */
  cancelWaiting(job: string): Promise<void>;
}

export type JobStanding =
  | { readonly kind: 'waiting'; readonly why: string }
  | { readonly kind: 'begun' };

export interface JobEnding {
  /** A sentence. */
  readonly text: string;
  /** Somebody took it out of the queue. */
  readonly isCancelled: boolean;
}
