import { appendFile, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type BatchEvent, isJobEvent } from '../../../shared/events.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { BatchJob, JobStatus } from '../../../shared/job.ts';
import { FRESH_JOB, restarted } from '../../../shared/job-state.ts';
import { saysFull } from '../lib/disk-room.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { flushDirectory, publish } from '../lib/publish.ts';
import { jobAfterOrAdded } from './batch-state.ts';
import {
  GroupCommit,
  Journal,
  type OpenJournalFile,
  openJournalFile,
  troubleWith,
} from './journal.ts';
import { HEADER_LINE, NewerCheckpoint, sealed } from './journal-format.ts';
import { BatchInUse, isHeld, type Lock, takeLock } from './lock.ts';
import { type PlayedJournal, type Replayed, replayFile, type SetAside } from './replay.ts';

interface Append {
  readonly event: BatchEvent;
  readonly sync: boolean;
}

/**
 * What survives a crash: the journal of one batch in its folder, and the jobs as it leaves them.
 * Opened by one process at a time.
 */
export class BatchCheckpoint {
  readonly #directory: string;
  readonly #openFile: OpenJournalFile;
  readonly #commits = new GroupCommit<Append>((appends) => this.#commit(appends));
  #jobs = new Map<string, BatchJob>();
  /** Who keeps the frames instead. */
  #jobOf: ((id: string) => BatchJob | undefined) | null = null;
  #journal: Journal | null = null;
  /**
   * Asked when the disk is full; resolves with true to write again. What is appended meanwhile waits
   * behind it, so that the journal tells everything in the order in which it happened.
   */
  onFull: ((error: Error) => Promise<boolean>) | null = null;
  #lock: Lock | null = null;

  /** `openFile` is for tests of a failing disk. */
  constructor(directory: string, openFile: OpenJournalFile = openJournalFile) {
    this.#directory = resolve(directory);
    this.#openFile = openFile;
  }

  get directory(): string {
    return this.#directory;
  }

