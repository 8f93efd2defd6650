import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { constants as os } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { AllocationRequest } from '../../../shared/cluster.ts';
import { type Failure, failure } from '../../../shared/failure.ts';
import { awakeMs, within } from '../../blender/clock.ts';
import { diagnose, howEnded, type NotBegun, type ProcessEnd } from '../../blender/diagnose.ts';
import type {
  Asking,
  Command,
  Exit,
  Host,
  Launched,
  NotLaunched,
  Place,
} from '../../blender/host.ts';
import { signalOne } from '../../blender/process-tree.ts';
import { type Doing, whenText } from '../../blender/sentences.ts';
import { THIS_COMPUTER } from '../../blender/this-computer.ts';
import type { NodeRecord, SharedFolders } from '../host-record.ts';
import { KEPT } from './batch-job.ts';
import { cancelJobs, isSilentNode, jobName, readJob, tokenOf } from './commands.ts';
import {
  LEAST_ROOM_KB,
  type NodeTold,
  type NodeWords,
  nodeTold,
  onNode,
  probeFile,
  readToldLine,
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

/** The nodes of a cluster that Slurm gives: one job of one task for each program, through `srun`. */
export class SlurmHost implements Host {
  readonly #wishes: AllocationRequest;
  readonly #shared: SharedFolders;
  readonly #nodes: NodeRecord;
  readonly #queue = new SlurmQueue();
  readonly #jobs = new WeakMap<Launched, Given>();
  /** Why something was ended whose node was silent. */
  readonly #gone = new WeakMap<Launched, TakenAway>();
  /** What a job that ran out of memory was given, and its successors get more than, MiB. */
  #tooLittleMb = 0;
  /** No node has more memory than one that was too little: as much as was wished for has to do. */
  #hasNoMore = false;

  /** @param shared what has to be the same on each node as here */
  constructor(wishes: AllocationRequest, shared: SharedFolders, nodes: NodeRecord) {
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
      if (!('why' in outcome)) continue;
      if (outcome.kind === 'left-out' && !this.#nodes.leftOut.includes(outcome.node)) {
        this.#nodes.leaveOut(outcome.node, outcome.why);
        continue;
      }
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
    const said = given.said();
    const known = this.#gone.get(launched);
    const how = known ?? endOf(said, saysWhy(said) ? null : await finalState(given.told.job));
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
    const { node } = given.told.place;
    const how = (await takenBy(given)) ?? ((await isSilentNode(node)) ? NODE_FAILED : null);
    return how && lostPlace(how, node, doing, given.said());
  }

  /** Looks after what has ended until the queue shows it no more. */
  close(): Promise<void> {
    return this.#queue.settle();
  }

  /** Tokens of what has ended and may still be in the queue, since the controller does not answer. */
  get unsettled(): readonly string[] {
    return this.#queue.unsettled.map(tokenOf);
  }

  /** One try. */
  async #ask(command: Command, asking: Asking): Promise<Outcome> {
    const id = randomUUID();
    const token = `${this.#shared.owner}-${id}`;
    const name = jobName(command.token ?? id);
    const asksMore = this.#asksMore;
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
    // Called off while it was being started: nobody hears of that any more.
    if (asking.signal.aborted) callOff();
    void started.ended.then(() => this.#queue.ended(name));
    const unwatch = this.#queue.watch(name, asking.onWaiting);
    try {
      const begun = await beginning(started);
      if (asking.signal.aborted) {
        await end();
        return { kind: 'called-off' };
      }
      if (begun === null) {
        const { code } = await started.ended;
        if (code === NOT_FOUND) return { kind: 'refused', failure: noSlurm('ENOENT') };
        return this.#refused(words.said(), asksMore);
      }
      const told = nodeTold(begun.lines, asking.gpu);
      const late = begun.isReady ? null : NOT_READY;
      const problem = late ?? told.problem ?? (await this.#unseenHere(told, token));
      if (problem !== null) {
        await end();
        return { kind: 'left-out', node: told.place.node, why: problem };
      }
      if (told.full !== null) {
        await end();
        const why = `there is no room in ${told.full}`;
        // A disk that is full for all is no fault of one node: the batch waits, as it does on one computer.
        if (!(await hasRoom(told.full))) return { kind: 'later', why };
        return { kind: 'left-out', node: told.place.node, why: `${why} there` };
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

  /** @param asksMore more memory was asked for than was wished for */
  #refused(said: readonly string[], asksMore: boolean): Outcome {
    const refusal = refusalOf(said, this.#nodes.leftOut);
    if (refusal.kind !== 'refused' || !asksMore) return refusal;
    this.#hasNoMore = true;
    return { kind: 'again' };
  }

  get #asksMore(): boolean {
    return !this.#hasNoMore && this.#tooLittleMb > 0;
  }

  /**
   * Ends a job whose node tells nothing of it any more: one that has lost its power and is back before Slurm has missed it
   * looks healthy, and srun waits for it for ever.
   */
  #watchBeat(launched: Launched, { beatAt }: NodeWords): void {
    const look = async () => {
      const at = beatAt();
      const given = this.#jobs.get(launched);
      if (!given || at === null || awakeMs() - at < BEATLESS_MS) return;
      clearInterval(timer);
      this.#gone.set(launched, (await takenBy(given)) ?? NODE_FAILED);
      await launched.kill();
    };
    const timer = setInterval(() => void look(), BEATLESS_MS / 4).unref();
    void launched.ended.then(() => clearInterval(timer));
  }

  #options(name: string, gpu: boolean): readonly string[] {
    const { partition, cores, memoryMb, gpus, minutes, options } = this.#wishes;
    const more = this.#asksMore ? Math.ceil(this.#tooLittleMb * MORE_MEMORY) : 0;
    const memory = Math.max(memoryMb ?? 0, more);
    const wantsGpus = gpu ? Math.max(1, gpus) : gpus;
    return [
      ...['--ntasks=1', '--nodes=1', `--job-name=${name}`],
      ...(partition === null ? [] : [`--partition=${partition}`]),
      ...(cores === null ? [] : [`--cpus-per-task=${cores}`]),
      ...(memory === 0 ? [] : [`--mem=${memory}M`]),
      ...(wantsGpus === 0 ? [] : [`--gres=gpu:${wantsGpus}`]),
      ...(minutes === null ? [] : [`--time=${minutes}`]),
      ...withExcluded(options, this.#nodes.leftOut),
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

/**
 * Adds nodes to the ones that the user's own options exclude. Of several `--exclude` srun takes the last one only, so
 * all of them become one.
 * @param options of srun, one or two words for each
 */
export function withExcluded(
  options: readonly string[],
  nodes: readonly string[],
): readonly string[] {
  const others: string[] = [];
  const excluded = [...nodes];
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at] as string;
    const found = /^(?:--exclude|-x)[= ]*(.*)$/.exec(option);
    if (!found) others.push(option);
    // An empty value is the next word.
    else excluded.push(found[1] || (options[++at] ?? ''));
  }
  return excluded.length === 0 ? others : [...others, `--exclude=${excluded.join(',')}`];
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
/** A node whose disks hang would hold its lane all night. */
const READY_MS = 180_000;
const NOT_READY = 'it did not get ready within 3 minutes';
const AGAIN_MS = 5000;
const SEEN_MS = 20_000;
const LOOK_MS = 200;
const MORE_MEMORY = 1.5;
const MOST_EVIDENCE = 5;

/** What a node has told before the program begins. */
interface Beginning {
  readonly lines: readonly (readonly [key: string, value: string])[];
  /** False: it took too long from its first word on. */
  readonly isReady: boolean;
}

/**
 * Reads what the node tells before the program begins, and leaves the rest to whoever reads on. `null`: it has ended
 * before.
 * @param readyMs how long it may take from its first word on
 */
export function beginning(
  { stdout, ended }: Pick<Launched, 'stdout' | 'ended'>,
  readyMs = READY_MS,
): Promise<Beginning | null> {
  return new Promise((resolve) => {
    let text = Buffer.alloc(0);
    let timer: NodeJS.Timeout | undefined;
    const lines: (readonly [key: string, value: string])[] = [];
    const finish = (found: Beginning | null) => {
      clearTimeout(timer);
      stdout.off('readable', take);
      if (found?.isReady && text.length > 0) stdout.unshift(text);
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
        if (line[0] === 'ready') return finish({ lines, isReady: true });
        lines.push(line);
        timer ??= setTimeout(() => finish({ lines, isReady: false }), readyMs);
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

/** Whether a folder has room as it is seen from here; true where that is not known. */
async function hasRoom(folder: string): Promise<boolean> {
  const disk = await statfs(folder).catch(() => null);
  return disk === null || disk.bavail * disk.bsize >= LEAST_ROOM_KB * 1024;
}

/** What took a place away from which its program still seems to run; `null`: nothing that the controller knows of. */
async function takenBy({ told, said }: Given): Promise<TakenAway | null> {
  return endOf(said(), (await readJob(told.job))?.state ?? null);
}

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
