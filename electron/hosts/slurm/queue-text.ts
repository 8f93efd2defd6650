/** Slurm's reasons for a job that waits, the first that fits. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(None|)$/i, ''],
  [/^Resources$/, 'all nodes are busy'],
  [/^Priority$/, 'others are first in the queue'],
  [/^(QOS|Assoc(iation)?)Grp/i, 'your group has all that it may have at once'],
  [
    /^(QOS|Assoc(iation)?|MaxJobs|Max.*PerUser|Max.*PerAccount)/i,
    'you have all that you may have at once',
  ],
  [/^ReqNodeNotAvail|^Nodes required for job are/i, 'no node that could do it is available'],
  [/^PartitionDown$/, 'the partition is down'],
  [/^PartitionInactive$/, 'the partition starts nothing now'],
  [/^Partition(Node|Time)Limit$/, 'the partition does not give as much'],
  [/^JobHeldAdmin$/, 'held back by an administrator'],
  [/^JobHeldUser$/, 'held back'],
  [/^Reservation/, 'the nodes are reserved for others'],
  [/^Licenses$/, 'no licence is free'],
  [/^BeginTime$/, 'Slurm tries it again in a moment'],
  [/^(NodeDown|BootFail|NodeFail)$/i, 'a node failed'],
  [/^Cleaning$/, 'the place before it is being cleared'],
];

/** Why a place is waited for, in words; a reason that is not known as Slurm says it. */
export function waitingText(why: string): string {
  const [, words] = REASONS.find(([reason]) => reason.test(why)) ?? [];
  return words ?? why;
}
