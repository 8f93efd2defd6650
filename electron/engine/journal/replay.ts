import { type BatchEvent, isJobEvent, type JobEvent } from '../../../shared/events.ts';
import { FrameDraft } from '../../../shared/frame-list.ts';
import type { BatchJob } from '../../../shared/job.ts';
import {
  type FrameEvent,
  frameAfter,
  frameIndex,
  isFrameEvent,
  restarted,
  stopped,
  withFrames,
} from '../../../shared/job-state.ts';
import { hasUnproved } from '../../../shared/kept-scene.ts';
import { jobAfterOrAdded, NO_RUN, type RunState, runAfter } from './batch-state.ts';
import { HEADER_LINE, isHeader, isSealed, NewerCheckpoint, unsealed } from './journal-format.ts';
import { parseEvent, quickEvent } from './parse-event.ts';
import { type JournalEnd, readJournal } from './read-journal.ts';

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

/** A journal that was played from its file, and how it ends there. */
export interface PlayedJournal extends JournalEnd {
  readonly replayed: Replayed;
  /** The tail is no whole event, or one that nothing stands before. */
  readonly isTorn: boolean;
  /** This version, and no older one alone, has written in it. */
  readonly isCurrent: boolean;
}

/**
 * Plays the lines of a journal (header first, no line ends). Lines that can't be used are set
 * aside and never thrown. Throws `NewerCheckpoint` only.
 */
export function replay(lines: Iterable<string>): Replayed {
  const play = new Replay();
  for (const text of lines) play.add(text);
  return play.end();
}

/**
 * Plays a journal from its file, which is never in memory as a whole. Throws what `replay` and the file system do.
 * @param options `isLive`: somebody writes it, so what is being rendered stays so
 */
export async function replayFile(
  file: string,
  { isLive = false }: { readonly isLive?: boolean } = {},
): Promise<PlayedJournal> {
  const play = new Replay();
  const end = await readJournal(file, (text, bytes, from, to) => play.add(text, bytes, from, to));
  // A header without its line end is written anew.
  const { isCurrent } = play;
  const isTorn = end.tail !== '' && (end.length === 0 || !isEvent(end.tail));
  // A last line without its end counts only if it is a whole event. Where it is all there is, it may be
  // a header, whose version has to be looked at.
  const isAll = end.length === 0 && end.tail.endsWith('}');
  if (isAll || (end.tail !== '' && !isTorn)) play.add(end.tail);
  return { ...end, isTorn, isCurrent, replayed: play.end(isLive) };
}

/** A journal that is being played, line by line. */
class Replay {
  readonly #jobs = new JobDrafts();
  readonly #setAside: SetAside[] = [];
  #state = NO_RUN;
  /** Of the events of frames since `#state`. */
  #lastAt = Number.NEGATIVE_INFINITY;
  #number = 0;
  #wantsSeals = false;
  /** A header of this version was among the lines. */
  isCurrent = false;

  /** @param bytes the same line, from `start` on and before `end` */
  add(text: string, bytes: Buffer = Buffer.from(text), start = 0, end = bytes.length): void {
    this.#number += 1;
    if (text.trim() === '') return;
    try {
      this.#play(text, isSealed(bytes, start, end));
    } catch (error) {
      if (error instanceof NewerCheckpoint) throw error;
      const { message } = error as Error;
      this.#setAside.push({ line: this.#number, text: text.slice(0, 2000), reason: message });
    }
  }

