import type { BatchResult } from '../../shared/batch.ts';
import type { BatchSignal } from '../../shared/events.ts';
import type { Settings } from '../../shared/view.ts';
import { liveBatches, WALL_CLOCK } from '../batch/index.ts';
import { AfterBatch } from './after-batch.ts';
import { afterBatchHost } from './after-batch-host.ts';
import type { BatchSession } from './batch-session.ts';
import type { JsonFile } from './json-file.ts';
import { NightWatch } from './night-watch.ts';
import type { Push } from './push.ts';
import type { Busy } from './quit-words.ts';
import { scheduleHost } from './schedule-host.ts';
import { Schedules } from './schedules.ts';
import type { Sessions } from './sessions.ts';
import { NightTray } from './tray.ts';
import { trayState } from './tray-state.ts';
import { nameOf } from './view.ts';

interface NightOptions {
  readonly data: string;
  readonly sessions: Sessions;
  readonly settings: JsonFile<Settings>;
  readonly push: Push;
}

/** The night as a whole: what starts and stops by itself, what the desktop shows of it, and what comes after it. */
export class Night {
  readonly schedules: Schedules;
  readonly after: AfterBatch;
  readonly #watch = new NightWatch();
  readonly #tray: NightTray;
  /** The batch that has ended last. */
  #last: BatchSession | null = null;
  readonly #sessions: Sessions;
  readonly #settings: JsonFile<Settings>;

  constructor({ data, sessions, settings, push }: NightOptions) {
    this.#sessions = sessions;
    this.#settings = settings;
    const onChange = () => {
      this.#watch.expects(this.schedules.waiting !== null);
      this.#tray.changed();
    };
    this.schedules = new Schedules(scheduleHost(sessions, push, onChange), WALL_CLOCK);
    const isNeeded = async () => this.busy() !== null || (await liveBatches(data)).length > 0;
    const whenDone = async () => (await settings.read()).whenDone;
    this.after = new AfterBatch(afterBatchHost({ whenDone, isNeeded, push }), WALL_CLOCK);
    this.#tray = new NightTray({
      state: () => trayState(sessions, this.schedules, this.#last),
      act: (act) => this.#act(act),
    });
  }

  /** @param signal `null`: the run is over */
  heard(session: BatchSession, signal: BatchSignal | null): void {
    this.#watch.heard(session, signal);
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
    const { folder } = session.processor.batch;
    const begun = await this.after.ended(nameOf(folder), result.outcome);
    // The countdown says that it is done, too.
    if (!begun) this.#watch.ended(session, result);
  }

  /** What would be given up if the app ended now. */
  busy(): Busy | null {
    const waiting = this.schedules.waiting;
    const session = this.#sessions.rendering ?? (waiting && this.#sessions.find(waiting.batchId));
    if (!session) return null;
    const startAt = session.running ? null : (waiting?.startAt ?? null);
    return { name: nameOf(session.processor.batch.folder), startAt };
  }

  /** Nothing happens by itself any more. */
  close(): void {
    this.after.stay();
    this.schedules.close();
    this.#tray.close();
  }

  #act(act: 'pause' | 'unpause' | 'start'): void {
    const { waiting } = this.schedules;
    if (act !== 'start') this.#sessions.rendering?.processor[act]();
    else if (waiting) this.schedules.startNow(waiting.batchId);
  }
}
