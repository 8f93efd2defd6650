import { join } from 'node:path';
import { z } from 'zod';
import {
  clockText,
  momentsOf,
  type PlannedTimes,
  type Schedule,
} from '../../../shared/schedule.ts';
import { atMoment, type WallClock } from '../../engine/index.ts';
import { JsonFile } from '../stores/json-file.ts';

/** What the schedules need of the batches. */
export interface ScheduleHost {
  readonly isRunning: (batchId: string) => boolean;
  /** Another batch renders; then this one's turn comes after it. */
  readonly hasToWait: (batchId: string) => boolean;
  /** Starts it as soon as it can be, if it is still wanted then. */
  readonly start: (batchId: string, isWanted: () => boolean) => Promise<void>;
  /** Lets a batch that renders start no new frames from a time on; returns what calls it off. */
  readonly stopAt: (batchId: string, at: number, onStopped: () => void) => () => void;
  readonly tell: (all: readonly Schedule[]) => void;
  /** A sentence that has no better place. */
  readonly say: (sentence: string) => void;
  /** Something went wrong. */
  readonly failed: (error: unknown) => void;
}

/** A schedule and what calls it off. */
interface Armed {
  readonly schedule: Schedule;
  readonly callOff: () => void;
}

const AGAIN_MS = 5000;

/** When batches start by themselves, and from when on they start no new frames. One plan a batch. */
export class Schedules {
  readonly #armed = new Map<string, Armed>();

  constructor(
    private readonly host: ScheduleHost,
    private readonly clock: WallClock,
  ) {}

  list(): readonly Schedule[] {
    return [...this.#armed.values()].map(({ schedule }) => schedule);
  }

  /** A batch is to start by itself. */
  get waiting(): Schedule | null {
    return this.list().find(({ startAt }) => startAt !== null) ?? null;
  }

  /** Replaces what was planned for a batch; without times nothing is planned any more. */
  set(batchId: string, times: PlannedTimes): void {
    const moments = momentsOf(times, this.clock.now());
    const runs = this.host.isRunning(batchId);
    const startAt = runs ? null : moments.startAt;
    this.#plan({ batchId, startAt, until: moments.until });
    // The minute to start in has come already.
    if (!runs && times.startAt !== null && startAt === null) void this.#start(batchId);
  }

  /** Goes on with a plan from before a restart, which was no different from a sleep. @param name of the batch */
  takeUp(schedule: Schedule, name: string): void {
    const { batchId, startAt, until } = schedule;
    const now = this.clock.now();
    // What was planned since counts.
    if (this.#armed.has(batchId)) return;
    if (until !== null && until <= now) {
      if (startAt !== null) this.host.say(missedText(name, startAt, until));
      this.#drop(batchId);
      return;
    }
    if (startAt !== null && startAt <= now) {
      this.host.say(`“${name}” starts now: Nightshift was closed at ${clockText(startAt)}.`);
    }
    this.#plan(schedule);
  }

  /** Does not wait any longer, except for a batch that renders. */
  startNow(batchId: string): void {
    this.#armed.get(batchId)?.callOff();
    void this.#start(batchId);
  }

  /** It renders: by itself, or because somebody did not want to wait. */
  started(batchId: string): void {
    const planned = this.#armed.get(batchId)?.schedule;
    if (!planned) return;
    const { until } = planned;
    // An end that has passed was of another night.
    const toCome = until !== null && until > this.clock.now() ? until : null;
    this.#plan({ batchId, startAt: null, until: toCome });
  }

  /** The run is over, however it ended. */
  ended(batchId: string): void {
    if (this.#armed.has(batchId)) this.#drop(batchId);
  }

  /** Nothing starts by itself any more. */
  close(): void {
    for (const { callOff } of this.#armed.values()) callOff();
    this.#armed.clear();
  }

  #plan(schedule: Schedule): void {
    const { batchId, startAt, until } = schedule;
    if (startAt === null && until === null) {
      this.#drop(batchId);
      return;
    }
    this.#armed.get(batchId)?.callOff();
    this.#armed.set(batchId, { schedule, callOff: this.#arm(schedule) });
    this.host.tell(this.list());
  }

  #drop(batchId: string): void {
    this.#armed.get(batchId)?.callOff();
    this.#armed.delete(batchId);
    this.host.tell(this.list());
  }

  #arm({ batchId, startAt, until }: Schedule): () => void {
    if (startAt !== null) return atMoment(startAt, () => void this.#start(batchId), this.clock);
    if (until === null || !this.host.isRunning(batchId)) return () => {};
    return this.host.stopAt(batchId, until, () => this.#drop(batchId));
  }

  /** It is time, or another batch was in the way a moment ago. */
  async #start(batchId: string): Promise<void> {
    const armed = this.#armed.get(batchId);
    const { until = null } = armed?.schedule ?? {};
    if (until !== null && this.clock.now() >= until) {
      this.#drop(batchId);
      this.host.say(
        `The planned night is over: it was past ${clockText(until)} before it could start. Nothing was rendered; it can be started now.`,
      );
      return;
    }
    if (armed && this.host.hasToWait(batchId)) return this.#startLater(batchId, armed);
    try {
      await this.host.start(batchId, () => this.#armed.get(batchId) === armed);
    } catch (error) {
      const isTheSame = this.#armed.get(batchId) === armed;
      // Of two that were to start at the same time the other one was quicker.
      if (armed && isTheSame && this.host.hasToWait(batchId))
        return this.#startLater(batchId, armed);
      if (isTheSame) this.#drop(batchId);
      this.host.failed(error);
    }
  }

  #startLater(batchId: string, armed: Armed): void {
    const callOff = this.clock.after(AGAIN_MS, () => void this.#start(batchId));
    this.#armed.set(batchId, { ...armed, callOff });
  }
}

function missedText(name: string, startAt: number, until: number): string {
  return `The night of “${name}” was missed: Nightshift was closed from ${clockText(startAt)} to ${clockText(until)}. Nothing was rendered; it can be started now.`;
}

const moment = z.number().nullable();
const schema = z.array(
  z.object({
    batchId: z.string(),
    folder: z.string(),
    outputRoot: z.string(),
    startAt: moment,
    until: moment,
  }),
);

/** A plan as it outlives a restart: with its folder, since nothing else knows a batch that was never rendered. */
export interface KeptSchedule extends Schedule {
  readonly folder: string;
  readonly outputRoot: string;
}

type Place = Pick<KeptSchedule, 'folder' | 'outputRoot'>;

/** The plans on disk, so that a night is not forgotten when Nightshift is closed and opened again. */
export class KeptSchedules {
  readonly #file: JsonFile<KeptSchedule[]>;

  /** @param placeOf where an open batch is; `null`: it is not open */
  constructor(
    data: string,
    private readonly placeOf: (batchId: string) => Place | null,
  ) {
    this.#file = new JsonFile(join(data, 'schedules.json'), schema, []);
  }

  read(): Promise<readonly KeptSchedule[]> {
    return this.#file.read();
  }

  /** Keeps these and no others. Resolves when they are on disk. */
  keep(all: readonly Schedule[]): Promise<void> {
    return this.#file.write(
      all.flatMap((schedule) => {
        const place = this.placeOf(schedule.batchId);
        return place ? [{ ...schedule, ...place }] : [];
      }),
    );
  }

  /** Resolves when nothing is being written. */
  settled(): Promise<void> {
    return this.#file.settled();
  }
}
