import type { FrameFile } from './desk.ts';
import { nameOf } from './desk.ts';
import type { Answer, Order } from './messages.ts';

/** The process that makes the pictures, as far as it matters here. */
export interface MakerProcess {
  readonly post: (order: Order) => void;
  readonly end: () => void;
}

/** Starts one. `exited` is called once, however it ends. */
export type StartMaker = (hears: (answer: Answer) => void, exited: () => void) => MakerProcess;

/** Ended after so long without a wish: it would only hold memory. */
const IDLE_MS = 120_000;

/** Asks the maker for pictures. It is started by the first wish, and again if it dies. */
export class Maker {
  #process: MakerProcess | null = null;
  #ready = false;
  #next = 1;
  readonly #waiting: Order[] = [];
  readonly #answers = new Map<number, (picture: Uint8Array | null) => void>();
  /** Pictures that ended the process: not tried again before the next start. */
  readonly #deadly = new Set<string>();
  #making: string | null = null;
  #closed = false;
  #idle: NodeJS.Timeout | null = null;

  constructor(private readonly start: StartMaker) {}

  /** WebP; `null` where there is none. Never rejects. */
  async get(frame: FrameFile): Promise<Uint8Array | null> {
    if (this.#deadly.has(nameOf(frame))) return null;
    return this.#order((id) => ({ type: 'get', id, frame }));
  }

  /** Forgets the pictures of a batch. */
  async clear(batchId: string): Promise<void> {
    await this.#order((id) => ({ type: 'clear', id, batchId }));
  }

  /** Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#end();
  }

  #order(make: (id: number) => Order): Promise<Uint8Array | null> {
    if (this.#closed) return Promise.resolve(null);
    const order = make(this.#next++);
    return new Promise((answer) => {
      this.#answers.set(order.id, answer);
      if (this.#ready) this.#process?.post(order);
      else this.#waiting.push(order);
      this.#begin();
      this.#rest();
    });
  }

  #begin(): void {
    if (this.#process) return;
    const mine: MakerProcess = this.start(
      (answer) => this.#process === mine && this.#hear(answer),
      () => this.#process === mine && this.#gone(),
    );
    this.#process = mine;
  }

  #hear(answer: Answer): void {
    if (answer.type === 'ready') {
      this.#ready = true;
      for (const order of this.#waiting.splice(0)) this.#process?.post(order);
    } else if (answer.type === 'making') {
      this.#making = answer.name;
    } else {
      this.#answers.get(answer.id)?.(answer.picture);
      this.#answers.delete(answer.id);
    }
  }

  #gone(): void {
    if (this.#making !== null) this.#deadly.add(this.#making);
    this.#making = null;
    this.#process = null;
    this.#ready = false;
    this.#waiting.length = 0;
    for (const answer of this.#answers.values()) answer(null);
    this.#answers.clear();
  }

  #rest(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => (this.#answers.size > 0 ? this.#rest() : this.#end()), IDLE_MS);
    this.#idle.unref();
  }

  #end(): void {
    if (this.#idle) clearTimeout(this.#idle);
    const process = this.#process;
    this.#making = null;
    this.#gone();
    process?.end();
  }
}
