import { createHash } from 'node:crypto';
import { mkdir, realpath, rmdir, stat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jsonAs } from '../lib/atomic-file.ts';
import {
  type Holder,
  heldElsewhere,
  holderSchema,
  LOCK_PACE,
  type LockPace,
  takeLockFile,
} from './lock-file.ts';

/** A lock that is held until it is released or the process ends, however it ends. */
export interface Lock {
  /** Idempotent. */
  release(): Promise<void>;
}

/** The lock of a batch, among all computers that share the disk of its checkpoint. */
export interface BatchLock extends Lock {
  /** What a request has to name that is meant for this holder. */
  readonly token: string;
  /** Throws `BatchInUse` where another computer has taken it over, for which this one was silent too long. */
  confirm(): Promise<void>;
  /** Tells as soon as that is found. */
  onLost(tell: () => void): void;
}

/** Another Nightshift that is alive drives this batch. */
export class BatchInUse extends Error {
  override readonly name = 'BatchInUse';
  /** `null` where it did not say who it is. */
  readonly holder: Holder | null;

  constructor(holder: Holder | null) {
    super(
      `This batch is being rendered by ${holderText(holder)} already. ` +
        'Wait until it has finished, or cancel it there.',
    );
    this.holder = holder;
  }
}

/**
 * Takes the lock of a folder that exists. The operating system holds it, as a listening socket, so
 * it can't outlive the process and no pid is ever trusted; other computers are kept out by a file.
 * Throws `BatchInUse`.
 */
export async function takeLock(
  directory: string,
  platform: NodeJS.Platform = process.platform,
  pace: LockPace = LOCK_PACE,
): Promise<BatchLock> {
  const until = performance.now() + LONGEST_CLEARING_MS;
  for (;;) {
    try {
      return await take(directory, platform, pace, ourselves());
    } catch (error) {
      const isClearing = error instanceof BatchInUse && error.holder?.clearing === true;
      if (!isClearing || performance.now() > until) throw error;
      await pause(50);
    }
  }
}

/**
 * Runs `clear` while no run can start: a starting run waits for its end. Resolves with `null`, without a call, where the
 * batch is in use.
 */
export async function whileUnused<T>(
  directory: string,
  clear: () => Promise<T>,
): Promise<T | null> {
  const holder: Holder = { ...ourselves(), clearing: true };
  const lock = await take(directory, process.platform, LOCK_PACE, holder).catch(
    (error: unknown) => {
      if (error instanceof BatchInUse) return null;
      throw error;
    },
  );
  if (lock === null) return null;
  try {
    return await clear();
  } finally {
    await lock.release();
  }
}

/** Blenders of a dead run may take some seconds to end. */
const LONGEST_CLEARING_MS = 20_000;

async function take(
  directory: string,
  platform: NodeJS.Platform,
  pace: LockPace,
  holder: Holder,
): Promise<BatchLock> {
  const address = await lockAddress(directory, platform);
  const taken = await takeAddress(address, holder).catch((error: Error) => {
    throw new Error(`The batch can't be locked: ${error.message}.`, { cause: error });
  });
  if ('holder' in taken) throw new BatchInUse(taken.holder);
  try {
    const file = await takeLockFile(directory, holder, pace);
    if ('holder' in file) throw new BatchInUse(file.holder);
    return {
      token: file.token,
      confirm: async () => {
        const other = await file.lostTo();
        if (other) throw new BatchInUse(other);
      },
      onLost: (tell) => {
        file.onLost = tell;
      },
      release: async () => {
        await file.release();
        await taken.release();
      },
    };
  } catch (error) {
    await taken.release();
    throw error;
  }
}

/** A lock on an address, or who holds it. Throws what the system says. */
export async function takeAddress(
  address: string,
  holder: Holder = ourselves(),
): Promise<Lock | { readonly holder: Holder | null }> {
  // A holder may die, or a dead one's socket file be cleared, between two steps of ours.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const server = await listen(address, holder);
    if (server) return { release: () => closed(server) };
    const before = await identity(address);
    const answer = await askHolder(address);
    if (answer.held) return { holder: answer.holder };
    if (before !== null) await clearStale(address, before);
  }
  return { holder: null };
}

/** Who drives the batch of this folder now, on whatever computer. */
export async function isHeld(directory: string, pace = LOCK_PACE): Promise<HolderAnswer> {
  const here = await isHeldHere(directory);
  if (here.held) return here;
  const holder = await heldElsewhere(directory, pace);
  return holder ? { held: true, holder } : here;
}

/** Who on this computer drives the batch of this folder. */
export async function isHeldHere(directory: string): Promise<HolderAnswer> {
  return askHolder(await lockAddress(directory));
}

