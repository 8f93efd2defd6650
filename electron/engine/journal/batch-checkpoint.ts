import { appendFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { BatchEvent } from '../../../shared/events.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { JobStatus } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { BatchStore } from '../batch-store.ts';
import { saysFull } from '../lib/disk-room.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { flushDirectory, publish } from '../lib/publish.ts';
import {
  GroupCommit,
  Journal,
  journalError,
  type OpenJournalFile,
  openJournalFile,
} from './journal.ts';
import { HEADER_LINE, NewerCheckpoint, sealed } from './journal-format.ts';
import { BatchInUse, type BatchLock, isHeld, takeLock } from './lock.ts';
import { journalStamp } from './read-journal.ts';
import { type PlayedJournal, type Replayed, replayFile, type SetAside } from './replay.ts';
import { type Cancelling, watchRequests } from './requests.ts';

interface Append {
  readonly event: BatchEvent;
  readonly sync: boolean;
}

/**
 * What survives a crash: the journal of one batch in its folder. Opened by one process at a time. The jobs that it
 * tells of belong to a `BatchStore`, its own until a run brings another.
 */
export class BatchCheckpoint {
  readonly #directory: string;
  readonly #openFile: OpenJournalFile;
  readonly #commits = new GroupCommit<Append>((appends) => this.#commit(appends));
  #store = new BatchStore([]);
  /** Whose store has judged what is appended before it comes here. */
  #isJudged = false;
  #journal: Journal | null = null;
  /**
   * Asked when the disk is full; resolves with true to write again. What is appended meanwhile waits
   * behind it, so that the journal tells everything in the order in which it happened.
   */
  onFull: ((error: Error) => Promise<boolean>) | null = null;
  #lock: BatchLock | null = null;

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
   * @param options `afresh`: a newer version's journal is put aside for that version, and not refused;
   * `before`: what was read earlier, which is not read again while the journal is still the same
   */
  async open(
    options: { readonly afresh?: boolean; readonly before?: PlayedJournal | null } = {},
  ): Promise<Replayed> {
    if (this.#lock) throw new Error('This checkpoint is open already.');
    await makeDirectory(this.#directory).catch((error: unknown) => this.#refuse(error));
    const lock = await takeLock(this.#directory);
    try {
      const played = await this.#played(options.before ?? null).catch((error: unknown) => {
        if (!options.afresh || !(error instanceof NewerCheckpoint)) throw error;
        return this.#withNewerAside();
      });
      const { replayed } = played;
      this.#journal = await this.#prepare(played);
      this.#keep(replayed);
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
    return (await this.read()).replayed;
  }

  /** The same, with how the journal ends. @param before what was read earlier, as for `open` @internal */
  async read(before: PlayedJournal | null = null): Promise<PlayedJournal> {
    const played = await this.#played(before).catch((error: unknown) => this.#refuse(error));
    if (!this.#lock) this.#keep(played.replayed);
    return played;
  }

  /**
   * Records what happened. Resolves when it is written, with `sync` when it is on disk. Events are
   * kept in the order of the calls. Rejects, and records nothing, if the event is not legal, the
   * disk refuses or the checkpoint is not open; later calls work again.
   */
  async append(event: BatchEvent, options: { readonly sync?: boolean } = {}): Promise<void> {
    await this.#commits.add({ event, sync: options.sync ?? false });
  }

  /** From now on a run's store owns the jobs, and answers for them: what it appends it has judged itself. @internal */
  leaveJobsTo(store: BatchStore): void {
    this.#store = store;
    this.#isJudged = true;
  }

  /**
   * Tells what others want of whoever has this open, through its folder; only while it is open.
   * @returns ends that
   * @internal
   */
  watchRequests(obey: (cancelling: Cancelling) => void): () => Promise<void> {
    const lock = this.#lock;
    if (!lock) throw new Error('The checkpoint of this batch is not open.');
    // Another computer that took it over wants all of it.
    lock.onLost(() => obey('all'));
    return watchRequests(this.#directory, lock.token, obey);
  }

  /** Ids of the jobs whose every frame is done. */
  getCompletedJobs(): readonly string[] {
    return this.#store.jobs.filter((job) => job.status === 'completed').map((job) => job.id);
  }

  /** Frame number to what is known of its file. Empty for a job that is not known. */
  getCompletedFrames(jobId: string): ReadonlyMap<number, FrameRecord> {
    const job = this.#store.find(jobId);
    const done = job ? framesIn(job, 'done') : [];
    return new Map(done.map(({ frame, state }) => [frame, state.record]));
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

  /**
   * Forgets the batch: its whole folder goes, the frames stay. Throws `BatchInUse`. Closes.
   * @param options `keeps`: names of what stays in the folder
   */
  async clear({ keeps = [] }: { readonly keeps?: readonly string[] } = {}): Promise<void> {
    if (!this.#lock) {
      const answer = await isHeld(this.#directory);
      if (answer.held) throw new BatchInUse(answer.holder);
    }
    await this.#closeJournal();
    const names = await readdir(this.#directory).catch(() => []);
    const kept = names.filter((name) => keeps.includes(name));
    const going = kept.length === 0 ? [''] : names.filter((name) => !kept.includes(name));
    for (const name of going) {
      await rm(join(this.#directory, name), { recursive: true, force: true, maxRetries: 3 });
    }
    this.#store = new BatchStore([]);
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
    const events = appends.map(({ event }) => event);
    const { errors, takeIn } = this.#isJudged ? JUDGED : this.#store.judge(events);
    const legal = events.filter((_, index) => !errors[index]);
    const text = legal.map((event) => `${sealed(event)}\n`).join('');
    if (text !== '') {
      const sync = appends.some((append) => append.sync);
      await this.#lock?.confirm();
      await this.#write(this.#journal, text, sync);
    }
    takeIn();
    return errors;
  }

  async #write(journal: Journal, text: string, sync: boolean): Promise<void> {
    for (;;) {
      try {
        return await journal.write(text, sync);
      } catch (error) {
        const told = journalError(this.#directory, error, true);
        if (!saysFull(error) || !(await this.onFull?.(told as Error))) throw told;
      }
    }
  }

  #refuse(error: unknown): never {
    throw journalError(this.#directory, error, this.#journal !== null);
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

  /** What was read before, where the journal is still the same, else what it says now. */
  async #played(before: PlayedJournal | null): Promise<PlayedJournal> {
    const isSame = before?.stamp && (await journalStamp(this.#file)) === before.stamp;
    return isSame ? before : replayFile(this.#file);
  }

  async #withNewerAside(): Promise<PlayedJournal> {
    await publish(this.#file, join(this.#directory, `journal-newer-${Date.now()}.jsonl`));
    return replayFile(this.#file);
  }

  #keep(replayed: Replayed): void {
    this.#store = new BatchStore([...replayed.jobs.values()]);
    this.#isJudged = false;
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

const JUDGED = { errors: [], takeIn: () => {} };

async function makeDirectory(directory: string): Promise<void> {
  if (await stat(directory).catch(() => null)) return;
  await makeFolder(directory);
  await flushDirectory(directory);
  await flushDirectory(dirname(directory));
}
