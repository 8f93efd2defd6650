import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { awakeMs } from '../../blender/clock.ts';
import type { Place } from '../../blender/host.ts';
import type { SharedFolders } from '../host-record.ts';

/** Each line of ours begins with this; what follows the last of them is the program's own. */
const MARK = 'nightshift-node';

/** The file in a shared folder by which one side finds out whether it sees the other. */
export function probeFile(folder: string, token: string, side: 'here' | 'there'): string {
  return `${folder.replace(/\/$/, '')}/.nightshift-${token}-${side}`;
}

/**
 * Removes what a Nightshift that was killed, or a node that was late, has left in the shared folders. Only while nobody
 * asks for a place.
 */
export async function removeProbes({ owner, written }: Omit<SharedFolders, 'seen'>): Promise<void> {
  const left = await Promise.all(
    written.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      const ours = names.filter((name) => name.startsWith(`.nightshift-${owner}-`));
      return ours.filter((name) => SIDE.test(name)).map((name) => join(folder, name));
    }),
  );
  await Promise.all(left.flat().map((file) => rm(file, { force: true }).catch(() => {})));
}

const SIDE = /-(here|there)$/;

/**
 * What runs on a node before the program, in any POSIX shell: it tells which place this is, looks for what has to be
 * shared (an NFS disk may show late what is new), writes a file into each folder that is written to, and becomes the
 * program. Beside it the processor time is told that the program takes: nobody else can see there whether one that is
 * silent is at work. Its words: token, number of files to see, those, number of folders to write, those, and the program
 * with its arguments.
 */
const SCRIPT = `
unset NIGHTSHIFT_WORKER
say() { printf '${MARK} %s\\n' "$*"; }
token=$1; shift
say job "$SLURM_JOB_ID"
say node "\${SLURMD_NODENAME:-$(hostname)}"
say cores "\${SLURM_CPUS_PER_TASK:-\${SLURM_CPUS_ON_NODE:-1}}"
say memory "\${SLURM_MEM_PER_NODE:-0}"
say memory-per-core "\${SLURM_MEM_PER_CPU:-0}"
say end "\${SLURM_JOB_END_TIME:-0}"
say gpus "\${SLURM_GPUS_ON_NODE:-\${CUDA_VISIBLE_DEVICES:-\${SLURM_JOB_GPUS:-}}}"
many=$1; shift
while [ "$many" -gt 0 ]; do
  tries=5
  while ! [ -r "$1" ] && [ $tries -gt 0 ]; do
    ls "$(dirname "$1")" > /dev/null 2>&1; sleep 1; tries=$((tries - 1))
  done
  [ -r "$1" ] || say unseen "$1"
  shift; many=$((many - 1))
done
many=$1; shift
while [ "$many" -gt 0 ]; do
  tries=5
  while [ "$(cat "$1/.nightshift-$token-here" 2> /dev/null)" != "$token" ] && [ $tries -gt 0 ]; do
    ls "$1" > /dev/null 2>&1; sleep 1; tries=$((tries - 1))
  done
  if [ "$(cat "$1/.nightshift-$token-here" 2> /dev/null)" != "$token" ]; then say unseen "$1"
  elif ! why=$( (printf '%s' "$token" > "$1/.nightshift-$token-there") 2>&1 ); then say unwritable "$1"
  elif [ "$(cat "$1/.nightshift-$token-there")" != "$token" ]; then say full "$1"
  else say room "$(df -Pk "$1" 2> /dev/null | awk 'END { print $4 }')" "$1"
  fi
  shift; many=$((many - 1))
done
command -v "$1" > /dev/null 2>&1 || { say missing "$1"; say ready; exit 127; }
say ready
( while sleep 1 && kill -0 $$ 2> /dev/null; do
    beat=$(( (\${beat:-0} + 1) % 5 )); [ $beat -eq 1 ] || continue
    read -r line < /proc/$$/stat || break
    set -- \${line##*)}
    printf '${MARK} cpu %s %s\\n' "$(( \${12} + \${13} + \${14} + \${15} ))" "$(getconf CLK_TCK)" >&2
  done ) > /dev/null < /dev/null &
exec "$@"
`;

/** The command line that does this on a node. */
export function onNode(
  token: string,
  { seen, written }: Omit<SharedFolders, 'owner'>,
  program: string,
  args: readonly string[],
): readonly string[] {
  const folders = [String(seen.length), ...seen, String(written.length), ...written];
  return ['/bin/sh', '-c', SCRIPT, 'nightshift', token, ...folders, program, ...args];
}

