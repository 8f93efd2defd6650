import type { BatchOutcome, BatchResult } from '../../../shared/batch.ts';
import type { BatchSignal } from '../../../shared/events.ts';
import type { Push } from '../../../shared/ipc.ts';
import { powerText } from '../../../shared/schedule.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { AskedFrames } from '../../../shared/tonight.ts';
import {
  type BatchProcessor,
  changedShots,
  changePower,
  liveBatches,
  QueueFile,
  stillAsked,
  stopAt,
  WALL_CLOCK,
} from '../../engine/index.ts';
import { notify } from '../desktop/desktop.ts';
import type { Busy } from '../desktop/quit.ts';
import { NightTray, type TrayState } from '../desktop/tray.ts';
import { showWindowBehind } from '../desktop/window.ts';
import { noticeOf, refusalOf } from '../refusal.ts';
import type { BatchSession } from '../sessions/batch-session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { JsonFile } from '../stores/json-file.ts';
import type { TrustStore } from '../stores/trust.ts';
import { offeredText } from '../watch/watched-folders.ts';
import { AfterBatch, type AfterBatchHost } from './after-batch.ts';
import { DesktopStatus } from './desktop-status.ts';
import { TonightControl, type TonightHost } from './tonight.ts';

interface NightOptions {
  readonly data: string;
  readonly sessions: Sessions;
  readonly settings: JsonFile<Settings>;
  readonly trust: TrustStore;
  readonly push: Push;
}

/** The night as a whole: which batch begins when, what the desktop shows of it, and what comes after it. */
export class NightControl {
  readonly tonight: TonightControl;
  readonly after: AfterBatch;
  readonly #status = new DesktopStatus();
  readonly #tray: NightTray;
  /** The batch that has ended last. */
  #last: BatchSession | null = null;
  /** What came of the batches of this night so far. */
  #came: BatchOutcome[] = [];
  readonly #sessions: Sessions;
  readonly #settings: JsonFile<Settings>;
  readonly #push: Push;

