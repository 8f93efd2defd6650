import type { HostConfig } from '../../../shared/hosts.ts';
import {
  alreadyQueuedText,
  type JobEnding,
  type JobOrder,
  type JobQueue,
  NotQueued,
} from '../host-record.ts';
import {
  cancelWaiting,
  isOver,
  jobName,
  type QueuedJob,
  readCluster,
  readJob,
  readQueue,
  submit,
} from './commands.ts';
import { SILENT } from './queue.ts';
import { waitingText } from './queue-text.ts';

/** Nightshift itself as a job of Slurm. */
export const SLURM_JOBS: JobQueue = {
  find: async (batchId) => (await jobsOf(batchId))[0] ?? null,
  submit: async (order, config) => {
    const submitted = await submit(scriptOf(order), await jobOptions(order, config));
    if ('refused' in submitted) {
      throw new NotQueued(`Slurm does not take the job: ${submitted.refused}.`);
    }
    const { id } = submitted;
    // Of two that ask at the same moment the later one gives way.
    const earlier = (await jobsOf(order.batchId)).find((other) => Number(other) < Number(id));
    if (earlier === undefined) return id;
    await cancelWaiting(id);
    throw new NotQueued(alreadyQueuedText(earlier));
  },
  standing: async (id) => {
    const queue = await recentQueue();
    // It may still wait when nothing is known.
    if (queue === null) return { kind: 'waiting', why: SILENT };
    const job = queue.find((each) => each.id === id);
    if (!job) return null;
    return job.state === 'PENDING'
      ? { kind: 'waiting', why: waitingText(job.reason) }
      : { kind: 'begun' };
  },
  own: () => process.env.NIGHTSHIFT_JOB ?? process.env.SLURM_JOB_ID ?? null,
  hasEnded: isOver,
  ending: endingOf,
  cancelWaiting: async (id) => {
    await cancelWaiting(id);
    asked = null;
  },
};

/** Numbers of the queued and running jobs of a batch. */
async function jobsOf(batchId: string): Promise<readonly string[]> {
  const queue = await readQueue();
  if (queue === null) throw new NotQueued('The controller of the cluster does not answer.');
  return queue.filter(({ name }) => name === nameOf(batchId)).map(({ id }) => id);
}

/** A batch that is followed looks each second, and the controller has others to answer. */
const ASK_MS = 3000;
let asked: { readonly at: number; readonly queue: readonly QueuedJob[] | null } | null = null;

async function recentQueue(): Promise<readonly QueuedJob[] | null> {
  if (!asked || performance.now() - asked.at > ASK_MS) {
    asked = { at: performance.now(), queue: await readQueue() };
  }
  return asked.queue;
}

async function endingOf(id: string): Promise<JobEnding | null> {
  const job = await readJob(id);
  if (job === null) return null;
  const { state, node, exitCode } = job;
  const isCancelled = state === 'CANCELLED' && exitCode === 0;
  const unfit = unfitText(exitCode);
  if (unfit !== null) {
    return { text: `Its job ${id} ended at once: the node ${node} ${unfit}.`, isCancelled };
  }
  const where = node === '' || node === '(null)' ? '' : ` on the node ${node}`;
  const code = exitCode === 0 ? '' : `, with ${exitCode}`;
  return { text: `Its job ${id} has ended${where}: Slurm says ${state}${code}.`, isCancelled };
}

function nameOf(batchId: string): string {
  return jobName(`batch-${batchId}`);
}

/** One core and little memory, and never two jobs of one batch at once. */
async function jobOptions(
  { batchId, log }: JobOrder,
  { slurm }: HostConfig,
): Promise<readonly string[]> {
  const { partition = null, options = [] } = slurm ?? {};
  const timeLimit = await timeLimitOf(partition);
  // In a name % stands for something.
  const output = log.replaceAll('%', '%%');
  return [
    ...[`--job-name=${nameOf(batchId)}`, '--dependency=singleton', '--requeue'],
    ...['--ntasks=1', '--nodes=1', '--cpus-per-task=1', `--mem=${MEMORY_MB}M`],
    ...['--chdir=/', `--output=${output}`, '--open-mode=append'],
    ...(partition === null ? [] : [`--partition=${partition}`]),
    ...(timeLimit === null ? [] : [`--time=${timeLimit}`]),
    ...whoAsks(options),
  ];
}

