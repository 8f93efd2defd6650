import type { Cluster, ClusterNode, Partition } from '../../../shared/cluster.ts';
import { canRun } from '../../blender/this-computer.ts';

/** Slurm's own programs answer within so long, or count as silent: a controller that is down lets them wait for minutes. */
const ANSWER_MS = 15_000;

/** What one of Slurm's programs said; `null`: it is not there, failed, or did not answer in time. */
async function ask(program: string, args: readonly string[]): Promise<string | null> {
  const { stdout, failed } = await call(program, args);
  return failed ? null : (stdout ?? '');
}

/** @param input what the program reads; not there: nothing */
async function call(program: string, args: readonly string[], input = '') {
  const { execa } = await import('execa');
  return execa(program, args, {
    reject: false,
    timeout: ANSWER_MS,
    input,
    windowsHide: true,
    // Times in seconds since 1970, and no output of the artist's own shape.
    env: { SLURM_TIME_FORMAT: '%s', SQUEUE_FORMAT: '', SINFO_FORMAT: '' },
  });
}

// ---- The cluster

/** The cluster that this computer belongs to; `null`: there is no Slurm, or its controller does not answer. */
export async function readCluster(): Promise<Cluster | null> {
  // Where there is no Slurm, nothing is started.
  if (!(await canRun('sinfo'))) return null;
  const text = await ask('sinfo', ['-h', '-N', '-o', '%N|%P|%c|%m|%T|%G|%l|%E']);
  return text === null ? null : parseCluster(text);
}

/** Reads a line for each node and partition: name, partition, CPUs, MiB, state, gres, time limit, reason. Others are left out. */
export function parseCluster(text: string): Cluster {
  const nodes = new Map<string, ClusterNode>();
  const partitions = new Map<string, Partition>();
  for (const line of text.split('\n')) {
    const [name, inside, cores, memory, state, gres, timeLimit, ...why] = line.split('|');
    if (!name || !inside || timeLimit === undefined) continue;
    const isDefault = inside.endsWith('*');
    const partition = isDefault ? inside.slice(0, -1) : inside;
    const before = partitions.get(partition)?.nodes ?? 0;
    partitions.set(partition, { name: partition, isDefault, timeLimit, nodes: before + 1 });
    const others = nodes.get(name)?.partitions ?? [];
    const reason = why.join('|').trim();
    nodes.set(name, {
      name,
      partitions: isDefault ? [partition, ...others] : [...others, partition],
      cores: Number.parseInt(cores ?? '', 10) || 1,
      memoryMb: Number.parseInt(memory ?? '', 10) || 0,
      gpus: gpusOf(gres ?? ''),
      // A trailing sign is a detail: * does not answer, ~ powered off, # powering up …
      state: (state ?? '').replace(/[^a-z]+$/i, ''),
      reason: reason === '' || reason === 'none' ? null : reason,
    });
  }
  return { partitions: [...partitions.values()], nodes: [...nodes.values()] };
}

