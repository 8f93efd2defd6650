import { z } from 'zod';
import { clockText } from '../../../shared/schedule.ts';
import {
  canAsk,
  INSTALLED_BY,
  type Packaging,
  type Update,
  type UpdateAct,
  type UpdateState,
  type UpdateView,
  updateActs,
} from '../../../shared/update.ts';
import type { WallClock } from '../../engine/index.ts';
import { Refusal } from '../refusal.ts';
import { type UpdateFailure, updateFailure } from './failure.ts';
import { installCommand } from './packaging.ts';

/** Where newer versions come from. */
export interface UpdateSource {
  /** Asks once. `null`: none is newer. */
  readonly newest: () => Promise<Update | null>;
  /** Fetches it and checks it. Resolves with its file, absolute. @param tell how many bytes are there, of how many */
  readonly fetch: (
    tell: (received: number, total: number) => void,
    stopped: AbortSignal,
  ) => Promise<string>;
  /** Puts in place what was fetched. Nothing else of the app is up any more. @param restart starts it then */
  readonly install: (restart: boolean) => Promise<void>;
}

export interface UpdatesHost {
  readonly current: string;
  readonly packaging: Packaging;
  readonly from: string | null;
  /** Made when it is needed first. */
  readonly source: () => Promise<UpdateSource>;
  /** Why nothing may be installed now, as a sentence. */
  readonly holds: () => Promise<string | null>;
  /** The version that was about to be installed when it was closed the last time. */
  readonly expected: {
    readonly read: () => Promise<string | null>;
    readonly write: (version: string | null) => Promise<void>;
  };
  readonly tell: (view: UpdateView) => void;
  /** A sentence that has no better place. */
  readonly say: (sentence: string) => void;
  /** Closes Nightshift as the artist does. */
  readonly quit: () => void;
}

const DAY_MS = 24 * 3_600_000;
/** A host that takes longer does not answer. */
const ANSWER_MS = 30_000;

/** Looks for newer versions, fetches them and lets them in when Nightshift is closed: never in a night. */
export class Updates {
  #state: UpdateState = { step: 'unasked' };
  #holds: string | null = null;
  #stop: AbortController | null = null;
  #restart = false;
  #looks = false;
  #callOff: () => void = () => {};

  constructor(
    private readonly host: UpdatesHost,
    private readonly clock: WallClock,
  ) {}

  /** Says what became of an update that was to be installed at the last end. Never rejects. */
  async begin(): Promise<void> {
    const { current, expected, say } = this.host;
    try {
      const version = await expected.read();
      if (version === null) return;
      await expected.write(null);
      if (version === current) return say(`This is Nightshift ${version} now.`);
      const message = `Nightshift ${version} was to be installed when it was closed, and was not: this is ${current} still.`;
      const nextStep = 'Check for updates again, or install the newer package by hand.';
      this.#become({ step: 'failed', update: null, message, nextStep });
      say(`${message} ${nextStep}`);
    } catch (error) {
      console.error(error);
    }
  }

  async view(): Promise<UpdateView> {
    this.#holds = await this.host.holds();
    return this.#view();
  }

