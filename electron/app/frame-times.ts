import type { BatchEvent } from '../../shared/events.ts';

/** So many frames of a worker are traced. */
const TRACED = 40;

/** How long the newest frames of each worker took. */
export class FrameTimes {
  /** Who renders which frame: it is told as done when its worker may be at the next one. */
  readonly #workers = new Map<string, number>();
  readonly #times = new Map<number, readonly number[]>();

  /** Takes an event; true if a trace has changed by it. */
  heard(event: BatchEvent): boolean {
    switch (event.type) {
      case 'frame-started':
        this.#workers.set(keyOf(event), event.worker);
        return false;
      case 'frame-done':
        return this.#done(this.#taken(event), event.record.seconds);
      case 'frame-failed':
      case 'frame-released':
        this.#taken(event);
        return false;
      default:
        return false;
    }
  }

  /** Seconds of the newest frames of a worker, the oldest first. */
  of(worker: number): readonly number[] {
    return this.#times.get(worker) ?? [];
  }

  clear(): void {
    this.#workers.clear();
    this.#times.clear();
  }

  #taken(frame: FrameOf): number | undefined {
    const key = keyOf(frame);
    const worker = this.#workers.get(key);
    this.#workers.delete(key);
    return worker;
  }

  #done(worker: number | undefined, seconds: number): boolean {
    if (worker === undefined) return false;
    this.#times.set(worker, [...this.of(worker), seconds].slice(-TRACED));
    return true;
  }
}

interface FrameOf {
  readonly job: string;
  readonly frame: number;
}

function keyOf({ job, frame }: FrameOf): string {
  return `${job} ${frame}`;
}
