import { spawn } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';
import { execa } from 'execa';
import { type Answer, writeAnswer } from './answers.ts';
import { type Lab, type LabOptions, startLab } from './lab.ts';

/** Plays the cases of these names, or all, each in a cluster of its own, and writes down what Slurm said. */
export async function main(names: readonly string[]): Promise<void> {
  for (const [name, found] of Object.entries(CASES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const lab = await startLab(found.lab);
    try {
      writeAnswer(name, await record(lab, found));
      console.log(name);
    } finally {
      await lab.end();
    }
  }
}

interface Case {
  readonly what: string;
  readonly lab?: LabOptions;
  /** Of srun, before the program. */
  readonly options?: readonly string[];
  /** In place of one that says `ready`, reads one line, and says it. */
  readonly program?: readonly string[];
  /** Before srun is started. */
  readonly before?: (lab: Lab) => Promise<unknown>;
  /** Once the program has said `ready`, unless `waits`. */
  readonly act?: (stage: Stage) => Promise<unknown>;
  /** `act` comes once the job is in the queue and waits. */
  readonly waits?: boolean;
}

const ECHO = ['sh', '-c', 'echo ready; read line; echo "$line"'];
const STUBBORN = ['sh', '-c', 'trap "" TERM; echo ready; sleep 100'];
const GREEDY = ['python3', '-c', 'print("ready", flush=True); a = bytearray(400_000_000); input()'];

const full = (lab: Lab) => lab.fillWithOthers();

const CASES: Readonly<Record<string, Case>> = {
  'exit-0': { what: 'The program ends well.', program: ['true'] },
  'exit-3': { what: 'The program ends with exit code 3.', program: ['sh', '-c', 'exit 3'] },
  'program-crashes': { what: 'SIGSEGV ends the program.', program: ['sh', '-c', 'kill -SEGV $$'] },
  'program-killed': {
    what: 'SIGKILL ends the program, from outside of Slurm.',
    program: ['sh', '-c', 'kill -KILL $$'],
  },
  'no-program': { what: 'The program is not on that node.', program: ['/no/such/blender'] },
  'no-permission': { what: 'The program may not be run there.', program: ['/etc/passwd'] },
  'end-of-input': {
    what: 'The standard input of srun is closed.',
    act: async ({ srun }) => srun.stdin.end(),
  },
  'cancelled-running': {
    what: 'scancel of a running job.',
    act: ({ lab, job }) => lab.cancel(job),
  },
  'cancelled-stubborn': {
    what: 'scancel of a running job whose program ignores SIGTERM (KillWait is 2 s here, 30 as shipped).',
    program: STUBBORN,
    act: ({ lab, job }) => lab.cancel(job),
  },
  'cancelled-waiting': {
    what: 'scancel of a job that waits.',
    before: full,
    waits: true,
    act: ({ lab, job }) => lab.cancel(job),
  },
  'held-waiting': {
    what: 'scontrol hold of a job that waits; SIGTERM to srun 2 s later.',
    before: full,
    waits: true,
    act: async ({ ask, job, note, srun }) => {
      await ask('scontrol', 'hold', job);
      await after(2000);
      await note('held');
      srun.kill('SIGTERM');
    },
  },
  'waited-and-ran': {
    what: "All nodes are taken by others' jobs, then these go; its input is closed.",
    before: async (lab) => {
      const others = await lab.fillWithOthers();
      release = others.release;
    },
    waits: true,
    act: async ({ note, ready, srun }) => {
      await note('waiting');
      await release();
      await ready();
      await note('running');
      srun.stdin.end();
    },
  },
  preempted: {
    what: 'A job of higher priority takes the node (PreemptMode=CANCEL).',
    lab: { preempt: true },
    act: ({ lab }) => lab.fillWithOthers({ partition: 'urgent' }),
  },
  'time-over': {
    what: 'The time of the job is over, in the middle of it.',
    options: ['--time=10'],
    act: ({ lab, job }) => lab.expire(job),
  },
  'node-lost': {
    what: 'The host loses its power (SlurmdTimeout is 10 s here, 300 as shipped).',
    lab: { missedAfter: 10 },
    options: ['-w', 'n1'],
    act: ({ lab }) => lab.killNode('n1'),
  },
  'node-back': {
    what: 'The host loses its power, and is back before Slurm has missed it.',
    options: ['-w', 'n1'],
    act: async ({ lab }) => {
      await lab.killNode('n1');
      await lab.startNode('n1');
    },
  },
  'node-down': {
    what: 'The node of a running job is set DOWN.',
    options: ['-w', 'n1'],
    act: ({ lab }) => lab.down('n1'),
  },
  'node-draining': {
    what: 'The node of a running job is set DRAIN; its input is closed 2 s later.',
    options: ['-w', 'n1'],
    act: async ({ lab, note, srun }) => {
      await lab.drain('n1');
      await after(2000);
      await note('draining');
      srun.stdin.end();
    },
  },
  'node-drained-asked': {
    what: 'A job for a drained node only; SIGTERM to srun.',
    options: ['-w', 'n1'],
    before: (lab) => lab.drain('n1'),
    waits: true,
    act: async ({ note, srun }) => {
      await note('waiting');
      srun.kill('SIGTERM');
    },
  },
  'node-down-asked': {
    what: 'A job for a node only that is down; SIGTERM to srun.',
    options: ['-w', 'n1'],
    before: (lab) => lab.down('n1'),
    waits: true,
    act: async ({ note, srun }) => {
      await note('waiting');
      srun.kill('SIGTERM');
    },
  },
  'suspended-running': {
    what: 'scontrol suspend of a running job; resume, and its input is closed.',
    act: async ({ ask, job, note, srun }) => {
      await ask('scontrol', 'suspend', job);
      await after(1000);
      await note('suspended');
      await ask('scontrol', 'resume', job);
      srun.stdin.end();
    },
  },
  'controller-stopped': {
    what: 'slurmctld is stopped while the program runs; its input is closed; slurmctld is back 5 s later, when srun has given up telling it (MessageTimeout is 5 s here, 10 as shipped).',
    act: async ({ lab, note, srun }) => {
      await lab.stopController();
      srun.stdin.end('still there\n');
      await after(5000);
      await note('without it');
      await lab.startController();
    },
  },
  'controller-stopped-waiting': {
    what: 'slurmctld is stopped while the job waits, and back; then the others go, and its input is closed.',
    before: async (lab) => {
      const others = await lab.fillWithOthers();
      release = others.release;
    },
    waits: true,
    act: async ({ lab, note, ready, srun }) => {
      await lab.stopController();
      await note('without it');
      await lab.startController();
      await release();
      await ready();
      srun.stdin.end();
    },
  },
  'controller-stopped-asked': {
    what: 'There is no slurmctld when srun asks (MessageTimeout is 5 s here, 10 as shipped).',
    before: (lab) => lab.stopController(),
  },
  'munge-stopped': {
    what: 'munged is stopped while the program runs; its input is closed; munged is back 5 s later.',
    act: async ({ lab, note, srun }) => {
      await lab.stopMunge();
      srun.stdin.end('still there\n');
      await after(5000);
      await note('without it');
      await lab.startMunge();
    },
  },
  'munge-stopped-long': {
    what: 'The same, but munged is back after 20 s, and SlurmdTimeout is 10 s (300 as shipped).',
    lab: { missedAfter: 10 },
    act: async ({ lab, note, srun }) => {
      await lab.stopMunge();
      srun.stdin.end('still there\n');
      await after(20_000);
      await lab.startMunge();
      await note('munged is back');
    },
  },
  'munge-stopped-asked': {
    what: 'There is no munged when srun asks.',
    before: (lab) => lab.stopMunge(),
  },
  'memory-limited': {
    what: 'The program takes more than --mem: the kernel ends it (task/cgroup, ConstrainRAMSpace).',
    lab: { memory: 'limited' },
    options: ['--mem=100'],
    program: GREEDY,
  },
  'memory-watched': {
    what: 'The program takes more than --mem: Slurm ends it (JobAcctGatherParams=OverMemoryKill).',
    lab: { memory: 'watched' },
    options: ['--mem=100'],
    program: GREEDY,
  },
  'no-partition': { what: 'A partition that is not there.', options: ['-p', 'nowhere'] },
  'too-many-cores': { what: 'More cores than any node has.', options: ['-c', '64'] },
  'too-much-memory': { what: 'More memory than any node has.', options: ['--mem=900G'] },
  'too-long': {
    what: 'More time than the partition allows.',
    options: ['-p', 'short', '-t', '9:00:00'],
  },
  'no-gpus': { what: 'A GPU where the cluster has none.', options: ['--gres=gpu:1'] },
  'too-many-gpus': {
    what: 'More GPUs than any node has.',
    lab: { gpus: 2 },
    options: ['--gres=gpu:4'],
  },
  'all-excluded': { what: 'All nodes are left out.', options: ['-x', 'n1,n2,n3'] },
  'unknown-excluded': { what: 'A node is left out that is not there.', options: ['-x', 'n9'] },
  'unknown-option': { what: 'srun does not know an option.', options: ['--no-such-option'] },
  'sigterm-waiting': {
    what: 'SIGTERM to srun while its job waits.',
    before: full,
    waits: true,
    act: async ({ srun }) => srun.kill('SIGTERM'),
  },
  'sigterm-running': {
    what: 'SIGTERM to srun while the program runs.',
    act: async ({ srun }) => srun.kill('SIGTERM'),
  },
  'sigterm-stubborn': {
    what: 'SIGTERM to srun while a program runs that ignores it.',
    program: STUBBORN,
    act: async ({ srun }) => srun.kill('SIGTERM'),
  },
  'sigint-running': {
    what: 'SIGINT to srun, and twice more a second later.',
    act: async ({ note, srun }) => {
      srun.kill('SIGINT');
      await after(1500);
      await note('after one');
      srun.kill('SIGINT');
      await after(200);
      srun.kill('SIGINT');
    },
  },
  'sigkill-waiting': {
    what: 'SIGKILL to both processes of srun while its job waits; then the others go.',
    before: async (lab) => {
      const others = await lab.fillWithOthers();
      release = others.release;
    },
    waits: true,
    act: async ({ kill, note }) => {
      kill();
      await release();
      await after(3000);
      await note('a node is free');
    },
  },
  'sigkill-one': {
    what: 'SIGKILL to the first process of srun only while the program runs.',
    act: async ({ srun }) => srun.kill('SIGKILL'),
  },
  'sigkill-both': {
    what: 'SIGKILL to both processes of srun while the program runs, which reads no input.',
    program: ['sh', '-c', 'echo ready; sleep 100'],
    act: async ({ kill }) => kill(),
  },
};

let release = async () => {};

interface Stage {
  readonly lab: Lab;
  readonly job: string;
  readonly srun: ReturnType<typeof begin>['child'];
  ask(command: string, ...args: readonly string[]): Promise<readonly string[]>;
  note(moment: string): Promise<void>;
  ready(): Promise<void>;
  /** Both processes of srun, and that at once. */
  kill(): void;
}

async function record(lab: Lab, found: Case): Promise<Answer> {
  const meanwhile: Record<string, readonly string[]> = {};
  const ask = async (command: string, ...args: readonly string[]) => {
    const { all } = await execa(command, args, { env: lab.env, reject: false, all: true });
    return lines(all);
  };
  const squeue = () => ask('squeue', '--me', '-h', '-t', 'all', '-o', '%i|%j|%T|%r|%N|%e');
  await found.before?.(lab);
  const command = [
    '-n1',
    '--job-name=nightshift-abc',
    ...(found.options ?? []),
    ...(found.program ?? ECHO),
  ];
  const srun = begin(command, lab);
  const ready = () => until(() => srun.out.includes('ready'));
  let began = Date.now();
  if (found.act) {
    await (found.waits
      ? until(async () => /PENDING\|(?!None)/.test(String(await squeue())))
      : ready());
    const [job = ''] = (await squeue()).map((line) => line.split('|')[0]);
    const stage: Stage = {
      lab,
      job,
      srun: srun.child,
      ask,
      note: async (moment) => {
        const states = [...(await lab.states().catch(() => []))].map((pair) => pair.join(' '));
        meanwhile[moment] = [...(await squeue()), ...states, ...lines(srun.err)];
      },
      ready,
      kill: () => process.kill(-(srun.child.pid ?? 0), 'SIGKILL'),
    };
    began = Date.now();
    await found.act(stage);
  }
  await Promise.race([srun.ended, after(30_000)]);
  const { exitCode: code, signalCode: signal } = srun.child;
  const right = await squeue();
  await after(4000);
  const later = await squeue();
  const ids = later.flatMap((line) => /^\d+/.exec(line) ?? []);
  const answer: Answer = {
    slurm: (await ask('srun', '--version')).join(),
    what: found.what,
    command: ['srun', ...command],
    seconds: srun.at === 0 ? null : Math.round((srun.at - began) / 100) / 10,
    code,
    signal,
    stdout: lines(srun.out),
    stderr: lines(srun.err),
    squeue: right,
    squeueLater: later,
    scontrol: (await Promise.all(ids.map((id) => ask('scontrol', 'show', 'job', '-o', id)))).flat(),
    meanwhile,
  };
  if (code === null && signal === null) process.kill(-(srun.child.pid ?? 0), 'SIGKILL');
  return answer;
}

function begin(command: readonly string[], lab: Lab) {
  // The head of a group: srun is two processes.
  const env = { ...process.env, ...lab.env };
  const child = spawn('srun', command, { env, cwd: '/', detached: true });
  const srun = { child, out: '', err: '', at: 0, ended: Promise.resolve() };
  child.stdin.on('error', () => {});
  child.stdout.on('data', (text) => {
    srun.out += text;
  });
  child.stderr.on('data', (text) => {
    srun.err += text;
  });
  srun.ended = new Promise((done) => {
    child.on('close', () => {
      srun.at = Date.now();
      done();
    });
  });
  return srun;
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter(Boolean);
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('waited in vain');
    await after(50);
  }
}
