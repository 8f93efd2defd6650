import { type BatchEvent, isJobEvent } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { restarted, stopped } from '../../../shared/job-state.ts';
import { jobAfterOrAdded, NO_RUN, type RunState, runAfter } from './batch-state.ts';
import { batchEvent } from './event-schema.ts';
import { isHeader, NewerCheckpoint } from './journal-header.ts';
import { unsealed } from './journal-line.ts';

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

/**
 * Plays the lines of a journal (header first, no line ends). Lines that can't be used are set
 * aside and never thrown. Throws `NewerCheckpoint` only.
 */
export function replay(lines: Iterable<string>): Replayed {
  const jobs = new Map<string, BatchJob>();
  const setAside: SetAside[] = [];
  let state = NO_RUN;
  let number = 0;
  let wantsSeals = false;
  for (const text of lines) {
    number += 1;
    if (text.trim() === '') continue;
    try {
      const { json, isSealed } = unsealed(text);
      if (isHeader(json)) {
        wantsSeals ||= isSealed;
        continue;
      }
      // Who seals, seals all: this one has lost its seal to the same damage as the rest of it.
      if (wantsSeals && !isSealed) throw new Error('It was changed after it was written.');
      wantsSeals ||= isSealed;
      const event = parseEvent(json);
      applyToJobs(jobs, event);
      state = runAfter(state, event);
    } catch (error) {
      if (error instanceof NewerCheckpoint) throw error;
      setAside.push({ line: number, text: text.slice(0, 2000), reason: (error as Error).message });
    }
  }
  let unfinished = 0;
  for (const job of jobs.values()) unfinished += job.counts.running;
  changeAll(jobs, stopped);
  return { jobs, ...state, unfinished, setAside };
}

/** Throws a sentence if a line, sealed or not, is not an event. */
export function parseLine(line: string): BatchEvent {
  return parseEvent(unsealed(line).json);
}

function parseEvent(json: string): BatchEvent {
  const parsed = batchEvent.safeParse(parseJson(json));
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('It is not readable as JSON.');
  }
}
