/** Wakes everyone who waits for a change. */
export class Bell {
  #waiting: (() => void)[] = [];

  /** Resolves at the next ring, or at a time (ms since 1970) if that comes first. */
  wait(until: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = until === null ? null : setTimeout(resolve, Math.max(0, until - Date.now()));
      this.#waiting.push(() => {
        if (timer) clearTimeout(timer);
        resolve();
      });
    });
  }

  ring(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    for (const wake of woken) wake();
  }
}
