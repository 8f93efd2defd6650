import type { ThumbnailSize } from '../../pictures/sizes.ts';
import type { ThumbnailCache } from './cache.ts';

/** A frame's file and how its thumbnail is called. */
export interface FrameFile {
  readonly batchId: string;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** From the checkpoint: says what is in the file. */
  readonly sha256: string;
  readonly size: ThumbnailSize;
}

interface Wish {
  readonly frame: FrameFile;
  readonly answer: (picture: Buffer | null) => void;
}

export interface DeskOptions {
  readonly cache: ThumbnailCache;
  readonly make: (frame: FrameFile) => Promise<Buffer | null>;
  /** Told before each picture, so that one that ends the process is known; `null`: it went well. */
  readonly onMaking?: (frame: FrameFile | null) => void;
  /** Waited for after each picture. */
  readonly rest?: () => Promise<void>;
}

/** More than a screen of rows holds: older wishes nobody looks at any more. */
export const MOST_WISHES = 80;

/**
 * Gives out thumbnails: those on disk at once, the others one at a time, the newest wish first. A wish that is
 * dropped, or whose picture can't be made, is answered with `null`.
 */
export class Desk {
  /** By name of the picture; the newest last. */
  readonly #wishes = new Map<string, Wish[]>();
  /** The one that is being made. */
  #making: string | null = null;

  constructor(private readonly options: DeskOptions) {}

  async get(frame: FrameFile): Promise<Buffer | null> {
    const known = await this.options.cache.get(keyOf(frame));
    if (known) return known;
    return new Promise((answer) => {
      const name = nameOf(frame);
      const same = this.#wishes.get(name) ?? [];
      this.#wishes.delete(name);
      this.#wishes.set(name, [...same, { frame, answer }]);
      if (this.#wishes.size > MOST_WISHES) this.#dropOldest();
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#making !== null) return;
    for (let next = this.#newest(); next; next = this.#newest()) {
      const [name, frame] = next;
      this.#making = name;
      this.options.onMaking?.(frame);
      const picture = await this.options.make(frame).catch(() => null);
      this.options.onMaking?.(null);
      if (picture) await this.options.cache.put(keyOf(frame), picture);
      this.#settle(name, picture);
      await this.options.rest?.();
    }
    this.#making = null;
  }

  #dropOldest(): void {
    for (const name of this.#wishes.keys()) {
      if (name === this.#making) continue;
      this.#settle(name, null);
      return;
    }
  }

  #newest(): [string, FrameFile] | null {
    const last = [...this.#wishes].at(-1);
    const wish = last?.[1][0];
    return last && wish ? [last[0], wish.frame] : null;
  }

  #settle(name: string, picture: Buffer | null): void {
    const wishes = this.#wishes.get(name) ?? [];
    this.#wishes.delete(name);
    for (const { answer } of wishes) answer(picture);
  }
}

/** Content and size decide the picture; the batch only where it is kept. */
function keyOf({ batchId, sha256, bytes, size }: FrameFile) {
  return { batchId, name: `${sha256}-${bytes}-${size}` };
}

export function nameOf({ batchId, sha256, bytes, size }: FrameFile): string {
  return `${batchId}/${sha256}-${bytes}-${size}`;
}
