/** Wakes everyone who waits for a change. */
export class WakeSignal {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next wake-up, or at a time of `performance.now()` if that comes first: nobody can set that clock back. */
  wait(until: number | null): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer =
        until === null ? undefined : setTimeout(wake, Math.max(0, until - performance.now()));
      this.#waiting.add(wake);
    });
  }

  wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
