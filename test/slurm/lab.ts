import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { execa } from 'execa';

export interface LabOptions {
  /** `n1` … */
  readonly nodes?: number;
  readonly cpus?: number;
  /** Of each node; Slurm believes it, whatever this computer has. */
  readonly memoryMb?: number;
  /** Of each node, counted only: no GPU is behind them. */
  readonly gpus?: number;
  /** Jobs of the partition `urgent` take the nodes of those of `main` from them. */
  readonly preempt?: boolean;
  /**
   * Who ends a job that takes more memory than it asked for; nobody without. The kernel, at once (`limited`, as clusters
   * have it; without the groups of Linux's first kind it is `watched`), or Slurm, which looks each second.
   */
  readonly memory?: 'limited' | 'watched';
  /** Seconds until Slurm calls a node lost that does not answer; a busy computer makes them late as well. */
  readonly missedAfter?: number;
  /** Hosts whose disks are not like those of the others. */
  readonly hosts?: Readonly<Record<string, Disks>>;
}

/** What differs on one node; all paths are absolute and are there. */
export interface Disks {
  /** Folders that are empty there, as where a share is not mounted. */
  readonly hides?: readonly string[];
  readonly readOnly?: readonly string[];
  /** An empty disk of so many MiB in place of a folder. */
  readonly small?: { readonly folder: string; readonly sizeMb: number };
  /** Path → another file or folder that stands there in its place. */
  readonly shadows?: Readonly<Record<string, string>>;
}

export interface QueuedJob {
  readonly id: string;
  readonly user: string;
  /** `PENDING`, `RUNNING`, … */
  readonly state: string;
  /** `None` where Slurm gives none. */
  readonly reason: string;
  /** Empty while it waits. */
  readonly node: string;
  readonly name: string;
}

/** Jobs of somebody else. */
export interface Others {
  /** They are cancelled, and the nodes free for whoever is next. */
  release(): Promise<void>;
}

/**
 * A cluster on this computer: real munged, slurmctld, and a slurmd for each node, on free ports and in a folder of its
 * own. Each daemon is the head of a process namespace, so that with it ends all that it has started, as on a host that
 * loses its power, and each ends with this process.
 */
export interface Lab {
  readonly folder: string;
  readonly nodes: readonly string[];
  /** What a process needs besides its own environment to use this cluster. */
  readonly env: Readonly<Record<string, string>>;
  /** Node → `idle`, `allocated`, `drained`, `down*` … as `sinfo` says it. */
  states(): Promise<ReadonlyMap<string, string>>;
  /** Jobs of everybody, also those that have ended lately. */
  queue(): Promise<readonly QueuedJob[]>;
  cancel(job: string): Promise<void>;
  /** The job's time is over: Slurm sees that within 30 s. */
  expire(job: string): Promise<void>;
  drain(node: string): Promise<void>;
  down(node: string): Promise<void>;
  /** After `drain` and `down`. */
  resume(node: string): Promise<void>;
  /** The host loses its power: slurmd and all that runs there are gone. */
  killNode(node: string): Promise<void>;
  startNode(node: string): Promise<void>;
  stopController(): Promise<void>;
  startController(): Promise<void>;
  stopMunge(): Promise<void>;
  startMunge(): Promise<void>;
  /** Somebody else's jobs take these nodes whole, all by default; resolves when they run. */
  fillWithOthers(options?: {
    readonly nodes?: readonly string[];
    readonly partition?: 'main' | 'urgent';
  }): Promise<Others>;
  /** Ends all of it; may be called again. */
  end(): Promise<void>;
}

