interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects what is added while a commit is under way and commits it together, in order of the
 * calls. `commit` answers, for each item, null or the error of that item alone; if it throws, all
 * of its items are rejected.
 */
export class GroupCommit<T> {
  readonly #commit: (items: readonly T[]) => Promise<readonly (Error | null)[]>;
  #queue: Waiting<T>[] = [];
  #draining: Promise<void> | null = null;

  constructor(commit: (items: readonly T[]) => Promise<readonly (Error | null)[]>) {
    this.#commit = commit;
  }

  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when everything added so far has been answered. */
  async settled(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
  }

  async #drain(): Promise<void> {
    // The calls of the same tick belong together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const taken = this.#queue;
      this.#queue = [];
      try {
        const errors = await this.#commit(taken.map((waiting) => waiting.item));
        for (const [index, waiting] of taken.entries()) {
          const error = errors[index];
          if (error) waiting.reject(error);
          else waiting.resolve();
        }
      } catch (error) {
        for (const waiting of taken) waiting.reject(error);
      }
    }
    this.#draining = null;
  }
}
