import { once } from 'node:events';
import { link, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BatchCheckpoint } from '../../electron/engine/journal/batch-checkpoint.ts';
import {
  BatchInUse,
  clearStale,
  identity,
  isHeld,
  lockAddress,
  takeLock,
  whileUnused,
} from '../../electron/engine/journal/lock.ts';
import { temporaryFolder } from './temporary.ts';

describe('the lock of a batch', () => {
  it('lets only one checkpoint open at a time, and the next when that is closed', async () => {
    const directory = await temporaryFolder();
    const first = new BatchCheckpoint(directory);
    await first.open();
    const second = new BatchCheckpoint(directory);
    await expect(second.open()).rejects.toThrow(/on the command line \(process \d+/);
    await first.close();
    await second.open();
    await second.close();
    expect(await isHeld(directory)).toEqual({ held: false });
  });

  it('is one lock however the path to the folder is written', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'night'));
    await symlink(join(folder, 'night'), join(folder, 'link'));
    const lock = await takeLock(join(folder, 'night'));
    onTestFinished(() => lock.release());
    await expect(takeLock(join(folder, 'link'))).rejects.toThrow(BatchInUse);
    await expect(takeLock(`${folder}/x/../night/`)).rejects.toThrow(BatchInUse);
  });

  it('tells which process holds it and is free at once when that is killed', async () => {
    const directory = await temporaryFolder();
    const address = await lockAddress(directory);
    const { holder } = await holderProcess(address, true);
    const refused = await takeLock(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BatchInUse);
    expect((refused as BatchInUse).holder).toMatchObject({ pid: holder.pid, face: 'app' });
    expect((refused as BatchInUse).message).toContain('the Nightshift app');
    holder.kill('SIGKILL');
    await holder.catch(() => {});
    const lock = await takeLock(directory);
    await lock.release();
  });

  it('makes a starting run wait while leftovers of a dead one are cleared', async () => {
    const directory = await temporaryFolder();
    const steps: string[] = [];
    const cleared = whileUnused(directory, async () => {
      const run = takeLock(directory).then((lock) => {
        steps.push('run started');
        return lock;
      });
      await expect.poll(() => isHeld(directory)).toMatchObject({ held: true });
      steps.push('cleared');
      return { run };
    });
    const lock = await (await cleared)?.run;
    expect(steps).toEqual(['cleared', 'run started']);
    expect(await whileUnused(directory, async () => steps.push('cleared a run'))).toBeNull();
    await lock?.release();
    expect(steps).toHaveLength(2);
  });

  it('has one address on macOS, whatever TMPDIR says', async () => {
    const directory = await temporaryFolder();
    const before = process.env.TMPDIR;
    const addresses = [];
    for (const folder of ['/tmp/session-1', '/tmp/session-2']) {
      process.env.TMPDIR = folder;
      addresses.push(await lockAddress(directory, 'darwin'));
    }
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    expect(addresses[0]).toBe(addresses[1]);
  });

  it('counts a holder that does not answer as a holder', async () => {
    const directory = await temporaryFolder();
    await holderProcess(await lockAddress(directory), false);
    expect(await isHeld(directory)).toEqual({ held: true, holder: null });
    await expect(takeLock(directory)).rejects.toThrow(/another Nightshift already/);
  });

  it('fills an abstract name up, so that every libuv means the same socket', async () => {
    const directory = await temporaryFolder();
    expect(Buffer.byteLength(await lockAddress(directory, 'linux'))).toBe(108);
    expect(await lockAddress(directory, 'win32')).toMatch(
      /^\\\\\.\\pipe\\nightshift-[0-9a-f]{64}$/,
    );
    const mac = await lockAddress(directory, 'darwin');
    expect(Buffer.byteLength(mac)).toBeLessThan(104);
  });

  it.runIf(process.platform !== 'win32')(
    'clears the socket file that a killed process left, as on macOS',
    async () => {
      const directory = await temporaryFolder();
      const address = await lockAddress(directory, 'darwin');
      const { holder } = await holderProcess(address, true);
      await expect(takeLock(directory, 'darwin')).rejects.toThrow(BatchInUse);
      holder.kill('SIGKILL');
      await holder.catch(() => {});
      const lock = await takeLock(directory, 'darwin');
      await expect(takeLock(directory, 'darwin')).rejects.toThrow(BatchInUse);
      await lock.release();
    },
  );

  it.runIf(process.platform !== 'win32')(
    'is cleared by one at a time, and also after one who died while clearing',
    async () => {
      const address = await lockAddress(await temporaryFolder(), 'darwin');
      await leaveSocket(address);
      const guard = `${address}.clearing`;
      await mkdir(guard);
      const found = (await identity(address)) ?? '';
      await clearStale(address, found);
      expect(await identity(address), 'somebody else is clearing').toBe(found);
      await utimes(guard, 0, 0);
      await clearStale(address, found);
      await clearStale(address, found);
      expect(await identity(address)).toBeNull();
    },
  );

  it.runIf(process.platform !== 'win32')(
    'is had by one of many who find such a file at once',
    async () => {
      for (let round = 0; round < 4; round += 1) {
        const directory = await temporaryFolder();
        await leaveSocket(await lockAddress(directory, 'darwin'));
        const takers = Array.from({ length: 8 }, () => takeLock(directory, 'darwin'));
        const ends = await Promise.allSettled(takers);
        const locks = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
        await Promise.all(locks.map((lock) => lock.release()));
        expect(locks).toHaveLength(1);
      }
    },
  );
});

/** A socket file that nobody listens at, as a killed process leaves it. */
async function leaveSocket(address: string): Promise<void> {
  const other = `${address}.new`;
  const server = createServer().listen(other);
  await once(server, 'listening');
  await link(other, address);
  // This removes the first name only.
  server.close();
  await once(server, 'close');
}

/** A process of its own that listens at the address; killed when the test is over. */
async function holderProcess(address: string, answers: boolean) {
  const script = join(await temporaryFolder(), 'holder.mjs');
  await writeFile(
    script,
    `import { createServer } from 'node:net';
     const [address, answers] = JSON.parse(process.argv[2]);
     const holder = { pid: process.pid, since: 1, face: 'app' };
     createServer((socket) => {
       socket.on('error', () => {});
       if (answers) socket.end(JSON.stringify(holder) + '\\n');
     }).listen(address, () => console.log('ready'));`,
  );
  const holder = execa(process.execPath, [script, JSON.stringify([address, answers])]);
  onTestFinished(async () => {
    holder.kill('SIGKILL');
    await holder.catch(() => {});
  });
  await once(holder.stdout, 'data');
  // Wrapped: a process is a promise of its own end.
  return { holder };
}