  constructor({ data, sessions, settings, trust, push }: NightOptions) {
    this.#sessions = sessions;
    this.#settings = settings;
    this.#push = push;
    const host = tonightHost({ sessions, trust, push });
    this.tonight = new TonightControl(
      {
        ...host,
        tell: (tonight) => {
          host.tell(tonight);
          this.#status.expects(this.tonight.next !== null);
          this.#tray.changed();
        },
      },
      new QueueFile(data),
      WALL_CLOCK,
    );
    const isNeeded = async () => this.busy() !== null || (await liveBatches(data)).length > 0;
    const whenDone = async () => (await settings.read()).whenDone;
    this.after = new AfterBatch(afterBatchHost({ whenDone, isNeeded, push }), WALL_CLOCK);
    this.#tray = new NightTray({
      state: () => trayState(sessions, this.tonight, this.#last),
      act: (act) => this.#act(act),
    });
  }

  /** Goes on with what was planned before the last restart. Call when the window listens. Never rejects. */
  async takeUp(): Promise<void> {
    await this.tonight.takeUp(async () => (await this.#settings.read()).goOnWithNight);
    const [first] = this.tonight.tonight.batches;
    if (!first || first.state === 'passed-over' || !this.#sessions.showsNothing) return;
    try {
      const session = await this.#sessions.openBatch(first.id);
      this.#push('folder:opened', session.snapshot());
    } catch (error) {
      this.#push('notice', noticeOf(error));
    }
  }

  /** @param signal `null`: the run is over */
  heard(session: BatchSession, signal: BatchSignal | null): void {
    this.#status.heard(session, signal);
    this.#tray.changed();
    this.tonight.changed();
    if (signal === null) this.#last = session;
    if (signal?.type !== 'event' || signal.event.type !== 'batch-started') return;
    this.after.stay();
    this.tonight.started(session.id);
  }

  /**
   * A run is over: the night goes on. Resolves with whether the night is over. Never rejects.
   * @param result what came of it; a string: it could not go on, why in a sentence
   */
  async ended(session: BatchSession, result: BatchResult | string): Promise<boolean> {
    const hasBroken = typeof result === 'string';
    const outcome = hasBroken ? 'failed' : result.outcome;
    this.#came.push(outcome);
    const end = hasBroken ? { problem: result } : { outcome };
    const isOver = await this.tonight.ended(session.id, end);
    const came = this.#came;
    // Also where the night is stopped: the next one counts its own.
    if (isOver || this.busy() === null) this.#came = [];
    const { whenDone } = await this.#settings.read();
    if (whenDone === 'nothing') return isOver;
    const only = came.length === 1 ? session.name : null;
    // The countdown says that it is done, too.
    if (isOver && (await this.after.ended(only, outcome))) return isOver;
    if (isOver && only === null) this.#status.nightEnded(came);
    else if (!hasBroken) this.#status.ended(session, result);
    return isOver;
  }

  /** What would be given up if the app ended now. */
  busy(): Busy | null {
    const { rendering } = this.#sessions;
    const { next } = this.tonight;
    if (rendering) return { name: rendering.name, startAt: null, more: next?.more ?? 0 };
    return next && { name: next.name, startAt: next.startAt, more: next.more - 1 };
  }

  /** Nothing happens by itself any more; what is planned is kept. */
  async close(): Promise<void> {
    this.after.stay();
    this.#tray.close();
    await this.tonight.close();
  }

  #act(act: 'pause' | 'unpause' | 'start'): void {
    const failed = (error: unknown) => this.#push('notice', noticeOf(error));
    if (act === 'start') return void this.tonight.start().catch(failed);
    this.#sessions.rendering?.processor[act]();
    if (act === 'unpause') void this.tonight.goesOn().catch(failed);
  }
}

interface AppParts {
  readonly sessions: Sessions;
  readonly trust: TrustStore;
  readonly push: Push;
}

/** The batches of the app, as the night sees them. */
export function tonightHost({ sessions, trust, push }: AppParts): TonightHost {
  return {
    rendering: () => sessions.rendering,
    entryOf: (batchId) => {
      const session = sessions.get(batchId);
      const { folder, outputRoot, test, files } = session.processor.batch;
      const decided = session.view().trust;
      const trusted = decided === 'trusted' ? true : decided === 'untrusted' ? false : null;
      const which = { ...(test && { test }), ...(files && { files }) };
      return { batchId, folder, outputRoot, ...which, trusted };
    },
    open: async (batch) => {
      const { folder, trusted } = batch;
      const session = await sessions.openBeside(batch.batchId, batch);
      if (trusted !== null && session.view().trust === 'ask') {
        await trust.decide(folder, trusted);
        session.trust(trusted ? 'trusted' : 'untrusted');
      }
      return session;
    },
    refresh: async ({ batchId }) => {
      const { jobs } = sessions.get(batchId).processor.batch;
      const now = await sessions.readAnew(batchId);
      const { added, changed, gone } = changedShots(jobs, now);
      if (added.length + changed.length + gone.length === 0) return;
      const again = await sessions.reopenAtRest(batchId);
      if (again && sessions.followed === batchId) push('folder:opened', again.snapshot());
      const text = offeredText(jobs, now, added);
      if (text !== null) push('notice', text);
    },
    lacks: ({ batchId, only, again = [] }) => {
      const session = sessions.get(batchId);
      const { jobs } = session.processor;
      if (jobs.length === 0) return 'There is no shot in its folder any more.';
      const chosen = only && [...only, ...again.map(({ job }) => job)];
      if (chosen?.every((id) => !session.processor.job(id))) {
        return 'None of the shots that were chosen is in its folder any more.';
      }
      if (session.view().trust !== 'ask') return null;
      return 'Nobody has said yet whether its scripts may run. Open it and press Render.';
    },
    stillAsked: (batchId, again) =>
      stillAsked(again, (id) => sessions.get(batchId).processor.job(id)),
    start: sessions.render.bind(sessions),
    outlook: (batch) => {
      const session = sessions.find(batch.batchId);
      if (!session) return { seconds: null, isPaused: false };
      const { progress, phase } = session.view();
      const isPaused = phase === 'paused' || phase === 'pausing';
      const left = batch.only?.length === 0 && !session.running ? 0 : progress.remainingSeconds;
      const again = session.running ? 0 : againSeconds(session.processor, batch.again ?? []);
      return { seconds: left === null || again === null ? null : left + again, isPaused };
    },
    stopAt: (batchId, at, onStopped) =>
      stopAt(sessions.get(batchId).processor, { at, onStopped }, WALL_CLOCK),
    tell: (tonight) => push('tonight:changed', tonight),
    say: (sentence) => push('notice', sentence),
    failed: (error) => push('notice', noticeOf(error)),
    passedOver: (name, sentence) => {
      push('notice', `“${name}” was passed over: ${sentence}`);
      notify({ title: `${name} was passed over`, body: sentence });
    },
  };
}

/** What frames take that are rendered again, each as those of its shot have; `null`: nobody knows of one. */
function againSeconds(
  { jobs, run }: Pick<BatchProcessor, 'jobs' | 'run'>,
  again: readonly AskedFrames[],
): number | null {
  if (again.length === 0) return 0;
  const byId = new Map(jobs.map((job) => [job.id, job]));
  let seconds = 0;
  for (const { job: id, frames } of stillAsked(again, (id) => byId.get(id))) {
    const { sum = 0, known = 0 } = byId.get(id)?.frames.times ?? {};
    if (frames === null || known === 0) return null;
    seconds += (frames.length * sum) / known;
  }
  return seconds / Math.max(1, run.workers);
}

/** The computer and the window, as they are needed after the night. */
function afterBatchHost({
  push,
  ...rest
}: Pick<AfterBatchHost, 'whenDone' | 'isNeeded'> & { readonly push: Push }): AfterBatchHost {
  return {
    ...rest,
    change: (act) => changePower(act),
    tell: (countdown) => push('power:changed', countdown),
    announce: ({ act, batchName }) => {
      const body = `${powerText(act)} in a minute. Open Nightshift to keep it on.`;
      notify({ title: batchName === null ? 'The night is done' : `${batchName} is done`, body });
      // In front of the artist, but not between them and what they are typing.
      showWindowBehind();
    },
    failed: (error) => push('notice', refusalOf(error).message),
  };
}

const MINUTE = 60_000;

/** What renders, else what waits for its time, else what has ended while the window was away. */
function trayState(
  { rendering }: Sessions,
  { tonight, next }: TonightControl,
  last: BatchSession | null,
): TrayState | null {
  const more = next?.more ?? 0;
  if (rendering) return { ...stateOf(rendering), more, nightAt: tonight.endsAt };
  if (next) {
    const { name, startAt } = next;
    return { name, phase: 'waiting', percent: null, at: startAt, more: more - 1, nightAt: null };
  }
  return last && { ...stateOf(last), more, nightAt: null };
}

/** A batch in a few words. To the minute, so that the tray is not drawn anew with every guess. */
function stateOf(session: BatchSession, now = Date.now()): Omit<TrayState, 'more' | 'nightAt'> {
  const { processor } = session;
  const { frames, remainingSeconds } = processor.getProgress();
  const phase = !session.running ? 'at-rest' : processor.paused ? 'paused' : 'running';
  const end = remainingSeconds === null ? null : now + remainingSeconds * 1000;
  return {
    name: session.name,
    phase,
    percent: frames.total > 0 ? Math.floor((100 * frames.done) / frames.total) : null,
    at: phase === 'running' && end !== null ? Math.round(end / MINUTE) * MINUTE : null,
  };
}