/** @throws when the cluster doesn't come up; nothing of it is left then */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  for (let tries = 1; ; tries++) {
    const lab = await makeLab(options);
    try {
      await lab.begin();
      return lab;
    } catch (error) {
      await lab.end();
      // Between the look at a port and its use another lab may have taken it.
      if (tries === 3 || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function makeLab(options: LabOptions): Promise<Lab & { begin(): Promise<void> }> {
  const count = options.nodes ?? 3;
  const nodes = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-slurm-'));
  const at = (name: string) => join(folder, name);
  const env = { SLURM_CONF: at('slurm.conf') };
  const daemons = new Map<string, Daemon>();
  const group =
    options.memory === 'limited' && existsSync(MEMORY) ? join(MEMORY, basename(folder)) : undefined;
  const removed = removeAtOurEnd(folder, group);

  // What slurmd keeps there for a job is read by its user.
  await chmod(folder, 0o755);
  await Promise.all(['state', 'spool', 'munge'].map((name) => mkdir(at(name), { mode: 0o755 })));
  await writeFile(at('munge/key-file'), randomBytes(128), { mode: 0o400 });
  const ports = await freePorts(count + 1);
  const inGroups = group !== undefined;
  await writeFile(env.SLURM_CONF, configuration(folder, nodes, ports, options, inGroups));
  if (inGroups) await writeFile(at('cgroup.conf'), LIMITED);
  if (options.gpus) {
    const files = Array.from({ length: options.gpus }, (_, index) => at(`gpu${index}`));
    // A GPU is a device; which one is asked by nobody.
    await Promise.all(files.map((file) => execa('mknod', [file, 'c', '1', '3'])));
    await writeFile(at('gres.conf'), files.map((file) => `Name=gpu File=${file}\n`).join(''));
  }

  const begin = (name: string, words: readonly string[], start: Disks = {}) => {
    if (daemons.get(name)?.runs) throw new Error(`${name} runs already`);
    daemons.set(name, new Daemon(name, words, { folder, env, start }));
  };
  const ask = async (command: string, ...args: readonly string[]) =>
    (await execa(command, args, { env })).stdout;
  const update = (node: string, state: string) =>
    ask('scontrol', 'update', `NodeName=${node}`, `State=${state}`, 'Reason=test').then(() => {});
  const states = async () => {
    const lines = await ask('sinfo', '-h', '-N', '-o', '%N %T');
    return new Map(lines.split('\n').map((line) => line.split(' ') as [string, string]));
  };
  const queue = async () => {
    const lines = await ask('squeue', '-h', '-t', 'all', '-o', '%i|%u|%T|%r|%N|%j');
    return lines.split('\n').filter(Boolean).map(parseJob);
  };
  const alive = () => Promise.all([...daemons.values()].map((daemon) => daemon.expectAlive()));
  const known = (names: readonly string[]) =>
    until(`slurmctld to know ${names.join(', ')}`, async () => {
      await alive();
      const all = await states();
      for (const name of names) expectText(all.get(name) ?? 'unknown', /^(?!unknown).*[^*]$/);
    });
  const startMunge = async () => {
    const own = (name: string) => `--${name}=${at(`munge/${name}`)}`;
    const files = ['socket', 'key-file', 'pid-file', 'log-file', 'seed-file'].map(own);
    begin('munged', ['munged', '--foreground', '--force', ...files]);
    await until('munged to answer', async () => {
      await alive();
      await execa('munge', ['--no-input', '--socket', at('munge/socket')]);
    });
  };
  const startController = async () => {
    begin('slurmctld', ['slurmctld', '-D']);
    await until('slurmctld to answer', async () => {
      await alive();
      await ask('scontrol', 'ping').then((text) => expectText(text, /is UP/));
    });
    // One that has been started again knows each node only when it has answered.
    await known(nodes.filter((node) => daemons.get(node)?.runs));
  };
  const beginNode = async (node: string) => {
    const own = options.hosts?.[node] ?? {};
    // Each host sees its own part of the groups only: all labs name theirs alike.
    const groups = group === undefined ? [] : [[MEMORY, join(group, node)] as const];
    for (const [, path] of groups) await mkdir(path, { recursive: true });
    const shadows = { ...own.shadows, ...Object.fromEntries(groups) };
    begin(node, ['slurmd', '-D', '-N', node], { ...own, shadows });
  };
  let ended: Promise<void> | undefined;
  return {
    folder,
    nodes,
    env,
    begin: async () => {
      await startMunge();
      for (const node of nodes) await beginNode(node);
      await startController();
    },
    states,
    queue,
    cancel: async (job) => {
      await ask('scancel', job);
    },
    expire: async (job) => {
      await ask('scontrol', 'update', `JobId=${job}`, 'EndTime=now+3');
    },
    drain: (node) => update(node, 'DRAIN'),
    down: (node) => update(node, 'DOWN'),
    resume: (node) => update(node, 'RESUME'),
    killNode: async (node) => {
      await daemons.get(node)?.kill();
    },
    startNode: async (node) => {
      await beginNode(node);
      // A host that comes back before anybody has missed it.
      await until(`${node} to listen`, () => connects(ports[nodes.indexOf(node) + 1] ?? 0));
      await known([node]);
    },
    stopController: async () => {
      await daemons.get('slurmctld')?.stop();
    },
    startController,
    stopMunge: async () => {
      await daemons.get('munged')?.stop();
    },
    startMunge,
    fillWithOthers: async ({ nodes: wanted = nodes, partition = 'main' } = {}) => {
      const jobs = await Promise.all(
        wanted.map((node) =>
          ask('sbatch', ...OTHERS, `--partition=${partition}`, `--nodelist=${node}`, ...ENDLESS),
        ),
      );
      await until('the jobs of others to run', async () => {
        const known = new Map((await queue()).map(({ id, state }) => [id, state]));
        for (const job of jobs) expectText(known.get(job) ?? '', /^RUNNING$/);
      });
      return {
        release: async () => {
          await ask('scancel', ...jobs);
        },
      };
    },
    end: () => {
      ended ??= (async () => {
        await Promise.all([...daemons.values()].map((daemon) => daemon.kill()));
        await removed();
      })();
      return ended;
    },
  };
}

const OTHERS = [
  ...['--parsable', '--uid=nobody', '--job-name=others', '--exclusive'],
  ...['--chdir=/', '--output=/dev/null'],
];

const ENDLESS = ['--wrap', 'sleep infinity'];

/**
 * The folder and the memory groups go when we do, however we end: a shell waits for the end of its input, which is ours.
 * @returns removes it now
 */
function removeAtOurEnd(folder: string, group = ''): () => Promise<void> {
  const shell = spawn('sh', ['-c', REMOVE, 'sh', folder, group], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const gone = once(shell, 'exit');
  return async () => {
    shell.stdin.end();
    await gone;
  };
}

/** A group can't be removed before the last process in it is gone. */
const REMOVE = `
trap '' INT TERM HUP
cat > /dev/null
for try in $(seq 100); do
  [ -d "$2" ] || break
  find "$2" -depth -type d -exec rmdir {} + 2> /dev/null || sleep 0.05
done
rm -rf "$1"`;

const MEMORY = '/sys/fs/cgroup/memory';

const LIMITED = 'CgroupPlugin=cgroup/v1\nConstrainRAMSpace=yes\n';

/**
 * One daemon, the first process of its own process namespace: the kernel ends all that runs in there with it, and it
 * with us, however we end.
 */
class Daemon {
  readonly #name: string;
  readonly #log: string;
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;
  #asked = false;

  constructor(
    name: string,
    words: readonly string[],
    { folder, env, start }: { folder: string; env: Readonly<Record<string, string>>; start: Disks },
  ) {
    this.#name = name;
    this.#log = join(folder, `${name}.log`);
    const log = openSync(this.#log, 'a');
    const tied = [
      '--pdeathsig',
      'KILL',
      'unshare',
      '--pid',
      '--mount-proc',
      '--kill-child',
      '--uts',
    ];
    const script = [`hostname ${name}`, ...mounts(start), '"$@" & wait $!'].join(' && ');
    const args = [...tied, 'sh', '-c', script, 'sh', ...words];
    this.#process = spawn('setpriv', args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#exit = once(this.#process, 'exit');
  }

  get runs(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** @throws with the end of its log where it has ended by itself */
  async expectAlive(): Promise<void> {
    if (this.runs || this.#asked) return;
    const log = await readFile(this.#log, 'utf8');
    throw new Ended(`${this.#name} has ended:\n${log.split('\n').slice(-20).join('\n')}`);
  }

  /** It ends as it likes to, and what it has started with it. */
  async stop(): Promise<void> {
    await this.#signal('SIGTERM');
  }

  /** Nothing in there gets to say a word. Resolves when all of it is gone. */
  async kill(): Promise<void> {
    await this.#signal('SIGKILL');
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    this.#asked = true;
    if (!this.runs || !this.#process.pid) return;
    const [first = this.#process.pid] = await childrenOf(this.#process.pid);
    const [daemon = first] = await childrenOf(first);
    kill(signal === 'SIGKILL' ? first : daemon, signal);
    await this.#exit;
  }
}

/** Trying again does not help. */
class Ended extends Error {}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function mounts(disks: Disks): readonly string[] {
  const { hides = [], readOnly = [], small, shadows = {} } = disks;
  return [
    ...hides.map((path) => `mount -t tmpfs none ${quoted(path)}`),
    ...(small ? [`mount -t tmpfs -o size=${small.sizeMb}m none ${quoted(small.folder)}`] : []),
    ...Object.entries(shadows).map(
      ([path, other]) => `mount --bind ${quoted(other)} ${quoted(path)}`,
    ),
    ...readOnly.flatMap((path) => [
      `mount --bind ${quoted(path)} ${quoted(path)}`,
      `mount -o remount,bind,ro ${quoted(path)}`,
    ]),
  ];
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

/** Waits as little as Slurm allows; see slurm.conf(5) for each. */
function configuration(
  folder: string,
  nodes: readonly string[],
  ports: readonly number[],
  options: LabOptions,
  inGroups: boolean,
): string {
  const { cpus = 1, memoryMb = 4000, gpus = 0, preempt = false, missedAfter = 60 } = options;
  const watched = options.memory !== undefined && !inGroups;
  const [port, ...nodePorts] = ports;
  const gres = gpus > 0 ? ` Gres=gpu:${gpus}` : '';
  return [
    `ClusterName=${basename(folder)}`,
    'SlurmctldHost=slurmctld(127.0.0.1)',
    `SlurmctldPort=${port}`,
    'AuthType=auth/munge',
    'CredType=cred/munge',
    `AuthInfo=socket=${folder}/munge/socket`,
    'SlurmUser=root',
    'SlurmdUser=root',
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool/%n`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/%n.pid`,
    'ProctrackType=proctrack/linuxproc',
    inGroups ? 'TaskPlugin=task/cgroup' : 'TaskPlugin=task/none',
    'SwitchType=switch/none',
    'MpiDefault=none',
    'MailProg=/bin/true',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU_Memory',
    'SlurmdParameters=config_overrides',
    ...(watched
      ? [
          'JobAcctGatherType=jobacct_gather/linux',
          'JobAcctGatherFrequency=task=1',
          'JobAcctGatherParams=OverMemoryKill',
        ]
      : ['JobAcctGatherType=jobacct_gather/none']),
    ...(preempt ? ['PreemptType=preempt/partition_prio', 'PreemptMode=CANCEL'] : []),
    'SchedulerType=sched/backfill',
    'SchedulerParameters=sched_interval=1,bf_interval=1',
    'ReturnToService=1',
    `SlurmdTimeout=${missedAfter}`,
    'KillWait=2',
    'MessageTimeout=5',
    'MinJobAge=10',
    ...(gpus > 0 ? ['GresTypes=gpu'] : []),
    ...nodes.map(
      (node, index) =>
        `NodeName=${node} NodeHostname=${node} NodeAddr=127.0.0.1 Port=${nodePorts[index]} CPUs=${cpus} RealMemory=${memoryMb}${gres}`,
    ),
    'PartitionName=main Nodes=ALL Default=YES PriorityTier=1',
    'PartitionName=short Nodes=ALL PriorityTier=1 MaxTime=60',
    `PartitionName=urgent Nodes=ALL PriorityTier=10${preempt ? ' PreemptMode=OFF' : ''}`,
    '',
  ].join('\n');
}

/** Free now, and below those that the system gives to whoever asks for any. */
async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function connects(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

function parseJob(line: string): QueuedJob {
  const [id = '', user = '', state = '', reason = '', node = '', ...name] = line.split('|');
  return { id, user, state, reason, node, name: name.join('|') };
}

function expectText(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw new Error(`${text} is not ${pattern}`);
}

/** Tries until it does not throw. */
async function until(what: string, attempt: () => Promise<void>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (error instanceof Ended) throw error;
      if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`, { cause: error });
      await after(50);
    }
  }
}