/** What a node has told before the program began. */
export interface NodeTold {
  /** Slurm's number of the job. */
  readonly job: string;
  readonly place: Place;
  /** What is wrong with the node, as the end of a sentence about it; `null`: nothing. */
  readonly problem: string | null;
  /** A folder in which there is hardly any room; `null`: none is known. */
  readonly full: string | null;
  /** Folders into which it has written its file. */
  readonly wrote: readonly string[];
}

/** Reads one line of a program that begins on a node; `null`: it is none of ours. */
export function readToldLine(line: string): readonly [key: string, value: string] | null {
  const found = new RegExp(`^${MARK} ([a-z-]+) ?(.*)$`).exec(line.trimEnd());
  return found ? [found[1] as string, found[2] as string] : null;
}

/** What a program says beside its own words, on its way from a node. */
export interface NodeWords {
  /** What the program itself says. */
  readonly rest: Readable;
  /** The last lines of Slurm itself, oldest first. */
  readonly said: () => readonly string[];
  /** Processor time that the program was told to have taken, ms; `null`: nothing was told yet. */
  readonly computedMs: () => number | null;
  /** When that was told last, by `awakeMs`; `null`: never. */
  readonly beatAt: () => number | null;
}

/** Takes our lines and Slurm's out of what a program on a node says. */
export function withoutNodeWords(stderr: Readable): NodeWords {
  let said: readonly string[] = [];
  let computedMs: number | null = null;
  let beatAt: number | null = null;
  let cut = Buffer.alloc(0);
  const isOurs = (line: string): boolean => {
    const [key, value = ''] = readToldLine(line) ?? [];
    if (key === 'cpu') {
      const [ticks = 0, perSecond = 100] = value.split(' ').map(Number);
      computedMs = (ticks / perSecond) * 1000;
      beatAt = awakeMs();
      return true;
    }
    if (!/^(srun|slurmstepd)\S*:/.test(line)) return false;
    said = [...said, line].slice(-MOST_SAID);
    return true;
  };
  const rest = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = Buffer.concat([cut, chunk]);
      const kept: Buffer[] = [];
      let from = 0;
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
        const line = text.subarray(from, end + 1);
        from = end + 1;
        if (line.length > LONGEST_OURS || !isOurs(line.toString('utf8').trimEnd())) kept.push(line);
      }
      cut = text.subarray(from);
      if (cut.length > LONGEST_OURS) {
        kept.push(cut);
        cut = Buffer.alloc(0);
      }
      done(null, Buffer.concat(kept));
    },
    flush(done) {
      done(null, cut);
    },
  });
  stderr.on('error', () => rest.end());
  return {
    rest: stderr.pipe(rest),
    said: () => said,
    computedMs: () => computedMs,
    beatAt: () => beatAt,
  };
}

const MOST_SAID = 20;
/** Longer lines are none of ours. */
const LONGEST_OURS = 4096;

/** Less room than this for frames is none. */
export const LEAST_ROOM_KB = 64 * 1024;

/** Puts together what the lines told. @param gpu whether one was asked for */
export function nodeTold(
  lines: readonly (readonly [key: string, value: string])[],
  gpu: boolean,
): NodeTold {
  const first = (key: string) => lines.find(([each]) => each === key)?.[1] ?? '';
  const number = (key: string) => Number.parseInt(first(key), 10) || 0;
  const cores = Math.max(1, number('cores'));
  const memoryMb = number('memory') || number('memory-per-core') * cores || null;
  const end = number('end');
  const rooms = lines.flatMap(([key, value]) => {
    if (key !== 'room') return [];
    const at = value.indexOf(' ');
    return [{ kb: Number.parseInt(value.slice(0, at), 10), folder: value.slice(at + 1) }];
  });
  const wrong = lines.find(([key]) => key in PROBLEMS);
  const unwritten = lines.find(([key]) => key === 'full')?.[1];
  const problem = wrong ? (PROBLEMS[wrong[0]] as Problem)(wrong[1]) : null;
  return {
    job: first('job'),
    place: {
      node: first('node'),
      cores,
      memoryMb,
      // Slurm says a year for a job without limit.
      endsAt: end === 0 || end * 1000 - Date.now() > NEVER_MS ? null : end * 1000,
      gpu: gpu || first('gpus') !== '',
    },
    problem,
    full: unwritten ?? rooms.find(({ kb }) => kb < LEAST_ROOM_KB)?.folder ?? null,
    wrote: rooms.map(({ folder }) => folder),
  };
}

const NEVER_MS = 300 * 24 * 3_600_000;

type Problem = (path: string) => string;
const PROBLEMS: Readonly<Record<string, Problem>> = {
  unseen: (path) => `it does not see ${path}`,
  unwritable: (path) => `it can't write to ${path}`,
  missing: (path) => `there is no Blender at ${path}`,
};
