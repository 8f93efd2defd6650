import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { askHolder, type Holder, type HolderAnswer, holderText } from './lock-holder.ts';
import { clearStale, identity } from './stale-socket.ts';

/** A lock that is held until it is released or the process ends, however it ends. */
export interface Lock {
  /** Idempotent. */
  release(): Promise<void>;
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
 * it can't outlive the process and no pid is ever trusted. Throws `BatchInUse`.
 */
export async function takeLock(
  directory: string,
  platform: NodeJS.Platform = process.platform,
): Promise<Lock> {
  const taken = await takeAddress(await lockAddress(directory, platform)).catch((error: Error) => {
    throw new Error(`The batch can't be locked: ${error.message}.`, { cause: error });
  });
  if ('holder' in taken) throw new BatchInUse(taken.holder);
  return taken;
}

/** A lock on an address, or who holds it. Throws what the system says. */
export async function takeAddress(
  address: string,
): Promise<Lock | { readonly holder: Holder | null }> {
  // A holder may die, or a dead one's socket file be cleared, between two steps of ours.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const server = await listen(address);
    if (server) return { release: () => closed(server) };
    const before = await identity(address);
    const answer = await askHolder(address);
    if (answer.held) return { holder: answer.holder };
    if (before !== null) await clearStale(address, before);
  }
  return { holder: null };
}

/** Who drives the batch of this folder now. */
export async function isHeld(directory: string): Promise<HolderAnswer> {
  return askHolder(await lockAddress(directory));
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
  // 104 bytes are all that a socket's path may have on macOS.
  return join(tmpdir(), `nightshift-${hash.slice(0, 24)}.sock`);
}

/** `null`: the address is taken. */
function listen(address: string): Promise<Server | null> {
  const since = Date.now();
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      // Someone who asks and never hangs up must not keep the lock from being released.
      socket.setTimeout(1000, () => socket.destroy()).unref();
      const face = process.versions.electron ? 'app' : 'command line';
      socket.end(`${JSON.stringify({ pid: process.pid, since, face } satisfies Holder)}\n`);
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
