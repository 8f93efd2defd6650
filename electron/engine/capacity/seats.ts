import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Batch } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { HostConfig } from '../../../shared/hosts.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { Asking, Command, Host, Launched, NotLaunched, Place } from '../../blender/host.ts';
import { killOrphan } from '../../blender/this-computer.ts';
import {
  CLUSTERS,
  type HostRecord,
  hostOf,
  loneHostOf,
  type SharedFolders,
} from '../../hosts/index.ts';
import { holds } from '../folder/output-place.ts';
import { readJson, writeAtomically } from '../lib/atomic-file.ts';
import { removeTemporary } from '../lib/temporary-folder.ts';
import { thisMachine } from './machine.ts';
import { Nodes } from './nodes.ts';

/** Where one Blender can run: the place of a lane, from when it is taken until it is ended. */
export interface Seat extends Host {
  /** Unique in its batch; does for a name of a folder. */
  readonly id: string;
  /** It has to be asked for and waited for, and is given back when nothing is left for it. */
  readonly isAwaited: boolean;
  /** What was given for the program that runs on it; `null`: it is this computer, or nothing runs. */
  readonly place: Place | null;
  /** Cores of its place, or of this computer, also behind a launcher that reaches another one. */
  readonly cores: number;
  /** Memory of its place, or its share of this computer's, MiB. */
  readonly memoryMb: number;
  /** Whether something may still be launched on it. Once false, for ever. */
  readonly alive: boolean;
  /** How the next launch asks for a place, where one has to be asked for. */
  ask(asking: Asking): void;
  /** Ends what runs on it, also what is just being launched, and gives it back. Idempotent. */
  end(): Promise<void>;
}

/** Where the files of a batch are. */
type BatchPlaces = Pick<Batch, 'folder' | 'outputRoot'> & {
  readonly jobs: readonly Pick<BatchJob, 'outputPath' | 'shotFile'>[];
};

/**
 * What each node of a cluster has to see: the shots, and the folders that it writes to.
 * @param checkpoint the folder of the batch's checkpoint
 */
function sharedFolders(batch: BatchPlaces, checkpoint: string): SharedFolders {
  const elsewhere = batch.jobs
    .map(({ outputPath }) => outputPath)
    .filter((path) => !holds(batch.outputRoot, path));
  const written = [batch.outputRoot, checkpoint, ...new Set(elsewhere)].slice(0, MOST_PROBED);
  // A share that is not mounted is an empty folder that can be seen.
  const [first] = batch.jobs;
  const owner = basename(checkpoint);
  return { owner, seen: [first ? join(batch.folder, first.shotFile) : batch.folder], written };
}

/** Each folder is a question or two to the disk of a node, each time that one is given. */
const MOST_PROBED = 10;

/**
 * The seats of one run: on this computer, behind the launcher that is put before each Blender, or on the nodes that a
 * cluster gives. What runs on them is written down beside the journal, so that the next start finds what a dead Nightshift left.
 */
export class Seats {
  readonly #host: Host;
  readonly #checkpoint: string;
  readonly #shared: SharedFolders;
  readonly #record: HostRecord;
  /** How the nodes of a cluster are getting on; empty on this computer. */
  readonly nodes = new Nodes();
  readonly #seats = new Map<string, HostSeat>();
  #written: Promise<void> = Promise.resolve();

  /** @param checkpoint the folder of the batch's checkpoint */
  constructor(config: HostConfig, checkpoint: string, batch: BatchPlaces) {
    this.#shared = sharedFolders(batch, checkpoint);
    this.#record = hostOf(config);
    this.#host = this.#record.open(config, { shared: this.#shared, nodes: this.nodes });
    this.#checkpoint = checkpoint;
  }

  /** They have to be asked for, and are elsewhere: this computer's cores and memory bound nothing. */
  get areAwaited(): boolean {
    return this.#record.cluster !== undefined;
  }

