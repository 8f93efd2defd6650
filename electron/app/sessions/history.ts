import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { BatchOutcome } from '../../../shared/batch.ts';
import type { BatchPhase, BatchSummary } from '../../../shared/view.ts';
import { type CheckpointSummary, listCheckpoints } from '../../engine/index.ts';
import { JsonFile } from '../stores/json-file.ts';
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
  const { id, folder, test, files, frames, jobs, lastAt, problem } = checkpoint;
  const isGone = folder !== null && !existsSync(folder);
  return {
    id,
    folder: folder ?? '',
    name: folder ? nameOf(folder, files) : id,
    ...(test && { test }),
    phase: closedPhaseOf(checkpoint),
    framesDone: frames.done,
    framesTotal: frames.total,
    jobs,
    lastAt,
    problem: problem ?? (isGone ? goneText(folder) : null),
    isGone,
  };
}

/** A line of the sidebar whose folder is not where it was. */
export function withoutFolder(summary: BatchSummary): BatchSummary {
  return { ...summary, problem: summary.problem ?? goneText(summary.folder), isGone: true };
}

function goneText(folder: string): string {
  return `The folder “${folder}” is not there any more.`;
}

function closedPhaseOf({ live, outcome, startedAt }: CheckpointSummary): BatchPhase {
  // Held by another process: the command line, or another window with the same data.
  if (live) return 'running';
  return outcome ?? (startedAt === null ? 'unread' : 'interrupted');
}

/** The batches that have a checkpoint, as the artist sees them. */
export class History {
  /**
   * Batches that were stopped because the app was closed. For the engine they are cancelled; for the artist, who did
   * not cancel them, they are interrupted and wait to be resumed.
   */
  readonly #stopped: JsonFile<string[]>;
  #read: Promise<readonly CheckpointSummary[]> | null = null;

  constructor(private readonly data: string) {
    this.#stopped = new JsonFile(join(data, 'stopped.json'), z.array(z.string()), []);
  }

  /** What is on disk has changed. */
  changed(): void {
    this.#read = null;
  }

  /** The lines of the sidebar. @param open those that are open, as they are now */
  async list(open: readonly BatchSummary[]): Promise<readonly BatchSummary[]> {
    return historyOf(await this.#all(), open);
  }

  async find(batchId: string): Promise<CheckpointSummary | undefined> {
    return (await this.#all()).find(({ id }) => id === batchId);
  }

  /** The app is being closed while it renders. */
  async markStopped(batchId: string): Promise<void> {
    const marks = await this.#stopped.read();
    if (!marks.includes(batchId)) await this.#stopped.write([...marks, batchId]);
  }

  /** It renders again, or was cleared: how it was stopped before does not matter any more. */
  async unmarkStopped(batchId: string): Promise<void> {
    const marks = await this.#stopped.read();
    if (marks.includes(batchId)) await this.#stopped.write(marks.filter((id) => id !== batchId));
  }

  /** Something with an outcome, as the artist sees it. */
  async asTheArtistSees<T extends { readonly outcome: BatchOutcome | null }>(
    batchId: string,
    it: T,
  ): Promise<T> {
    if (it.outcome !== 'cancelled' || !(await this.#stopped.read()).includes(batchId)) return it;
    return { ...it, outcome: 'interrupted' };
  }

  /** Read when it changed, not each second: a journal may be large. */
  #all(): Promise<readonly CheckpointSummary[]> {
    this.#read ??= listCheckpoints(this.data).then((checkpoints) =>
      Promise.all(checkpoints.map((one) => this.asTheArtistSees(one.id, one))),
    );
    return this.#read;
  }
}
