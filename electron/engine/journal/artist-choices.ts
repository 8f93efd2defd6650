import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { JobEvent } from '../../../shared/events.ts';
import type { Review } from '../../../shared/frame-state.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { jobAfter } from '../../../shared/job-state.ts';
import { movedBefore } from '../../../shared/order.ts';
import type { BlenderChange } from '../../../shared/shot-blender.ts';
import type { BatchStore } from '../batch-store.ts';
import { readJson, writeAtomically } from '../lib/atomic-file.ts';
import { SerialQueue } from '../lib/serial-queue.ts';
import { BatchCheckpoint } from './batch-checkpoint.ts';

type Choice = Extract<
  JobEvent,
  { type: 'job-prioritized' | 'job-blender' | 'frames-reviewed' | 'job-saved' | 'older-kept' }
>;

/**
 * What the artist said while no run kept the journal, priorities, Blenders and judged pictures: written at once where
 * that can be, else by the next run.
 */
export class ArtistChoices {
  readonly #store: BatchStore;
  /** By job, in the order in which they were made. */
  readonly #unwritten = new Map<string, readonly Choice[]>();
  readonly #writing = new SerialQueue();

  constructor(store: BatchStore) {
    this.#store = store;
  }

  /** @param isKept a run writes the journal: there is nothing to be remembered */
  choosePriority(jobIds: readonly string[], priority: number, isKept: boolean): void {
    for (const job of jobIds) {
      const over = this.#store.job(job).shotConfig?.priority ?? 0;
      this.#take({ type: 'job-prioritized', job, at: Date.now(), priority, over }, isKept);
    }
  }

  /** @param isKept as above */
  chooseBlender(jobIds: readonly string[], change: BlenderChange, isKept: boolean): void {
    for (const id of jobIds) {
      const job = this.#store.job(id);
      const over = job.shotConfig?.blender ?? null;
      // A choice over what the shot file said once holds no more.
      const before = job.chosenBlender?.over === over ? job.chosenBlender : null;
      const { version = before?.version ?? null } = change;
      const { otherBlender = before?.otherBlender ?? null } = change;
      const about = { job: id, at: Date.now(), version, over, otherBlender };
      this.#take({ type: 'job-blender', ...about }, isKept);
    }
  }

  /** Judges pictures. @param isKept as above */
  review(job: string, frames: readonly number[], review: Review | null, isKept: boolean): void {
    if (frames.length === 0) return;
    const about = { job, at: Date.now(), frames: formatFrames(frames), review };
    this.#take({ type: 'frames-reviewed', ...about }, isKept);
  }

  /** Files of a job were found saved since its frames were made, while no run was on. */
  saved(event: Extract<JobEvent, { type: 'job-saved' }>): void {
    this.#take(event, false);
  }

