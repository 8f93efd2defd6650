/** Lets one piece of work begin when the one before has ended, however that ended. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects with what comes of the work. */
  take<T>(work: () => T | Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when nobody has a turn or waits for one. */
  async settled(): Promise<void> {
    for (let seen: unknown = null; seen !== this.#last; ) {
      seen = this.#last;
      await this.#last;
    }
  }
}
