import { jobName, submit } from './commands.ts';

/** A command that Slurm starts when it has a place, on a computer of the cluster. */
export interface BatchJobOrder {
  /** What the job is called; see `batchJobName`. */
  readonly name: string;
  /** A file in a folder of ours by which the node finds out whether it sees the folder: it holds the token. */
  readonly mark: { readonly folder: string; readonly file: string; readonly token: string };
  /** The folder that it reads. */
  readonly seen: string;
  /** Where all that it says goes. */
  readonly log: string;
  /** The program, its script, and what follows. */
  readonly program: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Said the first time only, not where Slurm starts it again after a node has failed. */
  readonly firstArgs: readonly string[];
  /** `null`: the default one. */
  readonly partition: string | null;
  /** The longest time, in Slurm's notation; `null`: its default. */
  readonly timeLimit: string | null;
  /** Options for srun, of which those count that say who asks. */
  readonly options: readonly string[];
}

/** What the job of a batch is called, by which it is found again. */
export function batchJobName(batchId: string): string {
  return jobName(`batch-${batchId}`);
}

/** Puts it into the queue: one core and little memory, and never two of one name at once. */
export function submitBatchJob(
  order: BatchJobOrder,
): Promise<{ readonly id: string } | { readonly refused: string }> {
  const { name, log, partition, timeLimit, options } = order;
  // In a name % stands for something.
  const output = log.replaceAll('%', '%%');
  return submit(scriptOf(order), [
    ...[`--job-name=${name}`, '--dependency=singleton', '--requeue'],
    ...['--ntasks=1', '--nodes=1', '--cpus-per-task=1', `--mem=${MEMORY_MB}M`],
    ...['--chdir=/', `--output=${output}`, '--open-mode=append'],
    ...(partition === null ? [] : [`--partition=${partition}`]),
    ...(timeLimit === null ? [] : [`--time=${timeLimit}`]),
    ...whoAsks(options),
  ]);
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
export function scriptOf(order: BatchJobOrder): string {
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