  /** Keeps what was made before files were saved. @param isKept as above */
  keepOlder(jobIds: readonly string[], isKept: boolean): void {
    for (const id of jobIds) {
      const job = this.#store.job(id);
      const last = job.older?.at(-1);
      if (!last) continue;
      const { until, saved, files } = last;
      const { source, plan } = job;
      const inputs = plan?.inputs && { inputs: plan.inputs };
      // Found when the batch was looked at, which writes nothing: the journal has to know what is kept.
      this.#take(
        { type: 'job-saved', job: id, at: until, source, ...inputs, saved, files },
        isKept,
      );
      this.#take({ type: 'older-kept', job: id, at: Date.now() }, isKept);
    }
  }

  /** A job as it is with what is not written yet. */
  appliedTo(job: BatchJob): BatchJob {
    return (this.#unwritten.get(job.id) ?? []).filter(isWish).reduce(jobAfter, job);
  }

  /** The state of the jobs was read anew: what is not written yet counts on. Their ids. */
  again(): readonly string[] {
    const wishes = [...this.#unwritten.values()].flat().filter(isWish);
    const events = wishes.map((event) => this.#stillMeant(event));
    for (const event of events) this.#store.record(event);
    return [...new Set(events.map(({ job }) => job))];
  }

  /** The same where a run keeps the journal: nothing is left to be remembered. */
  handOver(): readonly string[] {
    const ids = this.again();
    this.#unwritten.clear();
    return ids;
  }

  /** Writes them into the checkpoint of a batch that was rendered before and that nobody renders now. */
  write(directory: string): Promise<void> {
    return this.#writing.take(() => this.#write(directory));
  }

  /** Resolves when nothing holds the checkpoint any more. */
  written(): Promise<void> {
    return this.#writing.settled();
  }

  /** Frames that were to be rendered again are gone by now: with those to come nobody has asked for that. */
  #stillMeant(event: Choice): Choice {
    if (event.type !== 'job-blender' || event.otherBlender !== 'again') return event;
    const hasFrames = this.#store.job(event.job).counts.done > 0;
    return hasFrames ? event : { ...event, otherBlender: null };
  }

  #take(event: Choice, isKept: boolean): void {
    this.#store.record(event);
    if (isKept) return;
    const before = this.#unwritten.get(event.job) ?? [];
    // The newest choice of a kind stands for those before; each judgement is of other pictures.
    const others = before.filter(({ type }) => type !== event.type || type === 'frames-reviewed');
    this.#unwritten.set(event.job, [...others, event]);
  }

  async #write(directory: string): Promise<void> {
    if (this.#unwritten.size === 0) return;
    if (!(await stat(join(directory, 'journal.jsonl')).catch(() => null))) return;
    const checkpoint = new BatchCheckpoint(directory);
    try {
      await checkpoint.open();
      const events = [...this.#unwritten.values()].flat();
      await Promise.all(events.map((event) => this.#append(checkpoint, event)));
    } catch {
      // Somebody else has it, or the disk refuses: the next run writes them.
    } finally {
      await checkpoint.close();
    }
  }

  async #append(checkpoint: BatchCheckpoint, event: Choice): Promise<void> {
    // A shot that the journal has not met is refused: it comes with its first run.
    const isWritten = await checkpoint.append(event, { sync: true }).then(
      () => true,
      () => false,
    );
    if (!isWritten) return;
    const left = (this.#unwritten.get(event.job) ?? []).filter((other) => other !== event);
    if (left.length > 0) this.#unwritten.set(event.job, left);
    else this.#unwritten.delete(event.job);
  }
}

/** What was found of files shows anew whenever the jobs are read. */
function isWish({ type }: Choice): boolean {
  return type !== 'job-saved';
}

const fileSchema = z.object({ order: z.array(z.string()).max(1_000_000) });

/** The order that the artist gave the shots by hand. Beside the journal, since it is no fact of one job. */
export class ChosenOrder {
  #reading: Promise<void> | null = null;

  /** @param run the one that is on */
  constructor(
    private readonly store: BatchStore,
    private readonly place: { readonly checkpointPath: string },
    private readonly run: () => { arrange(order: readonly string[]): void } | null,
  ) {}

  /** Takes up what an earlier start has kept. Never rejects: what can't be read counts as none. */
  read(): Promise<void> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /**
   * Puts jobs before another one, `null`: at the end. At once: waiting shots of one priority start in this order from
   * now on, whatever is expected of their work. Rejects with a sentence where it can't be kept for the next start.
   */
  async move(jobIds: readonly string[], before: string | null): Promise<void> {
    await this.read();
    const order = movedBefore(
      this.store.jobs.map(({ id }) => id),
      jobIds,
      before,
    );
    this.store.arrange(order);
    this.run()?.arrange(order);
    try {
      await mkdir(this.place.checkpointPath, { recursive: true });
      await writeAtomically(this.#file, JSON.stringify({ order }));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        `The shots are in their new order, but it can't be kept for the next start: ${why}.`,
      );
    }
  }

  /** The folder's order again, where the checkpoint is being cleared. */
  forget(): void {
    this.store.arrange(null);
  }

  async #read(): Promise<void> {
    const kept = await readJson(this.#file, fileSchema);
    if (kept) this.store.arrange(kept.order);
  }

  get #file(): string {
    return join(this.place.checkpointPath, 'order.json');
  }
}
