import type { WallClock } from '../../electron/engine/index.ts';

/** A clock whose time passes only when a test says so. */
export class ManualClock implements WallClock {
  #now: number;
  /** Time awake: what timers go by. */
  #awake = 0;
  #timers: { readonly due: number; readonly run: () => void }[] = [];

  /** @param start local time, such as `2026-11-26T18:00` */
  constructor(start: string) {
    this.#now = new Date(start).getTime();
  }

  readonly now = (): number => this.#now;

  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { due: this.#awake + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  };

  /** How many timers are waiting. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** So much time passes while the machine is awake: what comes due runs in its turn. */
  pass(ms: number): void {
    const end = this.#awake + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (!next) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#forward(next.due - this.#awake);
      next.run();
    }
    this.#forward(end - this.#awake);
  }

  /** The clock shows another time and no timer has moved: a sleep, or somebody has set it. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Awake until the clock shows this local time. */
  passTo(time: string): void {
    this.pass(new Date(time).getTime() - this.#now);
  }

  #forward(ms: number): void {
    this.#awake += ms;
    this.#now += ms;
  }
}
