import { type Cause, type Failure, failure } from '../../../shared/failure.ts';
import { SILENT } from './queue.ts';

/** Why a place was not given. */
export type Refusal =
  /** It would be refused again. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** Worth asking again: the controller did not answer, or somebody took the job out of the queue. */
  | { readonly kind: 'later'; readonly why: string };

/**
 * Why srun ended before a program began (Slurm 24.11). What it says that is not known here is told to the artist and
 * asked again: a night must not end at a word.
 * @param said the lines of srun, oldest first
 * @param leftOut nodes that were asked not to be given
 */
export function refusalOf(said: readonly string[], leftOut: readonly string[]): Refusal {
  const why = said.flatMap((line) => /Unable to allocate resources: (.*)/.exec(line)?.[1] ?? []);
  const own = said.findLast((line) => line.startsWith('srun: '))?.replace(/^srun: (error: )?/, '');
  const reason = why.at(-1) ?? own ?? 'srun has ended';
  if (/cancelled|revoked|already completing|Force Terminated/i.test(said.join('\n'))) {
    return { kind: 'later', why: 'its job was taken out of the queue' };
  }
  if (!NEVER.test(reason)) return { kind: 'later', why: isSilence(reason) ? SILENT : reason };
  const detail = said.flatMap((line) => /error: (.* can not be satisfied)/.exec(line)?.[1] ?? []);
  const all = [reason, ...detail].join('; ');
  const message =
    leftOut.length === 0
      ? `Slurm gives no node for this: ${all}.`
      : `No node is left that can render this: ${leftOut.join(', ')} ${leftOut.length === 1 ? 'was' : 'were'} left out, and of the others Slurm says: ${all}.`;
  return { kind: 'refused', failure: { ...failure('no-node', message), evidence: said.slice(-5) } };
}

/** What asking again does not change. */
const NEVER =
  /Invalid (node name|partition|account|qos|generic resource|feature|reservation|license)|node configuration is not available|(time limit|wall clock limit).* (invalid|exceed)|Requested time limit is invalid|not permitted|Access.*denied|Unable to parse|unrecognized option|invalid option/i;

function isSilence(reason: string): boolean {
  return /contact slurm controller|Connection re(set|fused)|timed out|authentication error|Zero Bytes|communication/i.test(
    reason,
  );
}

/** What took a place away that Blender was rendering in. */
export interface TakenAway {
  readonly cause: Extract<Cause, 'taken-away' | 'node-lost' | 'out-of-memory'>;
  /** The beginning of a sentence. */
  readonly what: (node: string) => string;
}

const CANCELLED: TakenAway = {
  cause: 'taken-away',
  what: (node) => `Somebody cancelled the job on ${node}`,
};
const PREEMPTED: TakenAway = {
  cause: 'taken-away',
  what: (node) => `Slurm gave ${node} to a job of higher priority`,
};
const TIME_LIMIT: TakenAway = {
  cause: 'taken-away',
  what: (node) => `The time of the job on ${node} was over`,
};
const SUSPENDED: TakenAway = {
  cause: 'taken-away',
  what: (node) => `Slurm has suspended the job on ${node}`,
};
export const NODE_FAILED: TakenAway = {
  cause: 'node-lost',
  what: (node) => `The node ${node} failed or was lost`,
};
const OUT_OF_MEMORY: TakenAway = { cause: 'out-of-memory', what: (node) => node };

/** In the order in which they count: the word of a step that was cancelled says why behind it. */
const WORDS: readonly (readonly [RegExp, TakenAway])[] = [
  [/DUE TO TIME LIMIT/, TIME_LIMIT],
  [/DUE TO PREEMPTION/, PREEMPTED],
  [/DUE TO NODE FAILURE|Node failure on/i, NODE_FAILED],
  [/out.?of.?memory|oom.?kill|exceeded (job|step) memory limit/i, OUT_OF_MEMORY],
  [/CANCELLED AT/, CANCELLED],
];

const STATES: Readonly<Record<string, TakenAway>> = {
  CANCELLED,
  REVOKED: CANCELLED,
  PREEMPTED,
  SUSPENDED,
  TIMEOUT: TIME_LIMIT,
  DEADLINE: TIME_LIMIT,
  NODE_FAIL: NODE_FAILED,
  BOOT_FAIL: NODE_FAILED,
  OUT_OF_MEMORY,
};

/**
 * What ended a job that was no doing of the program's; `null`: nothing did.
 * @param said the lines of srun
 * @param state the job's, as the controller remembers it; `null`: it does not answer
 */
export function endOf(said: readonly string[], state: string | null): TakenAway | null {
  const known = state === null ? undefined : STATES[state];
  // The state says more than `CANCELLED AT`, which stands there for each of them.
  const [, told] = WORDS.find(([word]) => said.some((line) => word.test(line))) ?? [];
  return told === CANCELLED ? (known ?? told) : (told ?? known ?? null);
}

/** Whether the words of srun say all: the controller need not be asked. */
export function saysWhy(said: readonly string[]): boolean {
  const [, told] = WORDS.find(([word]) => said.some((line) => word.test(line))) ?? [];
  return told !== undefined && told !== CANCELLED;
}
