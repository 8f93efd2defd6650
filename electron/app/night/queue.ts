import type { BatchOutcome, BatchPlace } from '../../../shared/batch.ts';
import type { PickedFrames } from '../../../shared/job.ts';
import { printable } from '../../../shared/safe-text.ts';
import { clockText, momentsOf, type PlannedTimes } from '../../../shared/schedule.ts';
import { titleOf } from '../../../shared/test-pass.ts';
import {
  type AskedFrames,
  againText,
  type NightQueue,
  type QueuedBatch,
  type Tonight,
  type TonightBatch,
} from '../../../shared/tonight.ts';
import {
  againCount,
  atMoment,
  type Begun,
  batchAdded,
  batchEnded,
  batchMovedBefore,
  batchPassedOver,
  batchTakenOut,
  EMPTY_QUEUE,
  NightInUse,
  nextBatch,
  nightOver,
  nightStep,
  nightTimes,
  type QueueFile,
  SerialQueue,
  turnOf,
  type WallClock,
} from '../../engine/index.ts';
import { Refusal, refusalOf } from '../refusal.ts';
import type { BatchController, RenderWish } from '../sessions/batch-controller.ts';
import { nameOf } from '../sessions/view.ts';
import { Throttle } from '../throttle.ts';

/** A batch, as far as the queue knows it. */
export type QueuedController = Pick<BatchController, 'id' | 'name' | 'cancel'>;

/** What the queue needs of the rest of the app. */
export interface QueueHost {
  /** The batch that renders in this app. */
  readonly rendering: () => QueuedController | null;
  /** What stands in the queue of a batch that is open. */
  readonly entryOf: (batchId: string) => Omit<QueuedBatch, 'only' | 'again' | 'problem'>;
  /** Opens a batch beside what the window shows, if it is not open. Rejects with a sentence. */
  readonly open: (batch: QueuedBatch) => Promise<QueuedController>;
  /** Reads the folder of an open batch anew, where it holds other shots by now. */
  readonly refresh: (batch: Pick<QueuedBatch, 'batchId'>) => Promise<void>;
  /** What a batch that is about to begin by itself still needs somebody for; a sentence. */
  readonly lacks: (batch: Omit<QueuedBatch, 'problem'>) => string | null;
  /** What of the frames that were asked for again is still to be rendered of an open batch. */
  readonly stillAsked: (batchId: string, again: readonly AskedFrames[]) => readonly PickedFrames[];
  /** Lets an open batch render. */
  readonly render: (batchId: string, wish: RenderWish) => Promise<void>;
  /** Seconds until it is done once it renders, `null`: nobody knows; and whether it is paused. */
  readonly outlook: (batch: Pick<QueuedBatch, 'batchId' | 'only' | 'again'>) => {
    readonly seconds: number | null;
    readonly isPaused: boolean;
  };
  /** Lets a batch that renders start no new frames from a time on; returns what calls it off. */
  readonly stopAt: (batchId: string, at: number, onStopped: () => void) => () => void;
  readonly tell: (tonight: Tonight) => void;
  /** A sentence that has no better place. */
  readonly say: (sentence: string) => void;
  readonly failed: (error: unknown) => void;
  /** A batch could not begin by itself. */
  readonly passedOver: (name: string, sentence: string) => void;
}

/** How a batch came to its end. `problem`: it could not go on; a sentence. */
export type BatchEnd = { readonly outcome: BatchOutcome } | { readonly problem: string };

/** So often it is looked at whether another process has let go of the night. */
const AGAIN_MS = 5000;
const TELL_MS = 1000;

/**
 * Decides which batch renders when, and calls it by its id; how it renders is the business of its controller. Acts and
 * ends of batches take their turns.
 */
export class Queue {
  #queue: NightQueue = EMPTY_QUEUE;
  #lock: { release(): Promise<void> } | null = null;
  /** Who else goes through the night. */
  #drivenBy: string | null = null;
  readonly #turns = new SerialQueue();
  #told = '';
  readonly #telling = new Throttle(TELL_MS, () => this.#tell());
  #callOffStart = () => {};
  #callOffStop = () => {};
  #callOffTake = () => {};
  /** The batch that is cancelled since the night is stopped: it goes on with it. */
  #stopping: string | null = null;
  /** What the batch that renders was begun with; `null`: it was begun by no turn of the night. */
  #begun: Begun | null = null;
  /** Batches that have ended, of which the queue does not know yet: until then nothing begins. */
  #ending = 0;
  #isClosing = false;
  #endWatch = async () => {};