  /** Asks now. Never rejects for what goes wrong there: the state says it. */
  async check(): Promise<void> {
    this.#need('check', 'There is nothing to ask for now.');
    this.#become({ step: 'asking' });
    await this.#unlessFailed(null, async () => {
      const update = await within(ANSWER_MS, (await this.host.source()).newest(), this.clock);
      this.#become(
        update === null ? { step: 'none', at: this.clock.now() } : { step: 'found', update },
      );
    });
  }

  /** Fetches what was found. Resolves when it is there, was stopped or failed. */
  async download(): Promise<void> {
    this.#need('download', 'There is nothing to download now.');
    const { step } = this.#state;
    let update = 'update' in this.#state ? this.#state.update : null;
    if (update === null) return;
    const wished = update;
    const stop = new AbortController();
    this.#stop = stop;
    const tell = (received: number, total: number) =>
      this.#become({ step: 'fetching', update: update ?? wished, received, total });
    tell(0, 0);
    await this.#unlessFailed(update, async () => {
      const source = await this.host.source();
      // What was announced then may have been put right since.
      if (step === 'failed') update = await within(ANSWER_MS, source.newest(), this.clock);
      if (update === null) return this.#become({ step: 'none', at: this.clock.now() });
      const file = await source.fetch(tell, stop.signal);
      const command = installCommand(this.host.packaging, file);
      this.#holds = await this.host.holds();
      this.#become({ step: 'ready', update, command });
    });
    // What fails after it was not stopped.
    this.#stop = null;
    if (stop.signal.aborted) this.#become({ step: 'found', update: update ?? wished });
  }

  /** What was fetched so far is thrown away. */
  stop(): void {
    this.#stop?.abort();
  }

  /** Closes Nightshift, installs and starts it again. @throws {Refusal} while that would end or miss a night */
  async restart(): Promise<void> {
    this.#holds = await this.host.holds();
    if (this.#holds !== null) {
      this.#tell();
      throw new Refusal(this.#holds, 'It is installed when Nightshift is closed.');
    }
    this.#need('restart', 'There is nothing to install now.');
    this.#restart = true;
    this.host.quit();
  }

  /** The artist has closed Nightshift, and all else is put away: what is ready goes in. */
  async leave(): Promise<void> {
    const { packaging, holds, expected, source } = this.host;
    if (this.#state.step !== 'ready' || INSTALLED_BY[packaging] !== 'closing') return;
    if ((await holds()) !== null) return;
    await expected.write(this.#state.update.version);
    await (await source()).install(this.#restart);
  }

  /** Something of the night has begun or ended: what is said about it may not be true any more. */
  async nightMoved(): Promise<void> {
    if (this.#state.step !== 'ready') return;
    const holds = await this.host.holds();
    if (holds === this.#holds) return;
    this.#holds = holds;
    this.#tell();
  }

  /** Whether it looks by itself: at once, at each start, and each day that it stays open. */
  lookByItself(on: boolean): void {
    const looks = on && canAsk(this.host);
    if (looks === this.#looks) return;
    this.#looks = looks;
    this.#callOff();
    if (looks) void this.#look();
  }

  /** Nothing more is asked or fetched. */
  close(): void {
    this.lookByItself(false);
    this.stop();
  }

  async #look(): Promise<void> {
    this.#callOff = this.clock.after(DAY_MS, () => void this.#look());
    // What was found is not asked for again, nor what the artist is about to fetch.
    if (['unasked', 'none', 'failed'].includes(this.#state.step)) await this.check();
  }

  #need(act: UpdateAct, otherwise: string): void {
    if (!updateActs(this.#view()).includes(act)) throw new Refusal(otherwise);
  }

  async #unlessFailed(update: Update | null, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#stop?.signal.aborted) return;
      console.error(error);
      const failure: UpdateFailure = updateFailure(error, this.host.from ?? '');
      this.#become({ step: 'failed', update, ...failure });
    }
  }

  #become(state: UpdateState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    this.host.tell(this.#view());
  }

  #view(): UpdateView {
    const { current, packaging, from } = this.host;
    return { current, packaging, from, state: this.#state, holds: this.#holds };
  }
}

/** Letters of what is new, at most. */
const NOTES = 20_000;
const announced = z.object({ version: z.string().max(40), releaseNotes: z.unknown().optional() });

/** What a list says of its newest version. @throws {z.ZodError} when it is not such a list */
export function updateOf(info: unknown): Update {
  const { version, releaseNotes } = announced.parse(info);
  const notes = typeof releaseNotes === 'string' ? releaseNotes.trim().slice(0, NOTES) : '';
  return { version, notes };
}

function within<T>(ms: number, work: Promise<T>, clock: WallClock): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(ms, () => reject(new Error('The request timed out.')));
    work.then(resolve, reject).finally(callOff);
  });
}

/** What there is of a night. */
interface Night {
  /** What renders or, with a time, is to render. */
  readonly busy: { readonly name: string; readonly startAt: number | null } | null;
  /** This computer is about to go to sleep or to shut down. */
  readonly countsDown: boolean;
  /** Something renders on this computer, if only from a terminal. */
  readonly renders: boolean;
}

/** Why nothing is installed now; `null`: nothing is in its way. */
export function holdText({ busy, countsDown, renders }: Night): string | null {
  if (busy !== null && busy.startAt === null) {
    return `“${busy.name}” is rendering: the update waits until its night is over.`;
  }
  if (busy !== null) {
    return `“${busy.name}” starts at ${clockText(busy.startAt ?? 0)}: the update waits until its night is over.`;
  }
  if (countsDown) return 'This computer is about to go to sleep or to shut down: the update waits.';
  return renders
    ? 'Nightshift renders from a terminal on this computer: the update waits until that is done.'
    : null;
}
