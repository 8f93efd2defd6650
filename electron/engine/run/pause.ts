import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { PauseReason } from '../../../shared/night.ts';
import { awakeMs } from '../../blender/clock.ts';
import type { BatchStore } from '../batch-store.ts';
import { freeBytes, roomForFrame } from '../lib/disk-room.ts';
import type { WakeSignal } from '../lib/wake-signal.ts';

const ROOM_CHECK_MS = 500;
/** What pauses again so soon after there was room has a quota, or another disk than the one looked at. */
const SOON_MS = 60_000;

/** Why no new frames are started. */
export interface PauseState {
  readonly reason: PauseReason;
  readonly message: string;
}

/** The pauses of one run: why it stands still, when it goes on, and its time without them. */
export class Pause {
  readonly #store: BatchStore;
  readonly #changed: WakeSignal;
  #state: PauseState | null = null;
  #since = 0;
  #totalMs = 0;
  #roomCheck: NodeJS.Timeout | undefined;
  /** How long a pause for room lasts at least: longer each time that the room was none. */
  #leastMs = 0;
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor(store: BatchStore, changed: WakeSignal) {
    this.#store = store;
    this.#changed = changed;
  }

  /** `null`: not paused. */
  get state(): PauseState | null {
    return this.#state;
  }

  /** Starts no new frames. What the artist asks for also holds when there is room on the disk again. */
  begin(reason: PauseReason, message: string): void {
    if (this.#state && (reason !== 'asked' || this.#state.reason === 'asked')) return;
    if (!this.#state) this.#since = awakeMs();
    this.#state = { reason, message };
    this.#store.record({ type: 'batch-paused', at: Date.now(), reason, message });
  }

  /** Goes on. Nothing if it is not paused. */
  end(): void {
    if (!this.#state) return;
    this.#state = null;
    this.#totalMs += awakeMs() - this.#since;
    this.close();
    this.#store.record({ type: 'batch-unpaused', at: Date.now() });
    this.#changed.wakeAll();
  }

  /** Pauses until a folder's disk has so many bytes free, then goes on by itself. */
  forRoom(message: string, directory: string, bytes: number): void {
    this.begin('disk-full', message);
    if (this.#roomCheck) return;
    const since = awakeMs();
    const isSoon = since - this.#endedAt < SOON_MS;
    this.#leastMs = isSoon ? Math.min(2 * (this.#leastMs + ROOM_CHECK_MS), SOON_MS) : 0;
    this.#roomCheck = setInterval(() => {
      if (awakeMs() - since < this.#leastMs) return;
      void freeBytes(directory).then((free) => {
        if (free !== null && free >= bytes && this.#state?.reason === 'disk-full') this.#goOn();
      });
    }, ROOM_CHECK_MS);
  }

  /** Pauses until there is room for a frame of this job. */
  forJob(job: BatchJob, failure: Failure): void {
    const { directory, width, height } = job.plan ?? {
      directory: job.outputPath,
      width: 1920,
      height: 1080,
    };
    const bytes = roomForFrame({ width, height });
    this.forRoom(`${failure.message} ${failure.nextStep}`, directory, bytes);
  }

  /** Milliseconds that go on while it is not paused and the machine is awake; only differences mean anything. */
  clock(): number {
    return (this.#state ? this.#since : awakeMs()) - this.#totalMs;
  }

  /** Stops the timer. */
  close(): void {
    clearInterval(this.#roomCheck);
    this.#roomCheck = undefined;
  }

  #goOn(): void {
    this.#endedAt = awakeMs();
    this.end();
  }
}
