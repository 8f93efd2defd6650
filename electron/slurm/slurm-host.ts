import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { constants as os } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { SlurmWishes } from '../../shared/batch.ts';
import { type Failure, failure } from '../../shared/failure.ts';
import { awakeMs, within } from '../blender/clock.ts';
import { diagnose, howEnded, type NotBegun, type ProcessEnd } from '../blender/diagnose.ts';
import type { Asking, Command, Exit, Host, Launched, NotLaunched, Place } from '../blender/host.ts';
import { signalOne } from '../blender/process-tree.ts';
import { type Doing, whenText } from '../blender/sentences.ts';
import { THIS_COMPUTER } from '../blender/this-computer.ts';
import { KEPT } from './batch-job.ts';
import { cancelJobs, isSilentNode, jobName, readJob, readQueue } from './commands.ts';
import {
  type NodeTold,
  type NodeWords,
  nodeTold,
  onNode,
  probeFile,
  readToldLine,
  type Shared,
  withoutNodeWords,
} from './on-node.ts';
import { SlurmQueue } from './queue.ts';
import {
  endOf,
  NODE_FAILED,
  type Refusal,
  refusalOf,
  saysWhy,
  type TakenAway,
} from './srun-words.ts';

/** Which nodes of a cluster take part in a run. */
export interface NodeRecord {
  /** Names of nodes that are asked for no more. */
  readonly leftOut: readonly string[];
  /** Takes a node out, for a reason that is the end of a sentence about it. */
  leaveOut(node: string, why: string): void;
}

/** The nodes of a cluster that Slurm gives: one job of one task for each program, through `srun`. */
export class SlurmHost implements Host {
  readonly #wishes: SlurmWishes;
  readonly #shared: Shared;
  readonly #nodes: NodeRecord;
  readonly #queue = new SlurmQueue();
  readonly #jobs = new WeakMap<Launched, Given>();
  /** What was ended because its node was silent. */
  readonly #gone = new WeakSet<Launched>();
  /** Names of all jobs that were asked for. */
  readonly #named = new Set<string>();
  /** What a job that ran out of memory was given, and its successors get more than, MiB. */
  #tooLittleMb = 0;

  /** @param shared what has to be the same on each node as here */
  constructor(wishes: SlurmWishes, shared: Shared, nodes: NodeRecord) {
    this.#wishes = wishes;
    this.#shared = shared;
    this.#nodes = nodes;
  }

  /**
   * Waits for a place, however long that takes, and starts the program there. A node that can't do it is left out,
   * and another one asked for; a controller that does not answer is asked again.
   */
  async launch(command: Command, asking: Asking): Promise<Launched | NotLaunched> {
    for (;;) {
      if (asking.signal.aborted) return CALLED_OFF;
      const outcome = await this.#ask(command, asking);
      if (outcome.kind === 'launched') return outcome.launched;
      if (outcome.kind === 'refused') return { error: 'EREFUSED', failure: outcome.failure };
      if (outcome.kind === 'left-out') this.#nodes.leaveOut(outcome.node, outcome.why);
      if (outcome.kind !== 'later') continue;
      asking.onWaiting(outcome.why);
      await delay(AGAIN_MS, undefined, { signal: asking.signal }).catch(() => {});
    }
  }

