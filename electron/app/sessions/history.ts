import { existsSync } from 'node:fs';
import type { BatchPhase, BatchSummary } from '../../../shared/view.ts';
import { type CheckpointSummary, listCheckpoints } from '../../engine/index.ts';
import type { StopMarks } from './stop-marks.ts';
import { nameOf } from './view.ts';

/**
 * The sidebar: open batches as they are now, all others from their checkpoints; the newest first.
 * Checkpoints without a run are left out: there is nothing to tell of them.
 */
export function historyOf(
  checkpoints: readonly CheckpointSummary[],
  open: readonly BatchSummary[],
): readonly BatchSummary[] {
  const shown = new Set(open.map(({ id }) => id));
  const closed = checkpoints
    .filter(({ id, folder, problem }) => !shown.has(id) && (folder !== null || problem !== null))
    .map(fromCheckpoint);
  return [...open, ...closed].sort((a, b) => (b.lastAt ?? Infinity) - (a.lastAt ?? Infinity));
}

function fromCheckpoint(checkpoint: CheckpointSummary): BatchSummary {
  const { id, folder, frames, jobs, lastAt, problem } = checkpoint;
  return {
    id,
    folder: folder ?? '',
    name: folder ? nameOf(folder) : id,
    phase: phaseOf(checkpoint),
    framesDone: frames.done,
    framesTotal: frames.total,
    jobs,
    lastAt,
    problem: problem ?? goneFolder(folder),
  };
}

function phaseOf({ live, outcome, startedAt }: CheckpointSummary): BatchPhase {
  // Held by another process: the command line, or another window with the same data.
  if (live) return 'running';
  return outcome ?? (startedAt === null ? 'unread' : 'interrupted');
}

function goneFolder(folder: string | null): string | null {
  if (folder === null || existsSync(folder)) return null;
  return `The folder “${folder}” is not there any more. Bring it back to open this batch.`;
}

/** The batches that have a checkpoint, as the artist sees them. */
export class KnownBatches {
  #read: Promise<readonly CheckpointSummary[]> | null = null;

  constructor(
    private readonly data: string,
    private readonly stopped: StopMarks,
  ) {}

  /** What is on disk has changed. */
  changed(): void {
    this.#read = null;
  }

  /** Read when it changed, not each second: a journal may be large. */
  all(): Promise<readonly CheckpointSummary[]> {
    this.#read ??= this.#readAll();
    return this.#read;
  }

  async find(batchId: string): Promise<CheckpointSummary | undefined> {
    return (await this.all()).find(({ id }) => id === batchId);
  }

  async #readAll(): Promise<readonly CheckpointSummary[]> {
    const checkpoints = await listCheckpoints(this.data);
    return Promise.all(checkpoints.map((one) => this.stopped.seen(one.id, one)));
  }
}
