import type { BatchSession } from './batch-session.ts';
import { Estimating } from './estimating.ts';
import { Preflight } from './preflight.ts';
import { Refusal } from './refusal.ts';

/** What is looked into while nothing renders: what would go wrong at night, and how long the night will take. */
export class Looks {
  readonly #preflight = new Preflight();
  readonly #estimating = new Estimating();

  /**
   * Looks into the shots of a folder that has something left to render, while nothing else needs the machine: textures,
   * cameras and disks change also after a first night.
   */
  into(session: BatchSession, rendering: BatchSession | null): void {
    void this.#estimating.stop();
    if (rendering || session.isElsewhere) return void this.#preflight.stop();
    const { batch, jobs, config, here } = session.processor;
    this.#preflight.start({ ...batch, jobs }, { config, here }, session);
  }

  /** Tries a few frames of a batch, to say how long it will take. Refused while something renders. */
  estimate(session: BatchSession, rendering: BatchSession | null): void {
    if (rendering) {
      throw new Refusal(
        `“${rendering.summary().name}” is rendering.`,
        'Wait until it is done: frames that are tried beside others look slow.',
      );
    }
    void this.#estimating.start(session, this.#preflight.done);
  }

  stopEstimate(): void {
    void this.#estimating.stop();
  }

  /** Resolves when their Blenders have gone. */
  async stop(): Promise<void> {
    await Promise.all([this.#preflight.stop(), this.#estimating.stop()]);
  }
}
