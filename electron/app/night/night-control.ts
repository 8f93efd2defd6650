import type { BatchOutcome, BatchResult } from '../../../shared/batch.ts';
import type { BatchSignal } from '../../../shared/events.ts';
import type { Push } from '../../../shared/ipc.ts';
import { powerText } from '../../../shared/schedule.ts';
import type { Settings } from '../../../shared/settings.ts';
import { changePower, liveBatches, QueueFile, WALL_CLOCK } from '../../engine/index.ts';
import { notify } from '../desktop/desktop.ts';
import type { Busy } from '../desktop/quit.ts';
import { NightTray, type TrayState } from '../desktop/tray.ts';
import { showWindowBehind } from '../desktop/window.ts';
import { noticeOf, refusalOf } from '../refusal.ts';
import type { BatchController } from '../sessions/batch-controller.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { JsonFile } from '../stores/json-file.ts';
import type { TrustStore } from '../stores/trust.ts';
import { AfterBatch, type AfterBatchHost } from './after-batch.ts';
import { DesktopStatus } from './desktop-status.ts';
import { Queue } from './queue.ts';
import { queueHost } from './queue-host.ts';

interface NightOptions {
  readonly data: string;
  readonly sessions: Sessions;
  readonly settings: JsonFile<Settings>;
  readonly trust: TrustStore;
  readonly push: Push;
}

/** The night as a whole: which batch begins when, what the desktop shows of it, and what comes after it. */
export class NightControl {
  readonly tonight: Queue;
  readonly after: AfterBatch;
  readonly #status = new DesktopStatus();
  readonly #tray: NightTray;
  /** The batch that has ended last. */
  #last: BatchController | null = null;
  /** What came of the batches of this night so far. */
  #came: BatchOutcome[] = [];
  readonly #sessions: Sessions;
  readonly #settings: JsonFile<Settings>;
  readonly #push: Push;

  constructor({ data, sessions, settings, trust, push }: NightOptions) {
    this.#sessions = sessions;
    this.#settings = settings;
    this.#push = push;
    const host = queueHost({ sessions, trust, push });
    this.tonight = new Queue(
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
  heard(session: BatchController, signal: BatchSignal | null): void {
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
  async ended(session: BatchController, result: BatchResult | string): Promise<boolean> {
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
  { tonight, next }: Queue,
  last: BatchController | null,
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
function stateOf(session: BatchController, now = Date.now()): Omit<TrayState, 'more' | 'nightAt'> {
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
