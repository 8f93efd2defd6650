import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { watch } from 'chokidar';
import { z } from 'zod';
import { testPassSchema } from '../../../shared/test-pass.ts';
import type { NightQueue } from '../../../shared/tonight.ts';
import { holderText, isHeldHere, type Lock, lockAddress, takeAddress } from '../journal/lock.ts';
import { inTurn } from '../journal/lock-file.ts';
import { jsonAs, setAside, writeAtomically } from '../lib/atomic-file.ts';
import { EMPTY_QUEUE } from './queue.ts';

const moment = z.number().nullable();
const schema = z.object({
  version: z.literal(1),
  on: z.boolean(),
  startAt: moment,
  until: moment,
  batches: z.array(
    z.object({
      batchId: z.string().regex(/^[A-Za-z0-9._-]{1,120}$/),
      folder: z.string().min(1),
      outputRoot: z.string().min(1),
      test: testPassSchema.optional(),
      files: z.array(z.string().min(1)).optional(),
      only: z.array(z.string()).nullable(),
      again: z
        .array(z.object({ job: z.string(), frames: z.array(z.int()).nullable(), at: z.number() }))
        .optional(),
      trusted: z.boolean().nullable(),
      problem: z.string().nullable(),
    }),
  ),
});

const FILE = 'queue.json';

/** Another process goes through the night. */
export class NightInUse extends Error {
  override readonly name = 'NightInUse';
  /** Part of a sentence. */
  readonly holder: string;

  constructor(holder: string) {
    super(`Tonight is in the hands of ${holder}. What is added to it is rendered there.`);
    this.holder = holder;
  }
}

/** The queue of tonight on disk, which the app and the command line share. */
export class QueueFile {
  readonly #folder: string;
  readonly path: string;

  /** @param data the app data directory */
  constructor(data: string) {
    this.#folder = join(data, 'tonight');
    this.path = join(this.#folder, FILE);
  }

  /** What it says now. One that can't be understood is set aside, and is empty. Throws what the disk says. */
  async read(): Promise<NightQueue> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return EMPTY_QUEUE;
    const found = jsonAs(schema, text);
    if (found === null) await setAside(this.path);
    const { version: _, ...queue } = found ?? { version: 1, ...EMPTY_QUEUE };
    return queue;
  }

  /**
   * Changes it from what it is on disk, one at a time among all processes and computers, so that nobody's entry is
   * lost. Resolves with what it is then. Throws what the disk says, with nothing changed.
   */
  async change(how: (queue: NightQueue) => NightQueue): Promise<NightQueue> {
    await mkdir(this.#folder, { recursive: true });
    let now = EMPTY_QUEUE;
    await inTurn(join(this.#folder, 'changing'), 'The list of tonight', async () => {
      const before = await this.read();
      now = how(before);
      if (now === before) return;
      await writeAtomically(this.path, `${JSON.stringify({ version: 1, ...now }, null, 2)}\n`);
    });
    return now;
  }

  /** Tells each time somebody may have changed it. Returns how to stop. @param failed it can't be watched */
  async watch(tell: () => void, failed: (error: unknown) => void): Promise<() => Promise<void>> {
    await mkdir(this.#folder, { recursive: true });
    const watcher = watch(this.#folder, {
      ignoreInitial: true,
      depth: 0,
      ignored: (path, stats) => stats?.isFile() === true && basename(path) !== FILE,
    });
    for (const event of ['add', 'change', 'unlink'] as const) watcher.on(event, tell);
    watcher.on('error', failed);
    await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
    return () => watcher.close();
  }

  /** Whether somebody on this computer goes through the night, or has it open in a window. */
  async isTaken(): Promise<boolean> {
    return (await isHeldHere(this.#folder)).held;
  }

  /** Goes through the night, alone among all processes of this computer, until it is released. Throws `NightInUse`. */
  async take(): Promise<Lock> {
    await mkdir(this.#folder, { recursive: true });
    const taken = await takeAddress(await lockAddress(this.#folder));
    if ('holder' in taken) throw new NightInUse(holderText(taken.holder));
    return taken;
  }
}
