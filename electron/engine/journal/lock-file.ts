import { randomUUID } from 'node:crypto';
import {
  mkdir,
  open,
  readFile,
  readlink,
  rm,
  rmdir,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { writeQuickly } from '../lib/atomic-file.ts';

// A socket is seen on its own computer only. For the others that share the disk of a checkpoint a file in its folder
// says who holds it, and is written again all the time: who has stopped doing that is dead.

/** How often it is written, and when its silence counts. */
export interface LockPace {
  readonly beatMs: number;
  /** Who has not written for so long, as the disk's own clock tells, may be taken for dead. */
  readonly silentMs: number;
  /** Before that is believed it is watched for so long: a disk that was away is no death. */
  readonly watchedMs: number;
}

export const LOCK_PACE: LockPace = { beatMs: 5000, silentMs: 60_000, watchedMs: 12_000 };

/** What is known of the jobs of clusters. */
export interface KnownJobs {
  /** The job that this process is; `null`: none. */
  readonly own: () => string | null;
  /** `null`: unknown. */
  readonly hasEnded: (job: string) => Promise<boolean | null>;
}

let jobs: KnownJobs = { own: () => null, hasEnded: async () => null };

/** Lets locks ask the clusters, which the journal must not import. */
export function askClusters(known: KnownJobs): void {
  jobs = known;
}

/** Who holds a lock, in its own words. */
export const holderSchema = z.object({
  pid: z.int(),
  /** ms since 1970. */
  since: z.number(),
  face: z.enum(['app', 'command line']),
  /** The computer; not there: this one. */
  host: z.string().optional(),
  /** It only removes what a dead run left, which takes a moment. */
  clearing: z.literal(true).optional(),
});
export type Holder = Readonly<z.infer<typeof holderSchema>>;

const recordSchema = holderSchema.extend({
  token: z.string().min(1),
  host: z.string(),
  /** Of this start of the computer; `null`: it does not say. */
  boot: z.string().nullable(),
  /** Where its sockets are seen; `null`: on all of the computer. */
  net: z.string().nullable(),
  /** The cluster's number of the job that it is; `null`: none. */
  job: z.string().nullable(),
});
/** What the file says. */
export type LockRecord = Readonly<z.infer<typeof recordSchema>>;

/** The file of one holder, from when it is taken until it is released. */
class LockFile {
  readonly #directory: string;
  readonly #record: LockRecord;
  readonly #text: string;
  readonly #pace: LockPace;
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<void> | null = null;
  #beatAt = Date.now();
  #isWritten: boolean;
  #lostTo: Holder | null = null;
  /** Told when it is found to be taken over. */
  onLost: () => void = () => {};

  constructor(directory: string, record: LockRecord, pace: LockPace, isWritten: boolean) {
    this.#directory = directory;
    this.#record = record;
    this.#text = textOf(record);
    this.#pace = pace;
    this.#isWritten = isWritten;
    this.#timer = setInterval(() => void this.#beat(), pace.beatMs);
    this.#timer.unref();
  }

  /** What a request has to name that is meant for this holder. */
  get token(): string {
    return this.#record.token;
  }

  /**
   * Who has taken it over, since this computer slept or was away for long; `null`: it is still ours. Asks the disk only
   * where it was not asked of late.
   */
  async lostTo(): Promise<Holder | null> {
    // By the clock of the day: the other one stands still while the computer sleeps.
    if (Math.abs(Date.now() - this.#beatAt) > 2 * this.#pace.beatMs) await this.#beat();
    return this.#lostTo;
  }

  /** Idempotent. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    const found = await readLockRecord(this.#directory);
    if (found?.token === this.#record.token) await unlink(fileIn(this.#directory)).catch(() => {});
  }

  #beat(): Promise<void> {
    this.#beating ??= this.#write()
      // A disk that is away or full is told by the journal.
      .catch(() => {})
      .finally(() => {
        this.#beating = null;
      });
    return this.#beating;
  }

  async #write(): Promise<void> {
    if (!this.#isWritten) {
      if ((await readLockRecord(this.#directory)) !== null) return;
      await replaceBy(this.#directory, this.#text);
      this.#isWritten = true;
    }
    const handle = await open(fileIn(this.#directory), 'r+');
    try {
      const found = parsed(await handle.readFile('utf8'));
      if (found && found.token !== this.#record.token) {
        const isNew = this.#lostTo === null;
        this.#lostTo = found;
        if (isNew) this.onLost();
        return;
      }
      // The same bytes in the same place: nobody reads half of it, and a full disk has room for it.
      await handle.write(this.#text, 0);
    } finally {
      await handle.close();
    }
    this.#beatAt = Date.now();
  }
}

/**
 * Takes the file of a folder whose socket is held, or says who has it. Who is silent is watched for some seconds first.
 * Where the disk refuses to be written, the socket has to do.
 */
export async function takeLockFile(
  directory: string,
  holder: Holder,
  pace: LockPace = LOCK_PACE,
): Promise<LockFile | { readonly holder: Holder | null }> {
  const record = { ...holder, ...(await thisComputer()), token: randomUUID() };
  const until = performance.now() + pace.watchedMs + GUARD_MS;
  do {
    const found = await readLockRecord(directory);
    if (found && !(await isDead(directory, found, pace))) return { holder: found };
    const took = await guarded(join(directory, 'lock.taking'), async () => {
      // Somebody may have taken it while the other one was watched.
      if ((await readLockRecord(directory))?.token !== found?.token) return false;
      await replaceBy(directory, textOf(record));
      return true;
    }).catch(() => null);
    if (took !== false) return new LockFile(directory, record, pace, took === true);
    await pause(GUARD_MS / 100);
  } while (performance.now() < until);
  return { holder: null };
}

/** Who on another computer holds a folder and is not known to be dead; `null`: nobody. */
export async function heldElsewhere(
  directory: string,
  pace: LockPace = LOCK_PACE,
): Promise<LockRecord | null> {
  const found = await readLockRecord(directory);
  if (!found || (await seemsDead(directory, found, pace))) return null;
  return found;
}

/** What the file of a folder says, whether that still holds or not; `null`: nothing. */
export async function readLockRecord(directory: string): Promise<LockRecord | null> {
  return parsed(await readFile(fileIn(directory), 'utf8').catch(() => ''));
}

function parsed(text: string): LockRecord | null {
  try {
    const result = recordSchema.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}

function fileIn(directory: string): string {
  return join(directory, 'lock.json');
}

function textOf(record: LockRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Whole or not at all. Not flushed: it has nothing to say after the power went. */
async function replaceBy(directory: string, text: string): Promise<void> {
  await writeQuickly(fileIn(directory), text);
}

type Computer = Pick<LockRecord, 'boot' | 'net' | 'job'> & { readonly host: string };

async function thisComputer(): Promise<Computer> {
  const isLinux = process.platform === 'linux';
  const [boot, net] = await Promise.all([
    isLinux ? readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => null) : null,
    isLinux ? readlink('/proc/self/ns/net').catch(() => null) : null,
  ]);
  const job = jobs.own();
  return { host: hostname(), boot: boot?.trim() ?? null, net, job };
}

/** As `seemsDead`, and it stays silent while it is watched. */
async function isDead(directory: string, found: LockRecord, pace: LockPace): Promise<boolean> {
  if (!(await seemsDead(directory, found, pace))) return false;
  const here = await thisComputer();
  if (found.host === here.host && (isSame(found, here) || found.boot !== here.boot)) return true;
  const before = await writtenAt(directory);
  await pause(pace.watchedMs);
  return (await writtenAt(directory)) === before;
}

/**
 * True when a holder whose socket does not answer here is gone: it was on this computer, it has been silent for long, or
 * it was a cluster's job that has ended.
 */
async function seemsDead(directory: string, found: LockRecord, pace: LockPace): Promise<boolean> {
  const here = await thisComputer();
  if (isSame(found, here)) return true;
  const silent = await silentFor(directory);
  // The computer has started since; another one of its name would have written meanwhile.
  if (found.host === here.host && found.boot !== here.boot && silent > uptime() * 1000) return true;
  if (silent > pace.silentMs) return true;
  if (found.job === null) return false;
  // A cluster starts a job again only where its first process is gone.
  if (found.job === here.job) return true;
  return (await jobs.hasEnded(found.job)) ?? false;
}

function isSame(found: LockRecord, here: Computer): boolean {
  return found.host === here.host && found.boot === here.boot && found.net === here.net;
}

/** When the file was written last, by the clock of the disk, ms; `null`: it is not there. */
async function writtenAt(directory: string): Promise<number | null> {
  // Opened, since a network drive may answer for a closed file from memory.
  const handle = await open(fileIn(directory), 'r').catch(() => null);
  try {
    return handle && (await handle.stat()).mtimeMs;
  } finally {
    await handle?.close();
  }
}

/** For how long it was not written, ms: told by the clock of the disk alone where something can be written there. */
async function silentFor(directory: string): Promise<number> {
  const written = await writtenAt(directory);
  if (written === null) return Number.POSITIVE_INFINITY;
  const probe = join(directory, `.clock-${randomUUID()}`);
  try {
    await writeFile(probe, '');
    return (await stat(probe)).mtimeMs - written;
  } catch {
    return Date.now() - written;
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Two who find a dead holder don't both take its place. Who died in here keeps others out for so long. */
const GUARD_MS = 10_000;

/**
 * Does something that one at a time may do, on all computers; false also where somebody else is at it.
 * @param guard a folder that is there meanwhile
 */
async function guarded(guard: string, act: () => Promise<boolean>): Promise<boolean> {
  try {
    await mkdir(guard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const since = await stat(guard).catch(() => null);
    if (since && Date.now() - since.mtimeMs > GUARD_MS) await rmdir(guard).catch(() => {});
    return false;
  }
  try {
    return await act();
  } finally {
    await rmdir(guard).catch(() => {});
  }
}

/** Another one is just at it: so often it is tried again, and for so long, ms. */
const AGAIN_MS = 15;
const LONGEST_MS = 20_000;

/**
 * The same, when its turn has come. Throws what `act` throws, and a sentence where nobody lets it in.
 * @param what is being changed, as the subject of a sentence
 */
export async function inTurn(guard: string, what: string, act: () => Promise<void>): Promise<void> {
  const acted = () => act().then(() => true);
  const until = performance.now() + LONGEST_MS;
  while (!(await guarded(guard, acted))) {
    if (performance.now() > until) {
      throw new Error(`${what} is being changed by somebody else for too long.`);
    }
    await pause(AGAIN_MS * (1 + Math.random()));
  }
}
