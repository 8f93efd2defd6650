import type { ThumbnailSize } from '../../../shared/thumbnail.ts';
import type { PixelsAsked } from '../../pictures/pixels.ts';
import {
  type Answer,
  type FrameFile,
  type Order,
  pictureName,
  pixelsName,
  type Trial,
  type TrialsOf,
  trialName,
} from './messages.ts';

/** The process that makes the pictures, as far as it matters here. */
export interface MakerProcess {
  readonly post: (order: Order) => void;
  readonly end: () => void;
}

/** Starts one. `exited` is called once, however it ends. */
export type StartMaker = (hears: (answer: Answer) => void, exited: () => void) => MakerProcess;

/** Ended after so long without a wish: it would only hold memory. */
const IDLE_MS = 120_000;
/** A picture that takes longer hangs, as on a network folder that is gone. */
const HANGS_MS = 60_000;
/** A process that dies so often with no picture to blame can't be started here. */
const MOST_DEATHS = 3;

interface Wish {
  readonly order: Order;
  readonly answer: (picture: Uint8Array | null) => void;
}

/**
 * Asks the maker for pictures. It is started by the first wish, and again if it dies or hangs: the picture that it
 * was at is given up, the others wait for the next process.
 */
export class Maker {
  #process: MakerProcess | null = null;
  #ready = false;
  #next = 1;
  readonly #wishes = new Map<number, Wish>();
  /** Pictures that ended the process: not tried again before the next start. */
  readonly #deadly = new Set<string>();
  /** What it is at, by name, and when that counts as hanging. */
  readonly #making = new Map<string, NodeJS.Timeout>();
  #deaths = 0;
  #closed = false;
  #idle: NodeJS.Timeout | null = null;

  constructor(private readonly start: StartMaker) {}

  /** WebP; `null` where there is none. Never rejects. */
  async get(frame: FrameFile): Promise<Uint8Array | null> {
    if (this.#deadly.has(pictureName(frame))) return null;
    return this.#order((id) => ({ type: 'get', id, frame }));
  }

  /** Values as `packedPixels` packs them; `null`: no process can read them. Never rejects. */
  pixels(file: Pick<FrameFile, 'file' | 'bytes'>, asked: PixelsAsked): Promise<Uint8Array | null> {
    if (this.#deadly.has(pixelsName(file))) return Promise.resolve(null);
    return this.#order((id) => ({ type: 'pixels', id, file, asked }));
  }

  /** Keeps the picture of a trial. Resolves with it, made small; `null`: it can't be read. Never rejects. */
  keep(trial: Trial, file: string): Promise<Uint8Array | null> {
    return this.#order((id) => ({ type: 'keep', id, trial, file }));
  }

  /** The picture of a trial that was kept, as WebP; `null`: none was. Never rejects. */
  kept(trial: Trial, size: ThumbnailSize): Promise<Uint8Array | null> {
    return this.#order((id) => ({ type: 'kept', id, trial, size }));
  }

  /** Forgets what was tried of a shot. */
  async forgetTrials(of: TrialsOf): Promise<void> {
    await this.#order((id) => ({ type: 'forget-trials', id, of }));
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
    if (this.#closed || this.#deaths >= MOST_DEATHS) return Promise.resolve(null);
    const order = make(this.#next++);
    return new Promise((answer) => {
      this.#wishes.set(order.id, { order, answer });
      if (this.#ready) this.#process?.post(order);
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
      for (const { order } of this.#wishes.values()) this.#process?.post(order);
    } else if (answer.type === 'making') {
      this.#watch(answer.name);
    } else if (answer.type === 'made') {
      clearTimeout(this.#making.get(answer.name));
      this.#making.delete(answer.name);
    } else {
      this.#deaths = 0;
      this.#settle(answer.id, answer.picture);
    }
  }

  /** A picture that hangs would keep all others waiting. */
  #watch(name: string): void {
    const hangs = setTimeout(() => {
      const process = this.#process;
      this.#gone([name]);
      process?.end();
    }, HANGS_MS);
    hangs.unref();
    this.#making.set(name, hangs);
  }

  /** It ended by itself, or is given up: what it was at is to blame; the other wishes go to the next one. */
  #gone(toBlame: readonly string[] = [...this.#making.keys()]): void {
    if (toBlame.length === 0) this.#deaths += 1;
    for (const name of toBlame) this.#deadly.add(name);
    this.#forget();
    for (const [id, { order }] of this.#wishes) {
      const deadly = this.#deadly.has(nameOf(order));
      if (deadly || this.#deaths >= MOST_DEATHS) this.#settle(id, null);
    }
    if (this.#wishes.size > 0) this.#begin();
  }

  #settle(id: number, picture: Uint8Array | null): void {
    const wish = this.#wishes.get(id);
    this.#wishes.delete(id);
    wish?.answer(picture);
  }

  #forget(): void {
    for (const hangs of this.#making.values()) clearTimeout(hangs);
    this.#making.clear();
    this.#process = null;
    this.#ready = false;
  }

  #rest(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => (this.#wishes.size > 0 ? this.#rest() : this.#end()), IDLE_MS);
    this.#idle.unref();
  }

  #end(): void {
    if (this.#idle) clearTimeout(this.#idle);
    const process = this.#process;
    this.#forget();
    for (const id of [...this.#wishes.keys()]) this.#settle(id, null);
    process?.end();
  }
}

/** What the process says that it is at while it carries out an order. */
function nameOf(order: Order): string {
  switch (order.type) {
    case 'get':
      return pictureName(order.frame);
    case 'keep':
      return trialName(order.trial, 'row');
    case 'pixels':
      return pixelsName(order.file);
    default:
      return '';
  }
}
