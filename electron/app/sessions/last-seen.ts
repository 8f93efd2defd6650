import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { BatchPhase, BatchSnapshot } from '../../../shared/view.ts';
import { NIGHTSHIFT_VERSION, SerialQueue } from '../../engine/index.ts';
import { writeQuickly } from '../../engine/lib/atomic-file.ts';
import type { BatchController } from './batch-controller.ts';

/** Rows that are remembered: more than a screen, and little beside a large batch. */
export const REMEMBERED_ROWS = 500;
/** A night that was interrupted with one of these goes on in the morning. */
const UNFINISHED: readonly BatchPhase[] = ['running', 'pausing', 'paused', 'interrupted'];

const fileSchema = z.strictObject({ seal: z.string(), text: z.string() });

/**
 * What the window showed last, so that the next start shows it at once, while a large folder is still being
 * read. Nothing is lost with it: what is broken, or of another version, counts as nothing.
 */
export class LastSeen {
  readonly #file: string;
  readonly #writing = new SerialQueue();

  constructor(data: string) {
    this.#file = join(data, 'last-seen.json');
  }

  /** The interrupted batch that was on the screen, with its first rows; `null`: none, or its folder is gone. */
  async read(): Promise<BatchSnapshot | null> {
    try {
      const file = fileSchema.parse(JSON.parse(await readFile(this.#file, 'utf8')));
      if (file.seal !== sealOf(file.text)) return null;
      const snapshot: BatchSnapshot = JSON.parse(file.text);
      return isUnfinished(snapshot) && existsSync(snapshot.view.folder) ? asLeft(snapshot) : null;
    } catch {
      return null;
    }
  }

  /** Keeps the beginning of a snapshot. Never rejects: it is not worth a word. */
  keep({ seq, view, rows }: BatchSnapshot): Promise<void> {
    const few = {
      ...view,
      problems: [],
      lanes: [],
      onCluster: null,
      incidents: [],
      pool: null,
      paused: null,
      trying: null,
    };
    const text = JSON.stringify({ seq, view: few, rows: rows.slice(0, REMEMBERED_ROWS) });
    return this.#writing.take(() => this.#write(text)).catch(() => undefined);
  }

  /** Keeps nothing of a batch that was removed. */
  async forget(batchId: string): Promise<void> {
    await this.#writing.settled();
    const last = await this.read();
    if (last?.view.id === batchId) await rm(this.#file, { force: true });
  }

  /** Not synced: after a power cut it is the old one, the new one, or none. */
  async #write(text: string): Promise<void> {
    await writeQuickly(this.#file, JSON.stringify({ seal: sealOf(text), text }));
  }
}

/** What is remembered of the batch that is shown; `null`: a path that had to be made printable would not lead back. */
export function memoryOf(
  shown: Pick<BatchController, 'processor' | 'snapshot'>,
): BatchSnapshot | null {
  const { folder, outputRoot } = shown.processor.batch;
  const snapshot = shown.snapshot(REMEMBERED_ROWS);
  const leadsBack = snapshot.view.folder === folder && snapshot.view.outputRoot === outputRoot;
  return leadsBack ? snapshot : null;
}

function isUnfinished({ view }: BatchSnapshot): boolean {
  return UNFINISHED.includes(view.phase);
}

/** Nothing of it runs now. */
function asLeft(snapshot: BatchSnapshot): BatchSnapshot {
  const view = { ...snapshot.view, phase: 'interrupted' as const, resume: null, pausedSince: null };
  const rows = snapshot.rows.map((row) =>
    row.status === 'running' ? { ...row, status: 'waiting' as const } : row,
  );
  return { ...snapshot, view, rows, remembered: true };
}

/** Only what this very build has written is read back: its shape is known. */
function sealOf(text: string): string {
  return createHash('sha256').update(`${BUILD}\n${text}`).digest('hex');
}

const BUILD = buildOf(fileURLToPath(import.meta.url));

/** A version may be built anew many times while it is worked on. */
function buildOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${NIGHTSHIFT_VERSION} ${size} ${mtimeMs}`;
}