  async blame(
    end: NotBegun | ProcessEnd,
    doing: Doing,
    _isBlender: boolean,
    launched: Launched | null,
  ): Promise<Failure | null> {
    const given = launched && this.#jobs.get(launched);
    if (!given || end.kind === 'no-start') return null;
    const { node } = given.told.place;
    if (this.#gone.has(launched)) return lostPlace(NODE_FAILED, node, doing, given.said());
    const said = given.said();
    const how = endOf(said, saysWhy(said) ? null : await finalState(given.told.job));
    if (how === null) return onThisNode(diagnose(end, doing), node);
    if (how.cause === 'out-of-memory') {
      const { memoryMb } = given.told.place;
      this.#tooLittleMb = Math.max(this.#tooLittleMb, memoryMb ?? 0);
      const had = memoryMb === null ? '' : ` of ${memoryMb} MB`;
      return {
        ...failure(
          'out-of-memory',
          `Blender took more memory on ${node} than Slurm gave it${had} (${howEnded(end)}) ${whenText(doing)}.`,
          'It is tried again with more memory where a node has more; give all of them more with --memory.',
        ),
        evidence: said.slice(-MOST_EVIDENCE),
        node,
      };
    }
    return lostPlace(how, node, doing, said);
  }

  /**
   * A node that has lost its power is silent for minutes, until Slurm has given it up; and srun may not hear of what
   * became of its job while the controller was away.
   */
  async silent(launched: Launched, doing: Doing): Promise<Failure | null> {
    const given = this.#jobs.get(launched);
    if (!given) return null;
    const { job, place } = given.told;
    const known = endOf(given.said(), (await readJob(job))?.state ?? null);
    const how = known ?? ((await isSilentNode(place.node)) ? NODE_FAILED : null);
    return how && lostPlace(how, place.node, doing, given.said());
  }

  /**
   * Takes out of the queue what is left there of all that was asked for. Where a program ends while the controller is
   * away, srun ends without a word and its job stays, running for ever.
   */
  async close(): Promise<void> {
    if (this.#named.size === 0) return;
    const left = (await readQueue())?.filter(({ name }) => this.#named.has(name)) ?? [];
    const names = left.filter(({ state }) => state !== 'COMPLETING').map(({ name }) => name);
    await cancelJobs(names);
    this.#named.clear();
  }

  /** One try. */
  async #ask(command: Command, asking: Asking): Promise<Outcome> {
    const id = randomUUID();
    const token = `${this.#shared.owner}-${id}`;
    const name = jobName(command.token ?? id);
    this.#named.add(name);
    const written = await this.#showOurselves(token);
    const started = await THIS_COMPUTER.launch({
      ...command,
      program: 'env',
      args: [
        ...withoutOwnJob(),
        'srun',
        ...this.#options(name, asking.gpu),
        ...onNode(token, { ...this.#shared, written }, command.program, command.args),
      ],
      onOurDeath: 'SIGTERM',
    });
    if ('error' in started) return { kind: 'refused', failure: noSlurm(started.error) };
    const words = withoutNodeWords(started.stderr);
    const end = () => endJob(started, name);
    const callOff = () => void end();
    asking.signal.addEventListener('abort', callOff, { once: true });
    const unwatch = this.#queue.watch(name, asking.onWaiting);
    try {
      const lines = await beginning(started);
      if (asking.signal.aborted) {
        await end();
        return { kind: 'called-off' };
      }
      if (lines === null) {
        const { code } = await started.ended;
        if (code === NOT_FOUND) return { kind: 'refused', failure: noSlurm('ENOENT') };
        return this.#refused(words.said());
      }
      const told = nodeTold(lines, asking.gpu);
      const problem = told.problem ?? (await this.#unseenHere(told, token));
      if (problem !== null) {
        await end();
        return { kind: 'left-out', node: told.place.node, why: problem };
      }
      const launched = elsewhere(started, told.place, words, end);
      this.#jobs.set(launched, { told, said: words.said });
      this.#watchBeat(launched, words);
      return { kind: 'launched', launched };
    } finally {
      unwatch();
      asking.signal.removeEventListener('abort', callOff);
      await this.#tidy(token);
    }
  }

  /** Where no node has more memory than one that was too little, as much as was asked for has to do. */
  #refused(said: readonly string[]): Outcome {
    const refusal = refusalOf(said, this.#nodes.leftOut);
    if (refusal.kind !== 'refused' || this.#tooLittleMb === 0) return refusal;
    this.#tooLittleMb = 0;
    return { kind: 'again' };
  }

  /**
   * Ends a job whose node tells nothing of it any more: one that has lost its power and is back before Slurm has missed it
   * looks healthy, and srun waits for it for ever.
   */
  #watchBeat(launched: Launched, { beatAt }: NodeWords): void {
    const look = () => {
      const at = beatAt();
      if (at === null || awakeMs() - at < BEATLESS_MS) return;
      clearInterval(timer);
      this.#gone.add(launched);
      void launched.kill();
    };
    const timer = setInterval(look, BEATLESS_MS / 4).unref();
    void launched.ended.then(() => clearInterval(timer));
  }

  #options(name: string, gpu: boolean): readonly string[] {
    const { partition, cores, memoryMb, gpus, minutes, options } = this.#wishes;
    const { leftOut } = this.#nodes;
    const more = this.#tooLittleMb === 0 ? null : Math.ceil(this.#tooLittleMb * MORE_MEMORY);
    const memory = Math.max(memoryMb ?? 0, more ?? 0);
    const wantsGpus = gpu ? Math.max(1, gpus) : gpus;
    return [
      ...['--ntasks=1', '--nodes=1', `--job-name=${name}`],
      ...(partition === null ? [] : [`--partition=${partition}`]),
      ...(cores === null ? [] : [`--cpus-per-task=${cores}`]),
      ...(memory === 0 ? [] : [`--mem=${memory}M`]),
      ...(wantsGpus === 0 ? [] : [`--gres=gpu:${wantsGpus}`]),
      ...(minutes === null ? [] : [`--time=${minutes}`]),
      ...(leftOut.length === 0 ? [] : [`--exclude=${leftOut.join(',')}`]),
      ...options,
    ];
  }

  /**
   * Writes a file that a node finds which sees the same folder. Resolves with the folders that have it: what can't be
   * written here is told by whoever wants to write a frame there.
   */
  async #showOurselves(token: string): Promise<readonly string[]> {
    const write = async (folder: string) => {
      await mkdir(folder, { recursive: true });
      await writeFile(probeFile(folder, token, 'here'), token);
      return [folder];
    };
    const shown = this.#shared.written.map((folder) => write(folder).catch(() => []));
    return (await Promise.all(shown)).flat();
  }

  /** What a node has written has to be seen here, soon; `null`: it is. */
  async #unseenHere({ wrote }: NodeTold, token: string): Promise<string | null> {
    for (const folder of wrote) {
      const file = probeFile(folder, token, 'there');
      const until = performance.now() + SEEN_MS;
      while ((await readFile(file, 'utf8').catch(() => null)) !== token) {
        if (performance.now() > until) return `what it writes into ${folder} is not seen here`;
        await delay(LOOK_MS);
      }
    }
    return null;
  }

  async #tidy(token: string): Promise<void> {
    const files = this.#shared.written.flatMap((folder) => [
      probeFile(folder, token, 'here'),
      probeFile(folder, token, 'there'),
    ]);
    await Promise.all(files.map((file) => rm(file, { force: true }).catch(() => {})));
  }
}