  /** @param isLive what is being rendered stays so */
  end(isLive = false): Replayed {
    this.#takeTime();
    const { jobs, unfinished } = this.#jobs.end(isLive);
    return { jobs, ...this.#state, unfinished, setAside: this.#setAside };
  }

  #play(text: string, isSealed: boolean): void {
    if (isHeader(text)) {
      this.isCurrent ||= text === HEADER_LINE;
      this.#wantsSeals ||= isSealed;
      return;
    }
    // Who seals, seals all: this one has lost its seal to the same damage as the rest of it.
    if (this.#wantsSeals && !isSealed) throw new Error('It was changed after it was written.');
    this.#wantsSeals ||= isSealed;
    const read = quickEvent(text) ?? parseEvent(isSealed ? unsealed(text) : text);
    const event = withBlender(read, this.#state.run?.blender?.version);
    this.#jobs.apply(event);
    const isOfFrame = isJobEvent(event) && isFrameEvent(event);
    if (isOfFrame && !this.#state.gone.has(event.job)) {
      this.#lastAt = Math.max(this.#lastAt, event.at);
      return;
    }
    this.#takeTime();
    this.#state = runAfter(this.#state, event);
  }

  #takeTime(): void {
    const lastAt = Math.max(this.#state.lastAt ?? this.#lastAt, this.#lastAt);
    if (Number.isFinite(lastAt)) this.#state = { ...this.#state, lastAt };
  }
}

/** Journals of before 0.3 name the Blender of a run only: all frames of that run were rendered by it. */
function withBlender(event: BatchEvent, blender: string | undefined): BatchEvent {
  if (blender === undefined || event.type !== 'frame-done') return event;
  if (event.record.blender !== undefined) return event;
  return { ...event, record: { ...event.record, blender } };
}

/** Whether a line, sealed or not, is an event. */
function isEvent(line: string): boolean {
  try {
    parseEvent(isSealed(Buffer.from(line)) ? unsealed(line) : line);
    return true;
  } catch {
    return false;
  }
}

interface Draft {
  job: BatchJob;
  /** Changed since `job` was made; `null`: nothing was. */
  frames: FrameDraft | null;
}

/**
 * The jobs of a journal while it is being played. What happens to frames alone is gathered and becomes
 * part of the job when something else happens to it: a journal tells of nothing as often as of frames.
 */
class JobDrafts {
  readonly #drafts = new Map<string, Draft>();

  /** Throws on an illegal move and on a job that was never added, and changes nothing then. */
  apply(event: BatchEvent): void {
    if (isJobEvent(event)) this.#applyToJob(event);
    // A new run means that the one before is over, however it ended.
    else if (event.type === 'batch-started') this.#changeAll(restarted);
  }

  /** The jobs as the journal left them, and how many frames were being rendered then. */
  end(isLive: boolean): {
    readonly jobs: ReadonlyMap<string, BatchJob>;
    readonly unfinished: number;
  } {
    const jobs = new Map<string, BatchJob>();
    let unfinished = 0;
    for (const [id, draft] of this.#drafts) {
      const job = settled(draft);
      unfinished += job.counts.running;
      jobs.set(id, isLive ? job : stopped(job));
    }
    return { jobs, unfinished };
  }

  #applyToJob(event: JobEvent): void {
    const draft = this.#drafts.get(event.job);
    if (draft && isOfFrameAlone(draft.job, event)) changeFrame(draft, event);
    else if (draft) draft.job = jobAfterOrAdded(settled(draft), event);
    else this.#drafts.set(event.job, { job: jobAfterOrAdded(undefined, event), frames: null });
  }

  #changeAll(change: (job: BatchJob) => BatchJob): void {
    for (const draft of this.#drafts.values()) draft.job = change(settled(draft));
  }
}

/** Whether it changes one frame, and nothing of its job that depends on it. */
function isOfFrameAlone(job: BatchJob, event: JobEvent): event is FrameEvent {
  if (!isFrameEvent(event) || event.type === 'frame-failed') return false;
  return !hasUnproved(job) && !(event.type === 'frame-done' && event.keptScene);
}

function changeFrame(draft: Draft, event: FrameEvent): void {
  const index = frameIndex(draft.job, event.frame);
  if (index === -1) return;
  draft.frames ??= new FrameDraft(draft.job.frames);
  draft.frames.change(index, (frame) => frameAfter(frame, event));
}

function settled(draft: Draft): BatchJob {
  if (draft.frames) draft.job = withFrames(draft.job, draft.frames.list());
  draft.frames = null;
  return draft.job;
}
