import { type BatchEvent, isJobEvent } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { restarted, stopped } from '../../../shared/job-state.ts';
import { jobAfterOrAdded, NO_RUN, type RunState, runAfter } from './batch-state.ts';
import { batchEvent, JOURNAL_VERSION, journalHeader } from './event-schema.ts';

/** A line of the journal that could not be used. */
export interface SetAside {
  /** 1-based. */
  readonly line: number;
  /** At most 2000 characters of it. */
  readonly text: string;
  readonly reason: string;
}

/** What a journal says when it is played from the start. */
export interface Replayed extends RunState {
  /** Jobs as the journal left them; `shotConfig` is null here: it comes from the folder. */
  readonly jobs: ReadonlyMap<string, BatchJob>;
  /** Frames that were being rendered when it stopped. They are waiting again. */
  readonly unfinished: number;
  readonly setAside: readonly SetAside[];
}

/** The checkpoint was written by a version of Nightshift that knows more than this one. */
export class NewerCheckpoint extends Error {
  override readonly name = 'NewerCheckpoint';
}

/**
 * Plays the lines of a journal (header first, no line ends). Lines that can't be used are set
 * aside and never thrown. Throws `NewerCheckpoint` only.
 */
export function replay(lines: Iterable<string>): Replayed {
  const jobs = new Map<string, BatchJob>();
  const setAside: SetAside[] = [];
  let state = NO_RUN;
  let number = 0;
  for (const text of lines) {
    number += 1;
    if (text.trim() === '' || (number === 1 && isHeader(text))) continue;
    try {
      const event = parseEvent(text);
      applyToJobs(jobs, event);
      state = runAfter(state, event);
    } catch (error) {
      setAside.push({ line: number, text: text.slice(0, 2000), reason: (error as Error).message });
    }
  }
  let unfinished = 0;
  for (const job of jobs.values()) unfinished += job.counts.running;
  changeAll(jobs, stopped);
  return { jobs, ...state, unfinished, setAside };
}

/** Throws a sentence if the text is not an event. */
export function parseEvent(text: string): BatchEvent {
  const parsed = batchEvent.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') || 'the line';
  throw new Error(`It is not an event that this version knows: ${place}: ${issue?.message}.`);
}

function applyToJobs(jobs: Map<string, BatchJob>, event: BatchEvent): void {
  if (isJobEvent(event)) jobs.set(event.job, jobAfterOrAdded(jobs.get(event.job), event));
  // A new run means that the one before is over, however it ended.
  else if (event.type === 'batch-started') changeAll(jobs, restarted);
}

function changeAll(jobs: Map<string, BatchJob>, change: (job: BatchJob) => BatchJob): void {
  for (const [id, job] of jobs) jobs.set(id, change(job));
}

function isHeader(text: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  const header = journalHeader.safeParse(value);
  if (header.success && header.data.version > JOURNAL_VERSION) {
    throw new NewerCheckpoint(
      `This checkpoint was written by a newer Nightshift (journal version ${header.data.version}, ` +
        `this one knows ${JOURNAL_VERSION}). Update Nightshift, or start the batch afresh.`,
    );
  }
  return header.success;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('It is not readable as JSON.');
  }
}
