import type { BatchOutcome } from '../../../shared/batch.ts';
import {
  COUNTDOWN_MS,
  type PowerAct,
  type PowerCountdown,
  powerActOf,
  type WhenDone,
} from '../../../shared/schedule.ts';
import type { WallClock } from '../../engine/index.ts';

/** What is needed of the rest of the app and of the computer. */
export interface AfterBatchHost {
  /** What the artist wants. */
  readonly whenDone: () => Promise<WhenDone>;
  /** Something renders on this computer, or is to start by itself. */
  readonly isNeeded: () => Promise<boolean>;
  readonly change: (act: PowerAct) => Promise<void>;
  /** To the window; `null`: it is over. */
  readonly tell: (countdown: PowerCountdown | null) => void;
  /** To whoever does not look at the window. */
  readonly announce: (countdown: PowerCountdown) => void;
  readonly failed: (error: unknown) => void;
}

/** Puts the computer to sleep or shuts it down after the night, unless somebody says no within a minute. */
export class AfterBatch {
  #callOff: (() => void) | null = null;

  constructor(
    private readonly host: AfterBatchHost,
    private readonly clock: WallClock,
  ) {}

  /**
   * The night is over; what the artist has stopped is not done. Resolves with whether the countdown has begun.
   * @param batchName its only batch; `null`: there were several
   * @param outcome of its last batch
   */
  async ended(batchName: string | null, outcome: BatchOutcome): Promise<boolean> {
    if (outcome === 'cancelled' || outcome === 'interrupted') return false;
    const act = powerActOf(await this.host.whenDone());
    if (act === null || (await this.host.isNeeded())) return false;
    this.stay();
    const at = this.clock.now() + COUNTDOWN_MS;
    const countdown = { act, batchName, at };
    this.#callOff = this.clock.after(COUNTDOWN_MS, () => void this.#act(act));
    this.host.tell(countdown);
    this.host.announce(countdown);
    return true;
  }

  /** The computer is about to go to sleep or to shut down. */
  get countsDown(): boolean {
    return this.#callOff !== null;
  }

  /** Not now: somebody is there, or something renders again. */
  stay(): void {
    if (this.#callOff === null) return;
    this.#callOff();
    this.#callOff = null;
    this.host.tell(null);
  }

  async #act(act: PowerAct): Promise<void> {
    this.#callOff = null;
    this.host.tell(null);
    try {
      if (!(await this.host.isNeeded())) await this.host.change(act);
    } catch (error) {
      this.host.failed(error);
    }
  }
}