  constructor(
    private readonly host: QueueHost,
    private readonly file: Pick<QueueFile, 'read' | 'change' | 'take' | 'watch'>,
    private readonly clock: WallClock,
  ) {}

  /** As it is shown. */
  get tonight(): Tonight {
    const { on, startAt, until } = this.#queue;
    const now = this.clock.now();
    const live = this.host.rendering();
    const inOrder = this.#inOrder(live?.id ?? null);
    const lines = inOrder.map((batch) => this.#lineOf(batch, live));
    const facts = inOrder.map((batch) => ({
      id: batch.batchId,
      seconds: this.host.outlook(batch).seconds,
      isPassedOver: this.#stateOf(batch, live) === 'passed-over',
    }));
    const times = nightTimes(facts, this.#goesOnAt(live, now), now);
    const batches = lines.map((line) => ({ ...line, ...times.batches.get(line.id) }));
    const { endsAt, unknown, morning } = times;
    const shared = { endsAt, unknown, morning, drivenBy: this.#drivenBy };
    return { batches, isOn: on, startAt, until, ...shared };
  }

  /** The batch that is to begin by itself, and when: `null`: as soon as what renders has ended; `null`: none is. */
  get next(): {
    readonly name: string;
    readonly startAt: number | null;
    readonly more: number;
  } | null {
    const live = this.host.rendering();
    const { on, startAt, batches } = this.#queue;
    const turns = batches.filter(
      ({ batchId, problem }) => problem === null && batchId !== live?.id,
    );
    const [first] = turns;
    if (!first || !(on || startAt !== null)) return null;
    return { name: titleOfBatch(first), startAt, more: turns.length };
  }

  /** Where the frames of a batch of tonight go, for one that was never rendered; `null`: it is not in it. */
  placeOf(batchId: string): BatchPlace | null {
    return this.#queue.batches.find((each) => each.batchId === batchId) ?? null;
  }

  /**
   * Goes on with what was left by the last start, or a crash. Never rejects.
   * @param mayGoOn whether a night that broke off goes on by itself
   */
  async takeUp(mayGoOn: () => Promise<boolean>): Promise<void> {
    await this.#turns.take(() => this.#takeUp(mayGoOn)).catch(this.host.failed);
    await this.#openAll();
    try {
      const changed = () => void this.#turns.take(() => this.#adopt()).catch(this.host.failed);
      this.#endWatch = await this.file.watch(changed, this.host.failed);
      changed();
    } catch (error) {
      this.host.failed(error);
    }
  }

  /**
   * Render: begins a batch now; where another one renders it comes after it, and what was wished is kept until its turn
   * comes. Rejects where it can't begin.
   */
  render(batchId: string, wish: RenderWish): Promise<void> {
    return this.#turns.take(() => this.#render(batchId, wish));
  }

  /** Puts a batch at the end of tonight; it begins by itself where the night is on. */
  add(batchId: string): Promise<void> {
    return this.#turns.take(async () => {
      if (this.host.rendering()?.id === batchId) return;
      const entry = this.#entry(batchId, { only: null });
      // Somebody is here now, and nobody in the night.
      const lack = this.host.lacks(entry);
      if (lack) throw new Refusal(lack);
      await this.#change((queue) => batchAdded(queue, entry, 'last'));
      await this.#goOn();
    });
  }

  /** Takes a batch out of tonight that does not render. */
  remove(batchId: string): Promise<void> {
    return this.#turns.take(async () => {
      if (this.host.rendering()?.id === batchId) return;
      await this.#change((queue) => batchTakenOut(queue, batchId));
      this.#arm();
    });
  }

  /** Puts a batch before another one, `null`: at the end. What renders stays the first. */
  move(batchId: string, before: string | null): Promise<void> {
    return this.#turns.take(async () => {
      const live = this.host.rendering()?.id;
      if (live === batchId || live === before) return;
      await this.#change((queue) => batchMovedBefore(queue, batchId, before));
    });
  }

  /** Begins the night, or goes on with it, now. */
  start(): Promise<void> {
    return this.#turns.take(async () => {
      this.#refuseDriven();
      if (!nextBatch(this.#queue)) throw new Refusal('Nothing waits in tonight.', 'Add a batch.');
      await this.#change((queue) => ({ ...queue, on: true, startAt: null }));
      this.#arm();
      await this.#goOn();
    });
  }

  /** Cancels what renders and begins nothing any more; what is left stays in tonight, in its order. */
  async stop(): Promise<void> {
    const live = await this.#turns.take(async () => {
      await this.#rest();
      const rendering = this.host.rendering();
      this.#stopping = rendering?.id ?? null;
      return rendering;
    });
    await live?.cancel();
  }

  /** Nothing begins by itself any more, until somebody says so. */
  rest(): Promise<void> {
    return this.#turns.take(() => this.#rest());
  }

  /** The artist lets a paused batch go on: the night goes on with it. */
  goesOn(): Promise<void> {
    return this.#turns.take(() => this.#change((queue) => ({ ...queue, on: true })));
  }

  /** When the night begins by itself, and from when on no new frames are started. Without times nothing is planned. */
  plan(batchId: string, times: PlannedTimes): Promise<void> {
    return this.#turns.take(async () => {
      const moments = momentsOf(times, this.clock.now());
      const isLive = this.host.rendering()?.id === batchId;
      const joins = !isLive && times.startAt !== null;
      const startAt = isLive ? this.#queue.startAt : moments.startAt;
      await this.#change((queue) => {
        const next = joins
          ? batchAdded(queue, this.#entry(batchId, { only: null }), 'last')
          : queue;
        return { ...next, startAt, until: moments.until };
      });
      this.#arm();
      // The minute to start in has come already.
      if (joins && startAt === null) await this.#render(batchId, EVERYTHING);
    });
  }

  /** A batch renders. */
  started(batchId: string): void {
    const { until } = this.#queue;
    this.#callOffStop();
    this.#callOffStop = () => {};
    if (until !== null && until > this.clock.now()) {
      this.#callOffStop = this.host.stopAt(batchId, until, () => this.#stopped());
    }
    this.changed();
  }

  /** A batch is over: the next one begins. Resolves with whether the night is over. Never rejects. */
  async ended(batchId: string, end: BatchEnd): Promise<boolean> {
    if (this.#isClosing) return false;
    this.#callOffStop();
    this.#ending += 1;
    return this.#turns.take(async () => {
      this.#ending -= 1;
      // Somebody has begun it again meanwhile.
      if (this.host.rendering()?.id === batchId) return false;
      const begun = this.#begun?.batchId === batchId ? this.#begun : { batchId, only: null };
      const isStopped = this.#stopping === batchId;
      if (isStopped) this.#stopping = null;
      else if ('problem' in end) {
        await this.#change((queue) => batchPassedOver(queue, begun, end.problem));
      } else await this.#change((queue) => batchEnded(queue, begun));
      return await this.#goOn();
    });
  }

  /** Soon the window shows what is so now. */
  changed(): void {
    this.#telling.ask();
  }

  /** Nothing begins any more; what is left is kept. Resolves when it is on disk. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#telling.stop();
    for (const callOff of [this.#callOffStart, this.#callOffStop, this.#callOffTake]) callOff();
    await Promise.all([this.#turns.settled(), this.#endWatch()]);
    await this.#lock?.release();
  }

  async #rest(): Promise<void> {
    await this.#change((queue) =>
      queue.on || queue.startAt !== null ? { ...queue, on: false, startAt: null } : queue,
    );
    this.#arm();
  }

  async #takeUp(mayGoOn: () => Promise<boolean>): Promise<void> {
    await this.#take();
    this.#queue = await this.file.read();
    if (this.#lock === null) return this.#tell();
    const now = this.clock.now();
    const { startAt, until, on } = this.#queue;
    const next = nextBatch(this.#queue);
    const name = next ? titleOfBatch(next) : '';
    const toCome = until !== null && until > now ? until : null;
    if (startAt !== null && until !== null && until <= now) {
      this.host.say(missedText(name, startAt, until));
      await this.#change((queue) => ({ ...queue, on: false, startAt: null, until: null }));
    } else if (startAt !== null && startAt <= now) {
      this.host.say(`“${name}” starts now: Nightshift was closed at ${clockText(startAt)}.`);
      await this.#change((queue) => ({ ...queue, on: true, startAt: null }));
    } else if (on || toCome !== until) {
      const goesOn = on && (startAt !== null || (await mayGoOn()));
      await this.#change((queue) => ({ ...queue, on: goesOn, until: toCome }));
    }
    this.#arm();
    await this.#goOn();
  }

  /** What is known of those that wait is shown: how long they take, how far they are. */
  async #openAll(): Promise<void> {
    for (const batch of this.#queue.batches) {
      if (this.#isClosing) return;
      // Its turn tells what is wrong with it; its disk may be back by then.
      if (batch.problem === null) await this.host.open(batch).catch(() => {});
    }
    this.#tell();
  }

  /** Tries to go through the night, alone. */
  async #take(): Promise<void> {
    try {
      this.#lock = await this.file.take();
      this.#drivenBy = null;
    } catch (error) {
      if (!(error instanceof NightInUse)) throw error;
      this.#drivenBy = error.holder;
      this.#callOffTake = this.clock.after(AGAIN_MS, () => {
        void this.#turns.take(() => this.#takeAgain()).catch(this.host.failed);
      });
    }
  }

  /** Whoever went through the night has left it as it is. */
  async #takeAgain(): Promise<void> {
    if (this.#isClosing) return;
    await this.#take();
    if (this.#lock) await this.#change((queue) => ({ ...queue, on: false }));
    this.#arm();
    this.#tell();
  }

  /** Somebody else may have changed the file. */
  async #adopt(): Promise<void> {
    if (this.#isClosing) return;
    const before = this.#queue;
    const now = await this.file.read();
    if (JSON.stringify(now) === JSON.stringify(before)) return;
    this.#queue = now;
    this.#arm();
    this.#tell();
    const isNew = ({ batchId }: QueuedBatch) =>
      !before.batches.some((each) => each.batchId === batchId);
    for (const batch of now.batches.filter(isNew)) await this.host.open(batch).catch(() => {});
    await this.#goOn();
    this.#tell();
  }

  async #render(batchId: string, wish: RenderWish): Promise<void> {
    const live = this.host.rendering();
    const queued = queuedWish(wish, this.clock.now());
    const entry = this.#entry(batchId, queued);
    if (live?.id === batchId) {
      await this.host.render(batchId, wish);
      return this.#joined(entry);
    }
    if (live || this.#drivenBy !== null) {
      await this.#change((queue) => ({
        ...batchAdded(queue, entry, 'last'),
        on: this.#drivenBy === null || queue.on,
      }));
      return this.host.say(this.#afterText(entry));
    }
    // What the artist has saved since the folder was opened is meant as well.
    await this.host.refresh(entry);
    const lack = this.host.lacks(entry);
    if (lack) throw new Refusal(lack);
    const before = this.#queue;
    this.#begun = { batchId, ...queued };
    const waits = before.batches.find((each) => each.batchId === batchId && each.problem === null);
    // Some of its shots now: the whole of it keeps its place, and the night its times.
    if (queued.only !== null && waits) {
      await this.host.render(batchId, wish);
      return this.#keepAgain(entry);
    }
    await this.#change((queue) => ({
      ...batchAdded(queue, entry, 'first'),
      on: true,
      // One that waits for its time need not; a plan of others stays.
      startAt: before.batches.some((each) => each.batchId === batchId) ? null : queue.startAt,
      until: queue.until !== null && queue.until <= this.clock.now() ? null : queue.until,
    }));
    this.#arm();
    try {
      await this.host.render(batchId, wish);
    } catch (error) {
      await this.#change((queue) => asBefore(queue, before, batchId));
      this.#arm();
      throw error;
    }
  }

  /** Something has joined the run of its batch: what was asked for again in it is over with it, and not before. */
  async #joined(entry: Omit<QueuedBatch, 'problem'>): Promise<void> {
    const { batchId, again = [] } = entry;
    if (again.length === 0) return;
    const begun = this.#begun?.batchId === batchId ? this.#begun : { batchId, only: null };
    this.#begun = { ...begun, again: [...(begun.again ?? []), ...again] };
    await this.#keepAgain(entry);
  }

  /** Frames that are rendered again already are rendered to their end after a crash, too. */
  async #keepAgain({ batchId, again = [] }: Omit<QueuedBatch, 'problem'>): Promise<void> {
    const known = this.#queue.batches.find((each) => each.batchId === batchId);
    if (!known || again.length === 0) return;
    await this.#change((queue) => batchAdded(queue, { ...known, again }, 'last'));
  }

  /** Begins the next batch, where nothing renders and it is time. Resolves with whether the night is over. */
  async #goOn(): Promise<boolean> {
    for (;;) {
      const isFree = this.#ending === 0 && !this.host.rendering();
      if (this.#isClosing || !isFree || this.#lock === null) return false;
      const step = nightStep(this.#queue, this.clock.now());
      switch (step.do) {
        case 'wait':
          // What the artist has stopped is not done.
          return nextBatch(this.#queue) === null && this.#queue.startAt === null;
        case 'end':
          await this.#change(nightOver);
          this.#arm();
          return true;
        case 'stop':
          await this.#change((queue) => ({ ...queue, on: false, until: null }));
          this.host.say(`It is past ${clockText(step.until)}: the rest of tonight waits.`);
          return false;
        case 'begin':
          if (await this.#begins(step.batch)) return false;
      }
    }
  }

  /** False: it was passed over, and the next one has its turn. */
  async #begins(batch: QueuedBatch): Promise<boolean> {
    const { batchId, only, again = [] } = batch;
    this.#begun = batch;
    try {
      await this.host.open(batch);
      await this.host.refresh(batch);
      const lack = this.host.lacks(batch);
      if (lack) throw new Refusal(lack);
      if (this.#isClosing) return true;
      const turn = turnOf(batch, this.host.stillAsked(batchId, again));
      if (turn === null) {
        // All of it was rendered since it was asked for.
        await this.#change((queue) => batchEnded(queue, batch));
        return false;
      }
      this.#begun = turn.begun;
      const { picked } = turn;
      await this.host.render(batchId, picked ? { do: 'again', picked } : { do: 'left', only });
      return true;
    } catch (error) {
      // The app is being closed round it: that is nothing that it lacks.
      if (this.#isClosing) return true;
      const { message } = refusalOf(error);
      await this.#change((queue) => batchPassedOver(queue, batch, message));
      this.host.passedOver(titleOfBatch(batch), message);
      return false;
    }
  }

  /** What renders is paused at its time, and nothing begins after it. */
  #stopped(): void {
    const stop = () => this.#change((queue) => ({ ...queue, on: false, until: null }));
    void this.#turns.take(stop).catch(this.host.failed);
  }

  /** Sets the clocks anew. */
  #arm(): void {
    this.#callOffStart();
    this.#callOffStart = () => {};
    const { startAt } = this.#queue;
    if (this.#isClosing || this.#lock === null) return;
    if (startAt !== null) {
      this.#callOffStart = atMoment(startAt, () => this.#itIsTime(startAt), this.clock);
    }
    const live = this.host.rendering();
    if (live) this.started(live.id);
  }

  #itIsTime(startAt: number): void {
    const begin = async () => {
      if (this.#queue.startAt !== startAt) return;
      const { until } = this.#queue;
      if (until !== null && until <= this.clock.now() && !this.host.rendering()) {
        this.host.say(
          `The planned night is over: it was past ${clockText(until)} before it could start. Nothing was rendered; it can be started now.`,
        );
        return this.#change((queue) => ({ ...queue, on: false, startAt: null, until: null }));
      }
      await this.#change((queue) => ({ ...queue, on: true, startAt: null }));
      await this.#goOn();
    };
    void this.#turns.take(begin).catch(this.host.failed);
  }

  #refuseDriven(): void {
    if (this.#drivenBy === null) return;
    throw new Refusal(`Tonight is in the hands of ${this.#drivenBy}.`, 'Wait, or stop it there.');
  }

  /** Where the disk is full it counts until the app is closed. */
  async #change(how: (queue: NightQueue) => NightQueue): Promise<void> {
    try {
      this.#queue = await this.file.change(how);
    } catch (error) {
      this.#queue = how(this.#queue);
      this.host.failed(error);
    }
    this.#tell();
  }

  #entry(batchId: string, wish: Pick<QueuedBatch, 'only' | 'again'>): Omit<QueuedBatch, 'problem'> {
    return { ...this.host.entryOf(batchId), ...wish };
  }

  #tell(): void {
    const { tonight } = this;
    const text = JSON.stringify(tonight);
    if (text === this.#told) return;
    this.#told = text;
    this.host.tell(tonight);
  }

  #afterText(entry: Omit<QueuedBatch, 'problem'>): string {
    const { batchId } = entry;
    const { batches } = this.tonight;
    const at = batches.findIndex(({ id }) => id === batchId);
    const before = batches.slice(0, at).findLast(({ state }) => state !== 'passed-over');
    const title = (line: TonightBatch) => titleOf(line.name, line.test);
    const name = batches[at] ? title(batches[at]) : '';
    const again = againCount(entry);
    const what = again ? `“${name}”, ${againText(again)},` : `“${name}”`;
    return `${what} is in tonight, ${before ? `after “${title(before)}”` : 'as the first'}.`;
  }

  /** What renders stands first. */
  #inOrder(live: string | null): readonly QueuedBatch[] {
    const { batches } = this.#queue;
    const first = batches.filter(({ batchId }) => batchId === live);
    return [...first, ...batches.filter((batch) => !first.includes(batch))];
  }

  #lineOf(batch: QueuedBatch, live: QueuedController | null): TonightBatch {
    const { batchId: id, folder, test, files, problem } = batch;
    const name = nameOf(folder, files);
    const again = againCount(batch);
    const which = { ...(test && { test }), ...(again && { again }) };
    const shared = { id, folder: printable(folder), name, ...which, problem };
    return { ...shared, state: this.#stateOf(batch, live), startsAt: null, endsAt: null };
  }

  #stateOf(
    { batchId, problem }: QueuedBatch,
    live: QueuedController | null,
  ): TonightBatch['state'] {
    if (live?.id === batchId) return 'running';
    if (problem !== null) return 'passed-over';
    const { on, startAt } = this.#queue;
    const isDriven = this.#drivenBy !== null && on && startAt === null;
    return isDriven && nextBatch(this.#queue)?.batchId === batchId ? 'running' : 'waiting';
  }

  /** `null`: nobody knows, such as while it is paused. */
  #goesOnAt(live: QueuedController | null, now: number): number | null {
    if (live) return this.host.outlook({ batchId: live.id, only: null }).isPaused ? null : now;
    const { on, startAt } = this.#queue;
    return startAt ?? (on ? now : null);
  }
}

const EVERYTHING: RenderWish = { do: 'left', only: null };

/** What of a wish waits in the queue. @param at when it was asked for, ms since 1970 */
function queuedWish(wish: RenderWish, at: number): Pick<QueuedBatch, 'only' | 'again'> {
  switch (wish.do) {
    case 'left':
      return { only: wish.only };
    case 'retry':
      return { only: wish.jobs };
    case 'again':
      return { only: [], again: wish.picked.map((frames) => ({ ...frames, at })) };
  }
}

/** It could not begin: it stands as it did before. */
function asBefore(now: NightQueue, before: NightQueue, batchId: string): NightQueue {
  const { on, startAt, until } = before;
  const known = before.batches.find((each) => each.batchId === batchId);
  const batches = now.batches.flatMap((each) => (each.batchId === batchId ? (known ?? []) : each));
  return { batches, on, startAt, until };
}

function titleOfBatch({ folder, test, files }: QueuedBatch): string {
  return titleOf(nameOf(folder, files), test);
}

function missedText(name: string, startAt: number, until: number): string {
  return `The night of “${name}” was missed: Nightshift was closed from ${clockText(startAt)} to ${clockText(until)}. Nothing was rendered; it can be started now.`;
}