function ourselves(): Holder {
  return {
    pid: process.pid,
    since: Date.now(),
    face: process.versions.electron ? 'app' : 'command line',
  };
}

/** The socket that stands for a folder: the same for every way to write its path. */
export async function lockAddress(
  directory: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const real = await realpath(directory).catch(() => resolve(directory));
  return addressOf(real, platform);
}

/** The socket that stands for a text, for every process of this machine. */
export function addressOf(text: string, platform: NodeJS.Platform = process.platform): string {
  const hash = createHash('sha256').update(text).digest('hex');
  if (platform === 'win32') return `\\\\.\\pipe\\nightshift-${hash}`;
  // libuv before 1.48 fills an abstract name up with zeros and later ones don't, so the name fills
  // all 108 bytes itself: then an older Node and a newer Electron mean the same socket.
  if (platform === 'linux') return `\0nightshift-${hash}`.padEnd(108, '-');
  // Not in TMPDIR: on macOS it differs between a window's session and one over ssh. A socket's path has at most 104 bytes there.
  return `/tmp/nightshift-${hash.slice(0, 24)}.sock`;
}

/** `null`: the address is taken. */
function listen(address: string, holder: Holder): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      // Someone who asks and never hangs up must not keep the lock from being released. Nor does the process end
      // before that: a release waits for this socket, and nothing else may be left that keeps the process alive.
      socket.setTimeout(1000, () => socket.destroy());
      socket.end(`${JSON.stringify(holder)}\n`);
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    // The lock must not keep a process alive that has nothing left to do.
    server.listen(address, () => resolve(server)).unref();
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

export type HolderAnswer =
  | { readonly held: false }
  /** `holder` is null if it did not say in time who it is; it holds all the same. */
  | { readonly held: true; readonly holder: Holder | null };

/** Who it is, as part of a sentence; `null`: it did not say. */
export function holderText(holder: Holder | null): string {
  if (!holder) return 'another Nightshift';
  const since = new Date(holder.since).toLocaleString('sv-SE');
  const who = holder.face === 'app' ? 'the Nightshift app' : 'Nightshift on the command line';
  const where = holder.host === undefined ? '' : ` on ${holder.host}`;
  return `${who} (process ${holder.pid}${where}, since ${since})`;
}

/** Asks the process that listens at the address, for at most half a second. */
function askHolder(address: string): Promise<HolderAnswer> {
  return new Promise((resolve) => {
    let text = '';
    let connected = false;
    const socket = connect(address);
    const answer = (value: HolderAnswer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(value);
    };
    const timer = setTimeout(() => answer({ held: true, holder: null }), 500);
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      connected = true;
    });
    socket.on('data', (part: string) => {
      text += part;
      if (text.includes('\n') || text.length > 4096)
        answer({ held: true, holder: jsonAs(holderSchema, text) });
    });
    // Cut off without a word: it went away while we asked.
    socket.on('close', () => answer({ held: false }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const nobody = connected || error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
      answer(nobody ? { held: false } : { held: true, holder: null });
    });
  });
}

/** A process that is just starting has its socket file before it listens; longer than that takes nobody. */
const LISTENS_WITHIN_MS = 100;
/** Who died while clearing does not keep others from it. */
const CLEARS_WITHIN_MS = 10_000;

/**
 * Removes the socket file of a process that died. Only one at a time may: of several that found it at
 * once, each would otherwise remove the socket that the one before has there by now.
 * @param found which file did not answer; see `identity`
 */
export async function clearStale(address: string, found: string): Promise<void> {
  const guard = `${address}.clearing`;
  if (!(await entered(guard))) {
    await pause(LISTENS_WITHIN_MS);
    return;
  }
  try {
    await pause(LISTENS_WITHIN_MS);
    const { held } = await askHolder(address);
    if (!held && (await identity(address)) === found) await unlink(address);
  } catch {
    // It went by itself.
  } finally {
    await rmdir(guard).catch(() => undefined);
  }
}

/**
 * Which file stands at an address; its number alone is given out again. `null` where it is no file:
 * abstract sockets and pipes vanish with their process.
 */
export async function identity(address: string): Promise<string | null> {
  if (address.startsWith('\0') || address.startsWith('\\\\.\\pipe\\')) return null;
  return stat(address, { bigint: true }).then(
    ({ ino, mtimeNs }) => `${ino}-${mtimeNs}`,
    () => null,
  );
}

/** A folder is made by one only. */
async function entered(guard: string): Promise<boolean> {
  const made = await mkdir(guard).then(
    () => true,
    () => false,
  );
  if (made) return true;
  const since = await stat(guard).catch(() => null);
  if (since && Date.now() - since.mtimeMs > CLEARS_WITHIN_MS) {
    await rmdir(guard).catch(() => undefined);
  }
  return false;
}