  /**
   * Takes the lock, replays the journal and makes it ready to append. Makes the folder if need be.
   * Throws `BatchInUse` if another live process drives this batch, `NewerCheckpoint` for a journal
   * that a newer version wrote, and what the file system says. After a throw nothing is held.
   * @param options `afresh`: a newer version's journal is put aside for that version, and not refused
   */
  async open(options: { readonly afresh?: boolean } = {}): Promise<Replayed> {
    if (this.#lock) throw new Error('This checkpoint is open already.');
    await makeDirectory(this.#directory).catch((error: unknown) => this.#refuse(error));
    const lock = await takeLock(this.#directory);
    try {
      if (options.afresh) await this.#putNewerAside();
      const played = await replayFile(this.#file);
      const { replayed } = played;
      this.#journal = await this.#prepare(played);
      this.#jobs = new Map(replayed.jobs);
      this.#lock = lock;
      await this.#keepAside(replayed.setAside, played.isTorn ? played.tail : null);
      return replayed;
    } catch (error) {
      await this.#journal?.close();
      this.#journal = null;
      this.#lock = null;
      await lock.release();
      return this.#refuse(error);
    }
  }

  /** Reads only; needs no lock and is safe beside a process that renders this batch. */
  async load(): Promise<Replayed> {
    const { replayed } = await replayFile(this.#file).catch((error: unknown) =>
      this.#refuse(error),
    );
    if (!this.#lock) this.#jobs = new Map(replayed.jobs);
    return replayed;
  }

  /**
   * Records what happened. Resolves when it is written, with `sync` when it is on disk. Events are
   * kept in the order of the calls. Rejects, and records nothing, if the event is not legal, the
   * disk refuses or the checkpoint is not open; later calls work again.
   */
  async append(event: BatchEvent, options: { readonly sync?: boolean } = {}): Promise<void> {
    await this.#commits.add({ event, sync: options.sync ?? false });
  }

  /**
   * Leaves the frames to somebody who keeps them too, so that a large batch is in memory once: from now
   * on `jobOf` tells of them. What is legal to append is judged as before, by the status of its job.
   */
  leaveFramesTo(jobOf: (id: string) => BatchJob | undefined): void {
    this.#jobOf = jobOf;
    for (const [id, job] of this.#jobs) this.#jobs.set(id, withoutPlan(job));
  }

  /** Ids of the jobs whose every frame is done. */
  getCompletedJobs(): readonly string[] {
    return [...this.#jobs.values()]
      .filter((job) => job.status === 'completed')
      .map((job) => job.id);
  }

  /** Frame number to what is known of its file. Empty for a job that is not known. */
  getCompletedFrames(jobId: string): ReadonlyMap<number, FrameRecord> {
    const done = new Map<number, FrameRecord>();
    const job = this.#jobOf ? this.#jobOf(jobId) : this.#jobs.get(jobId);
    for (const [index, { record }] of job?.frames.inState('done') ?? []) {
      const number = job?.plan?.frames[index];
      if (number !== undefined) done.set(number, record);
    }
    return done;
  }

  /** Records a new status of a job now, on disk. */
  async markJobStatus(
    jobId: string,
    status: JobStatus,
    error: Failure | null = null,
  ): Promise<void> {
    const about = { job: jobId, at: Date.now() };
    if (status === 'waiting') await this.append({ type: 'job-reset', ...about }, { sync: true });
    else if (status === 'running') await this.append({ type: 'job-started', ...about });
    else await this.append({ type: 'job-finished', ...about, status, error }, { sync: true });
  }

  /** Records a frame as done. Resolves when that is on disk. */
  async markFrame(jobId: string, frame: number, record: FrameRecord): Promise<void> {
    await this.append(
      { type: 'frame-done', job: jobId, at: record.at, frame, record },
      { sync: true },
    );
  }

  /** Forgets the batch: its whole folder goes, the frames stay. Throws `BatchInUse`. Closes. */
  async clear(): Promise<void> {
    if (!this.#lock) {
      const answer = await isHeld(this.#directory);
      if (answer.held) throw new BatchInUse(answer.holder);
    }
    await this.#closeJournal();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 3 });
    this.#jobs.clear();
    await this.close();
  }

  /** Finishes what was appended and releases the lock. Idempotent. */
  async close(): Promise<void> {
    await this.#closeJournal();
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release();
  }

  get #file(): string {
    return join(this.#directory, 'journal.jsonl');
  }

  /** One write, and one sync, for everything that waited. All of it is recorded or nothing. */
  async #commit(appends: readonly Append[]): Promise<readonly (Error | null)[]> {
    if (!this.#journal) throw new Error('The checkpoint of this batch is not open.');
    const changed = new Map<string, BatchJob>();
    let text = '';
    const errors = appends.map(({ event }) => {
      try {
        this.#apply(event, changed);
        text += `${sealed(event)}\n`;
        return null;
      } catch (error) {
        return error as Error;
      }
    });
    if (text !== '') {
      const sync = appends.some((append) => append.sync);
      await this.#write(this.#journal, text, sync);
    }
    for (const [id, job] of changed) this.#jobs.set(id, job);
    return errors;
  }

  async #write(journal: Journal, text: string, sync: boolean): Promise<void> {
    for (;;) {
      try {
        return await journal.write(text, sync);
      } catch (error) {
        const told = troubleWith(this.#directory, error, true);
        if (!saysFull(error) || !(await this.onFull?.(told as Error))) throw told;
      }
    }
  }

  #apply(event: BatchEvent, changed: Map<string, BatchJob>): void {
    if (isJobEvent(event)) {
      const job = changed.get(event.job) ?? this.#jobs.get(event.job);
      const after = jobAfterOrAdded(job, event);
      changed.set(event.job, this.#jobOf ? withoutPlan(after) : after);
    } else if (event.type === 'batch-started') {
      for (const [id, job] of [...this.#jobs, ...changed]) changed.set(id, restarted(job));
    }
  }

  #refuse(error: unknown): never {
    throw troubleWith(this.#directory, error, this.#journal !== null);
  }

  async #prepare({ tail, length, isTorn, isCurrent }: PlayedJournal): Promise<Journal> {
    const handle = await this.#openFile(this.#file);
    const journal = new Journal(handle, length);
    try {
      if (isTorn) await journal.cutTail();
      // A whole event that lacks only its line end is written again, with it.
      if (tail !== '' && !isTorn) await journal.write(`${tail}\n`, true);
      // Also where an older Nightshift began it: from here on the lines are of this version.
      if (!isCurrent) await journal.write(`${HEADER_LINE}\n`, true);
      if (length === 0) await flushDirectory(this.#directory);
      return journal;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #putNewerAside(): Promise<void> {
    try {
      await replayFile(this.#file);
    } catch (error) {
      if (!(error instanceof NewerCheckpoint)) throw error;
      await publish(this.#file, join(this.#directory, `journal-newer-${Date.now()}.jsonl`));
    }
  }

  /** Keeps what could not be used for a person to look at, once. Never stands in the way. */
  async #keepAside(lines: readonly SetAside[], torn: string | null): Promise<void> {
    const file = join(this.#directory, 'set-aside.jsonl');
    const known = await readFile(file, 'utf8').catch(() => '');
    const all = torn ? [...lines, { line: 0, text: torn, reason: 'It is cut short.' }] : lines;
    const fresh = all.filter(({ text }) => !known.includes(JSON.stringify(text)));
    const rows = fresh.map((row) => `${JSON.stringify({ at: Date.now(), ...row })}\n`);
    if (rows.length > 0) await appendFile(file, rows.join('')).catch(() => {});
  }

  async #closeJournal(): Promise<void> {
    await this.#commits.settled();
    const journal = this.#journal;
    this.#journal = null;
    await journal?.close();
  }
}

function withoutPlan(job: BatchJob): BatchJob {
  const { plan, frames, counts } = FRESH_JOB;
  return job.plan === null ? job : { ...job, plan, frames, counts };
}

async function makeDirectory(directory: string): Promise<void> {
  if (await stat(directory).catch(() => null)) return;
  await makeFolder(directory);
  await flushDirectory(directory);
  await flushDirectory(dirname(directory));
}
