import type { BatchProgress, BatchResult } from '../../shared/batch.ts';
import type { BatchSignal } from '../../shared/events.ts';
import type { FrameRecord } from '../../shared/frame-state.ts';
import type { BatchJob } from '../../shared/job.ts';
import { framesIn } from '../../shared/job-state.ts';
import { SERVICES, type TellingPlace } from '../../shared/telling.ts';
import { batchHeadline, type WallClock } from '../engine/index.ts';
import { TellingRefused } from './address.ts';
import { smallJpeg } from './picture.ts';
import { type Fetch, send, type Told } from './send.ts';
import { type Message, type Picture, requestOf, secretsOf } from './services.ts';
import {
  doneWords,
  failedWords,
  heldWords,
  type NightPart,
  nightWords,
  stalledWords,
  startedWords,
} from './words.ts';

/** A batch that renders, as far as it is told of. */
export interface ToldBatch {
  readonly id: string;
  readonly name: string;
  readonly progress: () => BatchProgress;
}

export interface TellerOptions {
  /** Those that are on, when something is to be told; none: nothing is ever sent. */
  readonly places: () => readonly TellingPlace[];
  readonly stalledMinutes: () => number;
  /** Of a frame that is done, in any format that sharp reads. */
  readonly pictureOf: (
    batchId: string,
    job: BatchJob,
    frame: number,
    record: FrameRecord,
  ) => Promise<Uint8Array | null>;
  readonly clock: WallClock;
  readonly fetch: Fetch;
  /** What came of it, for who wants to know. */
  readonly onTold: (place: TellingPlace, told: Told) => void;
}

/** A batch while it renders. */
interface Watched {
  readonly failed: BatchJob[];
  /** Ends the time in which more failures are gathered; `null`: the next one is told at once. */
  gathering: (() => void) | null;
  callOffStall: () => void;
  newest: { readonly job: BatchJob; readonly frame: number; readonly record: FrameRecord } | null;
}

const FRESH = { gathering: null, callOffStall: () => {}, newest: null } as const;

/** After a failure further ones are gathered so long: forty broken shots are three messages. */
const GATHER_MS = 300_000;
/** So long a message waits for its picture: the app makes pictures after everything else. */
const PICTURE_MS = 60_000;
const MINUTE = 60_000;

/**
 * Tells places elsewhere what happens in a night. It hears what a batch tells anyway and holds up nothing: each place
 * has a queue of its own, and what can't be delivered in time is given up and said.
 */
export class Teller {
  readonly #watched = new Map<string, Watched>();
  /** The newest delivery of each place, by what is filled in. */
  readonly #queues = new Map<string, Promise<void>>();
  /** Aborted: no message waits for its picture any more. */
  readonly #hurry = new AbortController();
  readonly #end = new AbortController();
  readonly #night = new Map<string, NightPart>();

  constructor(private readonly options: TellerOptions) {}

  /** What happens in a batch that this process renders. */
  heard(batch: ToldBatch, signal: BatchSignal): void {
    if (signal.type !== 'event') return;
    const { event, job } = signal;
    const watched = this.#watched.get(batch.id);
    switch (event.type) {
      case 'batch-started':
        this.#forget(batch.id);
        this.#watched.set(batch.id, { ...FRESH, failed: [] });
        this.#moved(batch);
        this.#tell(startedWords(batch.name, batch.progress()), null);
        break;
      case 'batch-paused':
        watched?.callOffStall();
        if (event.reason === 'asked') break;
        this.#tell(heldWords(batch.name, 'is paused', event.message), this.#newestOf(batch));
        break;
      case 'batch-unpaused':
        this.#moved(batch);
        break;
      case 'frame-done':
        if (watched && job) watched.newest = { job, frame: event.frame, record: event.record };
        this.#moved(batch);
        break;
      case 'job-finished':
        this.#moved(batch);
        if (job && event.status === 'failed') this.#failed(batch, job);
        break;
    }
  }

  /** A run is over. */
  ended(batch: ToldBatch, result: BatchResult): void {
    const newest = this.#newestOf(batch);
    this.#flush(batch);
    this.#forget(batch.id);
    this.#tell(doneWords(batch.name, result, batchHeadline(result)), newest);
    const { completed, totalJobs } = result;
    this.#night.set(batch.id, { batch: batch.name, completed, totalJobs });
  }