  /** The seat of a lane, by its number from 1: the same one as long as it lives. */
  of(lane: number): Seat {
    const id = `lane-${lane}`;
    const seats = this.#seats;
    const known = seats.get(id);
    if (known?.alive) return known;
    const ports = { sharing: () => seats.size, onChange: this.#writeDown };
    const taken = new HostSeat(id, this.#host, this.areAwaited, ports);
    seats.set(id, taken);
    return taken;
  }

  /** Resolves when nothing runs on any of them and that is written down. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([...this.#seats.values()].map((seat) => seat.end()));
    await this.#host.close?.();
    // On this computer all have said by themselves that they ended.
    if (this.areAwaited && this.#seats.size > 0) this.#writeDown();
    await this.#written;
    await this.#record.cluster?.endLeft([], this.#shared);
  }

  /** Where it can't be written, only a start after a crash misses it. */
  readonly #writeDown = (): void => {
    const unsettled = this.#host.unsettled ?? [];
    const all: readonly Recorded[] = [
      ...[...this.#seats.values()].flatMap((seat) => seat.running),
      ...unsettled.map((token) => ({ token })),
    ];
    const running = all.map((each) =>
      this.areAwaited ? { ...each, [this.#record.id]: true } : each,
    );
    const text = `${JSON.stringify(running, null, 2)}\n`;
    this.#written = writeAtomically(recordIn(this.#checkpoint), text).catch(() => {});
  };
}

/** What a seat needs to know of the others, and tells. */
interface SeatPorts {
  /** How many share the machine now. */
  readonly sharing: () => number;
  /** Something else runs on it now. */
  readonly onChange: () => void;
}

class HostSeat implements Seat {
  readonly id: string;
  readonly isAwaited: boolean;
  readonly #host: Host;
  readonly #ports: SeatPorts;
  readonly #running = new Map<Launched, string | null>();
  /** What was asked for and has not begun. */
  readonly #asked = new Set<string>();
  readonly #ended = new AbortController();
  #asking: Asking | null = null;

  constructor(id: string, host: Host, isAwaited: boolean, ports: SeatPorts) {
    this.id = id;
    this.isAwaited = isAwaited;
    this.#host = host;
    this.#ports = ports;
  }

  get place(): Place | null {
    return [...this.#running.keys()].find(({ place }) => place !== null)?.place ?? null;
  }

  get cores(): number {
    return this.place?.cores ?? thisMachine().cores;
  }

  get memoryMb(): number {
    if (this.isAwaited) return this.place?.memoryMb ?? Number.POSITIVE_INFINITY;
    return thisMachine().memoryMb / Math.max(1, this.#ports.sharing());
  }

  get alive(): boolean {
    return !this.#ended.signal.aborted;
  }

  /** What a later start could find again. */
  get running(): readonly Recorded[] {
    return [
      ...[...this.#running].flatMap(([{ pid }, token]) => (token ? [{ pid, token }] : [])),
      ...[...this.#asked].map((token) => ({ token })),
    ];
  }

  ask(asking: Asking): void {
    this.#asking = asking;
  }

  async launch(command: Command): Promise<Launched | NotLaunched> {
    if (!this.alive) return GIVEN_BACK;
    const launched = await this.#launch(command);
    if ('error' in launched) return launched;
    this.#running.set(launched, command.token ?? null);
    this.#ports.onChange();
    if (launched.place && this.alive) this.#asking?.onGiven();
    const over = launched.ended.then(() => {
      this.#running.delete(launched);
      this.#ports.onChange();
    });
    if (this.alive) return launched;
    await launched.kill();
    await over;
    return GIVEN_BACK;
  }

  blame(...about: Parameters<Host['blame']>): ReturnType<Host['blame']> {
    return this.#host.blame(...about);
  }

  async silent(...about: Parameters<NonNullable<Host['silent']>>): Promise<Failure | null> {
    return (await this.#host.silent?.(...about)) ?? null;
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await Promise.all([...this.#running.keys()].map((launched) => launched.kill()));
  }

  async #launch(command: Command): Promise<Launched | NotLaunched> {
    const { token } = command;
    if (!this.isAwaited || token === undefined) return this.#host.launch(command);
    const asking = this.#asking ?? QUIETLY;
    const signal = AbortSignal.any([asking.signal, this.#ended.signal]);
    this.#asked.add(token);
    this.#ports.onChange();
    try {
      return await this.#host.launch(command, { ...asking, signal });
    } finally {
      this.#asked.delete(token);
      this.#ports.onChange();
    }
  }
}

const QUIETLY: Asking = {
  signal: new AbortController().signal,
  onWaiting: () => {},
  onGiven: () => {},
  gpu: false,
};
const GIVEN_BACK = { error: 'ECANCELED' };

/** The host for single Blenders, outside of any run. */
export function loneHost(config: HostConfig): Host {
  const shared = { owner: '', seen: [], written: [] };
  return loneHostOf(config).open(config, { shared, nodes: new Nodes() });
}

/** A seat for one Blender outside of any run. */
export function loneSeat(config: HostConfig): Seat {
  return new HostSeat('alone', loneHost(config), false, { sharing: () => 1, onChange: () => {} });
}

// ---- What a dead Nightshift left

const RECORD = z.array(
  // The id of a cluster as a further key: it is, or asks for, a job there.
  z.looseObject({
    /** Not there: it has not begun yet. */
    pid: z.int().positive().optional(),
    token: z.string().min(1),
  }),
);
/** A Blender of ours: the token stands on its command line, so that a reused pid is not mistaken. */
type Recorded = Readonly<Pick<z.infer<typeof RECORD>[number], 'pid' | 'token'>>;

/**
 * Ends what was launched for a batch and written down, and clears what its Blenders left besides frames; only for a batch
 * that nobody drives. Resolves with how many were still there.
 */
export async function endLeftBehind(checkpoint: string, batch: BatchPlaces): Promise<number> {
  let ended = 0;
  // None where none were written down, or where the file can't be used.
  const left = (await readJson(recordIn(checkpoint), RECORD)) ?? [];
  for (const { id, cluster } of CLUSTERS) {
    const tokens = left.filter((each) => each[id] === true).map(({ token }) => token);
    await cluster.endLeft(tokens, sharedFolders(batch, checkpoint));
  }
  for (const { pid, token } of left) {
    if (pid !== undefined && (await killOrphan(pid, token))) ended += 1;
  }
  await removeTemporary(temporaryOf(checkpoint));
  return ended;
}

/** Returns whether a dead run may have left programs or temporary files of this batch. */
export async function isLeftBehind(checkpoint: string): Promise<boolean> {
  const left = (await readJson(recordIn(checkpoint), RECORD)) ?? [];
  if (left.length > 0) return true;
  return stat(temporaryOf(checkpoint)).then(
    () => true,
    () => false,
  );
}

/** Where the Blenders of a batch keep their temporary files. */
export function temporaryOf(checkpoint: string): string {
  return join(checkpoint, 'tmp');
}

function recordIn(checkpoint: string): string {
  return join(checkpoint, 'workers.json');
}
