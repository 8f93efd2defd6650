import type { BatchResult } from '../../../shared/batch.ts';
import type { BatchSignal } from '../../../shared/events.ts';
import type { Push } from '../../../shared/ipc.ts';
import { powerText } from '../../../shared/schedule.ts';
import type { Settings } from '../../../shared/settings.ts';
import { changePower, liveBatches, stopAt, WALL_CLOCK } from '../../engine/index.ts';
import { notify } from '../desktop/desktop.ts';
import type { Busy } from '../desktop/quit.ts';
import { NightTray, type TrayState } from '../desktop/tray.ts';
import { showWindowBehind } from '../desktop/window.ts';
import { noticeOf, refusalOf } from '../refusal.ts';
import type { BatchSession } from '../sessions/batch-session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { JsonFile } from '../stores/json-file.ts';
import { AfterBatch, type AfterBatchHost } from './after-batch.ts';
import { DesktopStatus } from './desktop-status.ts';
import { type KeptSchedule, KeptSchedules, type ScheduleHost, Schedules } from './schedules.ts';

interface NightOptions {
  readonly data: string;
  readonly sessions: Sessions;
  readonly settings: JsonFile<Settings>;
  readonly push: Push;
}

/** The night as a whole: what starts and stops by itself, what the desktop shows of it, and what comes after it. */
export class NightControl {
  readonly schedules: Schedules;
  readonly after: AfterBatch;
  readonly #status = new DesktopStatus();
  readonly #tray: NightTray;
  /** The batch that has ended last. */
  #last: BatchSession | null = null;
  readonly #sessions: Sessions;
  readonly #settings: JsonFile<Settings>;
  readonly #kept: KeptSchedules;
  readonly #push: Push;
  readonly #host: ScheduleHost;

  constructor({ data, sessions, settings, push }: NightOptions) {
    this.#sessions = sessions;
    this.#settings = settings;
    this.#push = push;
    this.#kept = new KeptSchedules(
      data,
      (batchId) => sessions.find(batchId)?.processor.batch ?? null,
    );
    const onChange = () => {
      this.#status.expects(this.schedules.waiting !== null);
      this.#tray.changed();
      this.#keep();
    };
    this.#host = scheduleHost(sessions, push, onChange);
    this.schedules = new Schedules(this.#host, WALL_CLOCK);
    const isNeeded = async () => this.busy() !== null || (await liveBatches(data)).length > 0;
    const whenDone = async () => (await settings.read()).whenDone;
    this.after = new AfterBatch(afterBatchHost({ whenDone, isNeeded, push }), WALL_CLOCK);
    this.#tray = new NightTray({
      state: () => trayState(sessions, this.schedules, this.#last),
      act: (act) => this.#act(act),
    });
  }

  /** Goes on with what was planned before the last restart. Call when the window listens. Never rejects. */
  async takeUp(): Promise<void> {
    const opened: [KeptSchedule, BatchSession][] = [];
    for (const kept of await this.#kept.read()) {
      const { batchId, folder, outputRoot } = kept;
      try {
        opened.push([kept, await this.#sessions.openBeside(batchId, folder, outputRoot)]);
      } catch (error) {
        this.#host.failed(error);
      }
    }
    for (const [{ batchId, startAt, until }, session] of opened) {
      this.schedules.takeUp({ batchId, startAt, until }, session.name);
    }
    this.#keep();
    const [first] = opened;
    if (!first || !this.#sessions.showsNothing) return;
    const session = await this.#sessions.openBatch(first[0].batchId);
    this.#push('folder:opened', session.snapshot());
  }

  /** @param signal `null`: the run is over */
  heard(session: BatchSession, signal: BatchSignal | null): void {
    this.#status.heard(session, signal);
    this.#tray.changed();
    if (signal === null) {
      this.#last = session;
      this.schedules.ended(session.id);
    }
    if (signal?.type !== 'event' || signal.event.type !== 'batch-started') return;
    this.after.stay();
    this.schedules.started(session.id);
  }

  /** Never rejects. */
  async ended(session: BatchSession, result: BatchResult): Promise<void> {
    const { whenDone } = await this.#settings.read();
    if (whenDone === 'nothing') return;
    const begun = await this.after.ended(session.name, result.outcome);
    // The countdown says that it is done, too.
    if (!begun) this.#status.ended(session, result);
  }

  /** What would be given up if the app ended now. */
  busy(): Busy | null {
    const waiting = this.schedules.waiting;
    const session = this.#sessions.rendering ?? (waiting && this.#sessions.find(waiting.batchId));
    if (!session) return null;
    const startAt = session.running ? null : (waiting?.startAt ?? null);
    return { name: session.name, startAt };
  }

  /** Nothing happens by itself any more; what is planned is kept. */
  async close(): Promise<void> {
    this.after.stay();
    this.schedules.close();
    this.#tray.close();
    await this.#kept.settled();
  }

  /** Where the disk is full the plan still holds until the app is closed. */
  #keep(): void {
    this.#kept.keep(this.schedules.list()).catch((error: unknown) => console.error(error));
  }

  #act(act: 'pause' | 'unpause' | 'start'): void {
    const { waiting } = this.schedules;
    if (act !== 'start') this.#sessions.rendering?.processor[act]();
    else if (waiting) this.schedules.startNow(waiting.batchId);
  }
}

/** The batches of the app, as the schedules see them. */
export function scheduleHost(
  sessions: Sessions,
  push: Push,
  onChange: () => void = () => {},
): ScheduleHost {
  return {
    isRunning: (batchId) => sessions.find(batchId)?.running === true,
    hasToWait: (batchId) => sessions.rendering !== null && sessions.rendering.id !== batchId,
    start: (batchId, isWanted) =>
      sessions.render(batchId, async (session) => {
        if (isWanted()) await session.start();
      }),
    stopAt: (batchId, at, onStopped) =>
      stopAt(sessions.get(batchId).processor, { at, onStopped }, WALL_CLOCK),
    tell: (all) => {
      push('schedules:changed', all);
      onChange();
    },
    say: (sentence) => push('notice', sentence),
    failed: (error) => push('notice', noticeOf(error)),
  };
}

/** The computer and the window, as they are needed after a batch. */
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
      notify({ title: `${batchName} is done`, body });
      // In front of the artist, but not between them and what they are typing.
      showWindowBehind();
    },
    failed: (error) => push('notice', refusalOf(error).message),
  };
}

const MINUTE = 60_000;

/** What renders, else what waits for its time, else what has ended while the window was away. */
function trayState(
  sessions: Sessions,
  schedules: Schedules,
  last: BatchSession | null,
): TrayState | null {
  const { rendering } = sessions;
  if (rendering) return stateOf(rendering);
  const { waiting } = schedules;
  const session = waiting && sessions.find(waiting.batchId);
  if (session) {
    return { name: session.name, phase: 'waiting', percent: null, at: waiting.startAt };
  }
  return last && stateOf(last);
}

/** A batch in a few words. To the minute, so that the tray is not drawn anew with every guess. */
function stateOf(session: BatchSession, now = Date.now()): TrayState {
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
