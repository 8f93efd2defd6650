import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa, execaSync } from 'execa';
import { build } from 'vite';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { BatchCheckpoint } from '../../electron/engine/journal/batch-checkpoint.ts';
import { BatchInUse, isHeld, takeLock } from '../../electron/engine/journal/lock.ts';
import { added, runStarted } from './events.ts';
import { temporaryFolder } from './temporary.ts';

const PACE = { beatMs: 50, silentMs: 60_000, watchedMs: 200 };

/** Namespaces make another computer of this one: its sockets are not seen here, and it has a name of its own. */
const hasNamespaces =
  process.platform === 'linux' &&
  execaSync('unshare', ['--net', '--uts', 'hostname', 'render02'], { reject: false }).exitCode ===
    0;

describe.runIf(hasNamespaces)('the lock of a batch on a disk that several computers share', () => {
  it('is not taken from a living batch of another computer, which is named', async () => {
    const directory = await temporaryFolder();
    const { holder } = await onOtherComputer(directory);
    const refused = await takeLock(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BatchInUse);
    expect((refused as BatchInUse).message).toMatch(
      /by Nightshift on the command line \(process \d+ on render02, since /,
    );
    expect(await isHeld(directory)).toMatchObject({ held: true, holder: { host: 'render02' } });
    holder.kill('SIGTERM');
    await holder;
    expect(await isHeld(directory)).toEqual({ held: false });
    const lock = await takeLock(directory);
    await lock.release();
    expect(existsSync(join(directory, 'lock.json')), 'nothing is left').toBe(false);
  });

  it('is free when the other computer has been silent for long, and when that is seen', async () => {
    const directory = await temporaryFolder();
    const { holder } = await onOtherComputer(directory);
    holder.kill('SIGKILL');
    await holder;
    expect((await isHeld(directory)).held, 'it may only be slow').toBe(true);
    await silence(directory);
    expect(await isHeld(directory)).toEqual({ held: false });
    const lock = await takeLock(directory, process.platform, PACE);
    await lock.release();
  });

  it('is not taken from one who was silent for long and writes again', async () => {
    const directory = await temporaryFolder();
    await onOtherComputer(directory);
    await silence(directory);
    await expect(takeLock(directory, process.platform, PACE)).rejects.toThrow(/on render02/);
  });

  it('is had by one of many computers that find a dead one', async () => {
    const directory = await temporaryFolder();
    const { holder } = await onOtherComputer(directory);
    holder.kill('SIGKILL');
    await holder;
    await silence(directory);
    const others = await Promise.all(
      Array.from({ length: 4 }, (_, at) => onOtherComputer(directory, `render1${at}`)),
    );
    expect(others.filter(({ said }) => said === 'held')).toHaveLength(1);
  });

  it('stops one who was taken over while its computer slept before it writes another line', async () => {
    const directory = await temporaryFolder();
    const checkpoint = new BatchCheckpoint(directory);
    await checkpoint.open();
    onTestFinished(() => checkpoint.close());
    await checkpoint.append(runStarted());
    const before = await readFile(join(directory, 'journal.jsonl'), 'utf8');
    const mine = JSON.parse(await readFile(join(directory, 'lock.json'), 'utf8'));
    await writeFile(
      join(directory, 'lock.json'),
      JSON.stringify({ ...mine, token: 'another', host: 'render02' }),
    );
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    await expect(checkpoint.append(added()[0] ?? runStarted())).rejects.toThrow(/on render02/);
    expect(await readFile(join(directory, 'journal.jsonl'), 'utf8')).toBe(before);
  });
});

it('is free at once after this computer was started again', async () => {
  const directory = await temporaryFolder();
  const first = await takeLock(directory);
  const record = JSON.parse(await readFile(join(directory, 'lock.json'), 'utf8'));
  await first.release();
  await writeFile(
    join(directory, 'lock.json'),
    JSON.stringify({ ...record, boot: 'the one before' }),
  );
  const longAgo = Date.now() / 1000 - 365 * 24 * 3600;
  await utimes(join(directory, 'lock.json'), longAgo, longAgo);
  const lock = await takeLock(directory);
  await lock.release();
});

/** Nobody has written for two minutes. */
async function silence(directory: string): Promise<void> {
  const then = Date.now() / 1000 - 120;
  await utimes(join(directory, 'lock.json'), then, then);
}

/** The same code as one file that another process of plain Node can run. */
let bundle = '';
beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), 'nightshift-lock-'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: resolve(import.meta.dirname, '../../electron/engine/journal/lock.ts'),
      outDir: bundle,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'lock.mjs' } },
    },
  });
  return () => rm(bundle, { recursive: true });
});

/** A process on another computer that takes the lock, or is refused, and holds it until it is asked to end. */
async function onOtherComputer(directory: string, name = 'render02') {
  const script = join(await temporaryFolder(), 'holder.mjs');
  await writeFile(
    script,
    `import { takeLock } from ${JSON.stringify(join(bundle, 'lock.mjs'))};
     const lock = await takeLock(${JSON.stringify(directory)}, process.platform, ${JSON.stringify(PACE)}).catch(() => null);
     process.on('SIGTERM', () => lock?.release().then(() => process.exit()));
     setInterval(() => {}, 1000);
     console.log(lock ? 'held' : 'refused');`,
  );
  const command = `hostname ${name} && exec "$0" "$@"`;
  const node = [process.execPath, script];
  const holder = execa('unshare', ['--net', '--uts', 'sh', '-c', command, ...node], {
    reject: false,
  });
  onTestFinished(async () => {
    holder.kill('SIGKILL');
    await holder;
  });
  const [said] = await once(holder.stdout, 'data');
  return { holder, said: String(said).trim() };
}