/** What came of asking for one place. */
type Outcome =
  | { readonly kind: 'launched'; readonly launched: Launched }
  /** It is not wanted any more, or is to be asked for in other words. */
  | { readonly kind: 'called-off' | 'again' }
  | Refusal
  | { readonly kind: 'left-out'; readonly node: string; readonly why: string };

interface Given {
  readonly told: NodeTold;
  /** What srun has said so far, last lines only. */
  readonly said: () => readonly string[];
}

const CALLED_OFF: NotLaunched = { error: 'ECANCELED' };
/** A node tells every 5 s that its program is there; who is silent for so long has lost it. */
const BEATLESS_MS = 45_000;
/** How `env` ends that finds no srun. */
const NOT_FOUND = 127;
const AGAIN_MS = 5000;
const SEEN_MS = 20_000;
const LOOK_MS = 200;
const MORE_MEMORY = 1.5;
const MOST_EVIDENCE = 5;

/**
 * Reads what the node tells before the program begins, and leaves the rest to whoever reads on. `null`: it has ended
 * before.
 */
function beginning({
  stdout,
  ended,
}: Launched): Promise<readonly (readonly [key: string, value: string])[] | null> {
  return new Promise((resolve) => {
    let text = Buffer.alloc(0);
    const lines: (readonly [key: string, value: string])[] = [];
    const finish = (found: typeof lines | null) => {
      stdout.off('readable', take);
      if (found && text.length > 0) stdout.unshift(text);
      resolve(found);
    };
    // Not `data`: who listens to that and leaves again lets what comes next go by.
    const take = () => {
      for (let chunk = stdout.read(); chunk !== null; chunk = stdout.read()) {
        text = Buffer.concat([text, chunk]);
      }
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        const line = readToldLine(text.subarray(0, end).toString('utf8'));
        text = text.subarray(end + 1);
        if (line === null) continue;
        if (line[0] === 'ready') return finish(lines);
        lines.push(line);
      }
    };
    stdout.on('readable', take);
    void ended.then(() => finish(null));
  });
}

