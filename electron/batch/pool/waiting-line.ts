import TinyQueue from 'tinyqueue';
import type { Expected } from './expected-work.ts';

/** A job that nobody has started, and what decides its turn. */
export interface Waiter {
  readonly id: string;
  readonly priority: number;
  readonly expected: Expected;
  /** The batch's own order: decides where all else is the same. */
  readonly place: number;
}

/** Jobs that nobody has started; who comes first is known at once, whatever their number. */
export class WaitingLine {
  readonly #waiters = new Map<string, Waiter>();
  /** May hold what was put anew or has left since: it is passed over when it comes up. */
  #heap = new TinyQueue<Waiter>([], byTurn);

  get size(): number {
    return this.#waiters.size;
  }

  get(id: string): Waiter | undefined {
    return this.#waiters.get(id);
  }

  /** Adds a job, or gives it another turn. */
  put(waiter: Waiter): void {
    this.#waiters.set(waiter.id, waiter);
    if (this.#heap.length > 4 * this.#waiters.size + 64) {
      this.#heap = new TinyQueue([...this.#waiters.values()], byTurn);
    } else {
      this.#heap.push(waiter);
    }
  }

  remove(id: string): void {
    this.#waiters.delete(id);
  }

  get first(): Waiter | null {
    for (let waiter = this.#heap.peek(); waiter; waiter = this.#heap.peek()) {
      if (this.#waiters.get(waiter.id) === waiter) return waiter;
      this.#heap.pop();
    }
    return null;
  }
}

/**
 * Who goes first is negative. Higher priority first. Within one priority: shots that were begun, since Resume goes
 * on where it stopped; then those that nothing is known of, as they stand in the folder, since the longest of the
 * night may be among them; then what is known from their like. What is known goes longest first, so that the
 * night ends on short shots.
 */
export function byTurn(a: Waiter, b: Waiter): number {
  return (
    b.priority - a.priority ||
    RANKS[a.expected.kind] - RANKS[b.expected.kind] ||
    b.expected.seconds - a.expected.seconds ||
    a.place - b.place
  );
}

const RANKS: Readonly<Record<Expected['kind'], number>> = { begun: 0, unknown: 1, alike: 2 };