  /** Nothing more is to come. Of one batch that is no news. */
  nightOver(): void {
    const parts = [...this.#night.values()];
    this.#night.clear();
    if (parts.length > 1) this.#tell(nightWords(parts), null);
  }

  /** A run that had begun ended, and no shot is to blame. @param why in a sentence */
  brokeOff(batch: Pick<ToldBatch, 'id' | 'name'>, why: string): void {
    if (!this.#watched.has(batch.id)) return;
    this.#flush(batch);
    this.#forget(batch.id);
    this.#tell(heldWords(batch.name, 'broke off', why), null);
  }

  /** A batch of the night could not begin, or not go on, and the next one has its turn. @param why in a sentence */
  passedOver(batch: Pick<ToldBatch, 'id' | 'name'>, why: string): void {
    this.#flush(batch);
    this.#forget(batch.id);
    this.#tell(heldWords(batch.name, 'is passed over', why), null);
  }

  /** Resolves when all is delivered or given up, after so many ms at the latest. Nothing is sent any more then. */
  async close(ms: number): Promise<void> {
    for (const id of [...this.#watched.keys()]) this.#forget(id);
    const { clock } = this.options;
    let callOff = () => {};
    const limit = new Promise<void>((resolve) => {
      callOff = clock.after(ms, resolve);
    });
    const callOffHurry = clock.after(ms / 2, () => this.#hurry.abort());
    await Promise.race([Promise.all(this.#queues.values()), limit]);
    callOff();
    callOffHurry();
    this.#hurry.abort();
    this.#end.abort();
    await Promise.all(this.#queues.values());
  }

  #failed(batch: ToldBatch, job: BatchJob): void {
    const watched = this.#watched.get(batch.id);
    if (!watched) return;
    watched.failed.push(job);
    if (watched.gathering === null) this.#flush(batch);
  }

  /** Tells of the shots that have failed since the last time, and gathers again. */
  #flush(batch: Pick<ToldBatch, 'id' | 'name'>): void {
    const watched = this.#watched.get(batch.id);
    if (!watched) return;
    watched.gathering?.();
    watched.gathering = null;
    const failed = watched.failed.splice(0);
    if (failed.length === 0) return;
    watched.gathering = this.options.clock.after(GATHER_MS, () => this.#flush(batch));
    const [only] = failed;
    const shown = failed.length === 1 && only ? lastDoneOf(only) : null;
    this.#tell(failedWords(batch.name, failed), shown && this.#pictureOf(batch.id, shown));
  }

  /** Something was finished: it does not stand still. */
  #moved(batch: ToldBatch): void {
    const watched = this.#watched.get(batch.id);
    if (!watched) return;
    watched.callOffStall();
    const minutes = this.options.stalledMinutes();
    watched.callOffStall = this.options.clock.after(minutes * MINUTE, () =>
      this.#tell(stalledWords(batch.name, minutes, batch.progress()), this.#newestOf(batch)),
    );
  }

  #forget(batchId: string): void {
    const watched = this.#watched.get(batchId);
    watched?.callOffStall();
    watched?.gathering?.();
    this.#watched.delete(batchId);
  }

  #newestOf(batch: ToldBatch): PictureMaker | null {
    const newest = this.#watched.get(batch.id)?.newest;
    return newest ? this.#pictureOf(batch.id, newest) : null;
  }

  #pictureOf(batchId: string, shown: DoneFrame): PictureMaker {
    const { job, frame, record } = shown;
    return async () => {
      const picture = await this.options.pictureOf(batchId, job, frame, record).catch(() => null);
      return picture && smallJpeg(picture, `${job.name}_${String(frame).padStart(4, '0')}`);
    };
  }

  #tell(words: Omit<Message, 'picture'>, make: PictureMaker | null): void {
    const places = this.options.places().filter(({ events }) => events.includes(words.event));
    if (places.length === 0 || this.#end.signal.aborted) return;
    // Made once, and only where somebody sees it.
    const wantsPicture = places.some(takesPicture);
    const picture = wantsPicture && make ? this.#inTime(make()) : Promise.resolve(null);
    for (const place of places) {
      const key = JSON.stringify([place.service, place.fields]);
      const before = this.#queues.get(key) ?? Promise.resolve();
      const mine = before.then(async () => {
        const message = { ...words, picture: takesPicture(place) ? await picture : null };
        this.options.onTold(place, await tell(place, message, this.#means()));
      });
      this.#queues.set(key, mine);
      void mine.finally(() => {
        if (this.#queues.get(key) === mine) this.#queues.delete(key);
      });
    }
  }

  #means(): Means {
    const { clock, fetch } = this.options;
    return { clock, fetch, signal: this.#end.signal };
  }

  #inTime(picture: Promise<Picture | null>): Promise<Picture | null> {
    return new Promise((resolve) => {
      const late = () => resolve(null);
      const callOff = this.options.clock.after(PICTURE_MS, late);
      this.#hurry.signal.addEventListener('abort', late, { once: true });
      void picture.then((made) => {
        callOff();
        this.#hurry.signal.removeEventListener('abort', late);
        resolve(made);
      });
    });
  }
}

type PictureMaker = () => Promise<Picture | null>;
type DoneFrame = NonNullable<Watched['newest']>;

function lastDoneOf(job: BatchJob): DoneFrame | null {
  const last = framesIn(job, 'done').at(-1);
  return last ? { job, frame: last.frame, record: last.state.record } : null;
}

function takesPicture({ service, picture }: TellingPlace): boolean {
  return picture && SERVICES[service].pictureBytes !== null;
}

interface Means {
  readonly fetch: Fetch;
  readonly clock: Pick<WallClock, 'after'>;
  readonly signal: AbortSignal;
}

/** Answers of who does not want a picture, or none so large. */
const NO_PICTURE: readonly (number | null)[] = [400, 413, 415, 422];

/**
 * Tells one place; where it does not take the picture, without it. Never rejects.
 * @param pauses before further tries, ms; not given: those of a night
 */
export async function tell(
  place: TellingPlace,
  message: Message,
  means: Means,
  pauses?: readonly number[],
): Promise<Told> {
  const all = { ...means, secrets: secretsOf(place) };
  try {
    const told = await send(requestOf(place, message), all, pauses);
    if (told.ok || !message.picture || !NO_PICTURE.includes(told.status)) return told;
    return await send(requestOf(place, { ...message, picture: null }), all, pauses);
  } catch (error) {
    // Of another error only its name: its message may quote what was filled in.
    const why =
      error instanceof TellingRefused
        ? `${error.message} ${error.nextStep}`
        : `The message could not be made (${error instanceof Error ? error.name : typeof error}).`;
    return { ok: false, why, status: null, heals: false, waitMs: null };
  }
}