/** What of a program on a node is not as on this computer. */
function elsewhere(
  started: Launched,
  place: Place,
  { rest, computedMs }: NodeWords,
  end: () => Promise<void>,
): Launched {
  return {
    ...started,
    place,
    stderr: rest,
    // Its processes are not ours to signal.
    interrupt: () => false,
    kill: end,
    computedMs: async () => computedMs(),
    ended: started.ended.then(asHere),
  };
}

/** As a shell does, srun tells a signal that ended its task by 128 and the signal's number. */
function asHere(exit: Exit): Exit {
  const code = exit.code ?? 0;
  const [signal] = Object.entries(os.signals).find(([, number]) => number === code - 128) ?? [];
  return code > 128 && signal ? { code: null, signal: signal as NodeJS.Signals } : exit;
}

/**
 * Ends a job as srun does it best: asked to, it takes its job along, which a killed one leaves behind, running for ever.
 * Where it does not go, the job is cancelled by its name.
 */
async function endJob(started: Launched, name: string): Promise<void> {
  let isOver = false;
  const over = started.ended.then(() => {
    isOver = true;
  });
  await within(0, over);
  if (isOver) return;
  signalOne(started.pid, 'SIGTERM');
  await within(ASKED_MS, over);
  if (isOver) return;
  await cancelJobs([name]);
  await within(CANCELLED_MS, over);
  if (!isOver) await started.kill();
  await over;
}

const ASKED_MS = 6000;
const CANCELLED_MS = 4000;

/** How a job ended: its state comes a moment after its last word. `null`: nobody knows. */
async function finalState(job: string): Promise<string | null> {
  for (let tries = 0; tries < STATE_TRIES; tries++) {
    const found = await readJob(job);
    if (found === null) return null;
    if (found.state !== 'RUNNING' && found.state !== 'COMPLETING') return found.state;
    await delay(LOOK_MS * 2);
  }
  return null;
}

const STATE_TRIES = 12;

function lostPlace(how: TakenAway, node: string, doing: Doing, said: readonly string[]): Failure {
  const message = `${how.what(node)} ${whenText(doing)}; it goes on in another place.`;
  return { ...failure(how.cause, message), evidence: said.slice(-MOST_EVIDENCE), node };
}

function onThisNode(found: Failure, node: string): Failure {
  return { ...found, message: found.message.replace(/\.$/, ` (on ${node}).`), node };
}

/**
 * Options of `env`: who is a job of Slurm's itself asks for jobs of their own, and not for parts of it. The variables of
 * that job would say the latter.
 */
function withoutOwnJob(): readonly string[] {
  const own = Object.keys(process.env).filter((name) => /^SLURMD?_/.test(name));
  return own.filter((name) => !KEPT.includes(name)).flatMap((name) => ['-u', name]);
}

function noSlurm(code: string): Failure {
  const why = code === 'ENOENT' ? 'srun is not there' : `srun could not be started (${code})`;
  return failure(
    'no-node',
    `No node could be asked for: ${why} on this computer.`,
    'Start Nightshift on a computer of the cluster, such as its login node, or render on this computer.',
  );
}