/** From `gpu:2`, `gpu:a100:4(S:0-1)`, `(null)`. */
function gpusOf(gres: string): number {
  const counts = [...gres.matchAll(/\bgpu(?::[^:,()]+)?:(\d+)/g)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Whether a node does not answer its controller. False if that is not known. */
export async function isSilentNode(name: string): Promise<boolean> {
  const state = (await ask('sinfo', ['-h', '-n', name, '-o', '%T'])) ?? '';
  return /\*|^down|^fail/im.test(state);
}

// ---- Our jobs

/** A job in Slurm's queue. */
export interface QueuedJob {
  readonly name: string;
  readonly id: string;
  /** `PENDING`, `RUNNING`, `COMPLETING` … */
  readonly state: string;
  /** Why it waits, in Slurm's words: `Resources`, `Priority` … */
  readonly reason: string;
  /** Empty until it has one. */
  readonly node: string;
}

/** All jobs of ours that are in the queue: one question, however many they are. `null`: the controller does not answer. */
export async function readQueue(): Promise<readonly QueuedJob[] | null> {
  const text = await ask('squeue', ['--me', '-h', '-o', '%j|%i|%T|%N|%r']);
  return text === null ? null : parseQueue(text);
}

/** Reads a line a job: name, id, state, node, reason. What is no job of Nightshift's is left out. */
export function parseQueue(text: string): readonly QueuedJob[] {
  return text.split('\n').flatMap((line): QueuedJob[] => {
    const [name, id, state, node, ...reason] = line.split('|');
    if (!name?.startsWith(NAME) || !id || !state) return [];
    return [{ name, id, state, node: node ?? '', reason: reason.join('|') }];
  });
}

const NAME = 'nightshift-';

/** What a job is called, by which it is found again. @param token unique */
export function jobName(token: string): string {
  return `${NAME}${token}`;
}

/** The token of a job, by its name. */
export function tokenOf(name: string): string {
  return name.slice(NAME.length);
}

/** Takes jobs out of the queue, by name; also those that run. */
export async function cancelJobs(names: readonly string[]): Promise<void> {
  if (names.length > 0) await ask('scancel', ['--me', `--name=${names.join(',')}`]);
}

/** Takes a job out of the queue, by its number, if it waits there; one that runs by now goes on. True if Slurm has heard it. */
export async function cancelWaiting(id: string): Promise<boolean> {
  return (await ask('scancel', ['--state=PENDING', id])) !== null;
}

/**
 * Puts a script into the queue. Resolves with Slurm's number of the job, or with what it says against it.
 * @param options of sbatch
 */
export async function submit(
  script: string,
  options: readonly string[],
): Promise<{ readonly id: string } | { readonly refused: string }> {
  const { stdout, stderr, failed, code } = await call('sbatch', ['--parsable', ...options], script);
  if (code === 'ENOENT') return { refused: 'sbatch is not there' };
  const id = /^(\d+)/.exec((stdout ?? '').trim())?.[1];
  if (!failed && id) return { id };
  const said = (stderr ?? '').replaceAll(/^sbatch: (error: )?/gm, '').trim();
  return { refused: said.split('\n').at(-1) || 'it does not say why' };
}

/** How a job stands that may have ended some minutes ago. */
export interface EndedJob {
  /** `CANCELLED`, `PREEMPTED`, `NODE_FAIL`, `TIMEOUT`, `OUT_OF_MEMORY`, `FAILED`, `COMPLETED` …; or of one that goes on. */
  readonly state: string;
  readonly reason: string;
  readonly node: string;
  /** Of a script; 0 where it has not ended by itself. */
  readonly exitCode: number;
}

/** What the controller remembers of a job; `null`: nothing, or it does not answer. @param id Slurm's number */
export async function readJob(id: string): Promise<EndedJob | null> {
  const text = await ask('scontrol', ['show', 'job', id, '-o']);
  return text === null ? null : parseJob(text);
}

/** True when a job has ended, also long ago; `null`: unknown. @param id Slurm's number */
export async function isOver(id: string): Promise<boolean | null> {
  const { stdout, stderr, failed } = await call('scontrol', ['show', 'job', id, '-o']);
  // Slurm forgets ended jobs after some minutes.
  if (failed) return /Invalid job id/i.test(stderr ?? '') ? true : null;
  const job = parseJob(stdout ?? '');
  return job && !/^(RUNNING|COMPLETING|SUSPENDED|STOPPED|RESIZING|CONFIGURING)/.test(job.state);
}

/** Reads `JobState=… Reason=… NodeList=… ExitCode=…:…`. */
export function parseJob(text: string): EndedJob | null {
  const value = (key: string) => new RegExp(`(?:^|\\s)${key}=(\\S*)`).exec(text)?.[1] ?? '';
  const state = value('JobState');
  if (state === '') return null;
  const exitCode = Number.parseInt(value('ExitCode'), 10) || 0;
  return { state, reason: value('Reason'), node: value('NodeList'), exitCode };
}
