import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BatchConfig } from '../../../shared/batch.ts';
import type { Command, Host, Launched } from '../../blender/host.ts';
import { behindLauncher } from '../../blender/launcher.ts';
import { killOrphan, THIS_COMPUTER } from '../../blender/this-computer.ts';
import { readJson, writeAtomically } from '../lib/atomic-file.ts';
import { thisMachine } from './machine.ts';

/** Where one Blender can run: the place of a lane, from when it is taken until it is ended. */
export interface Seat extends Host {
  /** Unique in its batch; does for a name of a folder. */
  readonly id: string;
  /** Cores of this computer, also behind a launcher that reaches another one. */
  readonly cores: number;
  /** Its share of this computer's memory, MiB. */
  readonly memoryMb: number;
  /** Whether something may still be launched on it. Once false, for ever. */
  readonly alive: boolean;
  /** Ends what runs on it, also what is just being launched, and gives it back. Idempotent. */
  end(): Promise<void>;
}

/** What of a batch's settings says where its Blenders are started. */
export type HostWishes = Pick<BatchConfig, 'launcher'>;

/** Where the Blenders of a batch are started. */
export function hostOf({ launcher }: HostWishes): Host {
  return launcher === undefined ? THIS_COMPUTER : behindLauncher(launcher);
}

/**
 * The seats of one run, all of them on this computer or behind the launcher that is put before each Blender. What runs
 * on them is written down beside the journal, so that the next start finds what a dead Nightshift left.
 */
export class Seats {
  readonly #host: Host;
  readonly #checkpoint: string;
  readonly #seats = new Map<string, HostSeat>();
  #written: Promise<void> = Promise.resolve();

  /** @param checkpoint the folder of the batch's checkpoint */
  constructor(config: HostWishes, checkpoint: string) {
    this.#host = hostOf(config);
    this.#checkpoint = checkpoint;
  }

  /** The seat of a lane, by its number from 1: the same one as long as it lives. */
  of(lane: number): Seat {
    const id = `lane-${lane}`;
    const seats = this.#seats;
    const known = seats.get(id);
    if (known?.alive) return known;
    const taken = new HostSeat(id, this.#host, () => seats.size, this.#writeDown);
    seats.set(id, taken);
    return taken;
  }

  /** Resolves when nothing runs on any of them and that is written down. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([...this.#seats.values()].map((seat) => seat.end()));
    await this.#written;
  }

  /** Where it can't be written, only a start after a crash misses it. */
  readonly #writeDown = (): void => {
    const running = [...this.#seats.values()].flatMap((seat) => seat.running);
    const text = `${JSON.stringify(running, null, 2)}\n`;
    this.#written = writeAtomically(recordIn(this.#checkpoint), text).catch(() => {});
  };
}

class HostSeat implements Seat {
  readonly id: string;
  readonly cores = thisMachine().cores;
  readonly #host: Host;
  readonly #sharing: () => number;
  readonly #onChange: () => void;
  readonly #running = new Map<Launched, string | null>();
  #alive = true;

  /** @param sharing how many seats share the machine now */
  constructor(id: string, host: Host, sharing: () => number, onChange: () => void) {
    this.id = id;
    this.#host = host;
    this.#sharing = sharing;
    this.#onChange = onChange;
  }

  get memoryMb(): number {
    return thisMachine().memoryMb / Math.max(1, this.#sharing());
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** What a later start could find again. */
  get running(): readonly Recorded[] {
    return [...this.#running].flatMap(([{ pid }, token]) => (token ? [{ pid, token }] : []));
  }

  async launch(command: Command): Promise<Launched | { readonly error: string }> {
    if (!this.#alive) return GIVEN_BACK;
    const launched = await this.#host.launch(command);
    if ('error' in launched) return launched;
    this.#running.set(launched, command.token ?? null);
    this.#onChange();
    const over = launched.ended.then(() => {
      this.#running.delete(launched);
      this.#onChange();
    });
    if (this.#alive) return launched;
    await launched.kill();
    await over;
    return GIVEN_BACK;
  }

  blame(...about: Parameters<Host['blame']>): ReturnType<Host['blame']> {
    return this.#host.blame(...about);
  }

  async end(): Promise<void> {
    this.#alive = false;
    await Promise.all([...this.#running.keys()].map((launched) => launched.kill()));
  }
}

const GIVEN_BACK = { error: 'ECANCELED' };

/** A seat for one Blender outside of any run. */
export function loneSeat(config: HostWishes): Seat {
  return new HostSeat(
    'alone',
    hostOf(config),
    () => 1,
    () => {},
  );
}

// ---- What a dead Nightshift left

const RECORD = z.array(z.object({ pid: z.int().positive(), token: z.string().min(1) }));
/** A Blender of ours: the token stands on its command line, so that a reused pid is not mistaken. */
type Recorded = Readonly<z.infer<typeof RECORD>[number]>;

/**
 * Ends what was launched for a batch and written down, and clears the temporary files of its Blenders; only for a batch
 * that nobody drives. Resolves with how many were still there.
 */
export async function endLeftBehind(checkpoint: string): Promise<number> {
  let ended = 0;
  // None where none were written down, or where the file can't be used.
  for (const { pid, token } of (await readJson(recordIn(checkpoint), RECORD)) ?? []) {
    if (await killOrphan(pid, token)) ended += 1;
  }
  await rm(temporaryOf(checkpoint), { recursive: true, force: true });
  return ended;
}

/** Where the Blenders of a batch keep their temporary files. */
export function temporaryOf(checkpoint: string): string {
  return join(checkpoint, 'tmp');
}

function recordIn(checkpoint: string): string {
  return join(checkpoint, 'workers.json');
}