/** A run takes longer than the default time of a partition. */
async function timeLimitOf(partition: string | null): Promise<string | null> {
  const partitions = (await readCluster())?.partitions ?? [];
  const found = partitions.find((each) =>
    partition === null ? each.isDefault : each.name === partition,
  );
  return found ? found.timeLimit.replace(/^infinite$/, 'UNLIMITED') : null;
}

const MEMORY_MB = 2000;

/** Of the options for Blender's places those that a cluster may want of every job: who pays, and by which rules. */
export function whoAsks(options: readonly string[]): readonly string[] {
  return options.filter((option, at) => {
    if (option.startsWith('-')) return WHO_ASKS.test(option);
    const before = options[at - 1];
    return before !== undefined && !before.includes('=') && WHO_ASKS.test(before);
  });
}

const WHO_ASKS = /^(--(account|qos|reservation|wckey|clusters)(=|$)|-A|-q|-M)/;

/** How the script ends where the node can't do it; its log may not be seen by anybody then. */
const UNFIT = {
  81: 'does not see the data directory, or not as this computer does',
  82: "can't write to the data directory",
  83: 'does not see the shots',
  84: 'does not have Node where this computer has it',
  85: 'does not have Nightshift where this computer has it',
} as const;

/** What is wrong with a node on which the script ended so, as the end of a sentence; `null`: nothing that is known. */
export function unfitText(exitCode: number): string | null {
  return exitCode in UNFIT ? UNFIT[exitCode as keyof typeof UNFIT] : null;
}

/**
 * For any POSIX shell: looks for what it needs, and becomes the command. What Slurm says of this job must not reach the
 * jobs that the command asks for, which would be taken for parts of it.
 */
export function scriptOf(order: JobOrder): string {
  const { mark, seen, program, script, args, firstArgs } = order;
  const kept = KEPT.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [`export ${name}=${quoted(value)}`];
  });
  const unfit = (code: keyof typeof UNFIT, what: string) =>
    `unfit ${code} ${quoted(`${UNFIT[code]}: ${what}`)}`;
  return `#!/bin/sh
export NIGHTSHIFT_JOB="$SLURM_JOB_ID"
node="\${SLURMD_NODENAME:-$(hostname)}"
again="\${SLURM_RESTART_COUNT:-0}"
for name in $(env | sed -n 's/^\\(SLURMD\\{0,1\\}_[A-Za-z0-9_]*\\)=.*/\\1/p'); do unset "$name"; done
${kept.join('\n')}
unfit() { echo "Nightshift can't run here: the node $node $2."; exit "$1"; }
tries=5
until grep -qF ${quoted(mark.token)} ${quoted(mark.file)} 2> /dev/null; do
  [ "$tries" -gt 0 ] || ${unfit(81, mark.folder)}
  ls ${quoted(mark.folder)} > /dev/null 2>&1; sleep 1; tries=$((tries - 1))
done
probe=${quoted(`${mark.folder}/.nightshift-${mark.token}-there`)}
(: > "$probe") 2> /dev/null || ${unfit(82, mark.folder)}
rm -f "$probe"
ls ${quoted(seen)} > /dev/null 2>&1 || ${unfit(83, seen)}
command -v ${quoted(program)} > /dev/null 2>&1 || ${unfit(84, program)}
[ -r ${quoted(script)} ] || ${unfit(85, script)}
set -- ${args.map(quoted).join(' ')}
[ "$again" -gt 0 ] || set -- "$@" ${firstArgs.map(quoted).join(' ')}
exec ${quoted(program)} ${quoted(script)} "$@"
`;
}

/** What Slurm's programs are told by the environment that this was asked in. */
export const KEPT = [
  'SLURM_CONF',
  'SLURM_ACCOUNT',
  'SLURM_QOS',
  'SLURM_RESERVATION',
  'SLURM_CLUSTERS',
];

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
