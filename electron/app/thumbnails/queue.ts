import { stat } from 'node:fs/promises';
import { packedPixels } from '../../../shared/picture.ts';
import { THUMBNAIL_SIZES } from '../../../shared/thumbnail.ts';
import { makePicture, makeSavedPicture } from '../../pictures/make-picture.ts';
import { PixelReader } from '../../pictures/pixels.ts';
import { ThumbnailCache } from './cache.ts';
import {
  type Answer,
  type FrameFile,
  type Order,
  pictureName,
  pixelsName,
  trialName,
  trialsName,
} from './messages.ts';
import { Rest } from './rest.ts';

interface Wish {
  readonly frame: FrameFile;
  readonly answer: (picture: Buffer | null) => void;
}

export interface QueueOptions {
  readonly cache: ThumbnailCache;
  readonly make: (frame: FrameFile) => Promise<Buffer | null>;
  /** Told before and after each picture, so that one that ends the process is known. */
  readonly tell?: (type: 'making' | 'made', frame: FrameFile) => void;
  /** Waited for after each picture. */
  readonly rest?: () => Promise<void>;
}

/** More than a screen of rows holds: older wishes nobody looks at any more. */
export const MOST_WISHES = 80;

/**
 * Gives out thumbnails: those on disk at once, the others one at a time, the newest wish first. A wish that is
 * dropped, or whose picture can't be made, is answered with `null`.
 */
export class ThumbnailQueue {
  /** By name of the picture; the newest last. */
  readonly #wishes = new Map<string, Wish[]>();
  /** The one that is being made. */
  #making: string | null = null;

  constructor(private readonly options: QueueOptions) {}

  async get(frame: FrameFile): Promise<Buffer | null> {
    const name = pictureName(frame);
    const known = await this.options.cache.get(name);
    if (known) return known;
    return new Promise((answer) => {
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
      this.options.tell?.('making', frame);
      const picture = await this.options.make(frame).catch(() => null);
      this.options.tell?.('made', frame);
      if (picture) await this.options.cache.put(name, picture);
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

export interface ServeOptions {
  /** Where the thumbnails are kept, and bytes that they may take. */
  readonly folder: string;
  readonly limit: number;
  /** Somebody waits for what it makes: it does not rest. */
  readonly inFront: boolean;
  readonly answer: (answer: Answer) => void;
}

/** What the maker does with an order. Every order is answered. */
export function serve(options: ServeOptions): (order: Order) => Promise<void> {
  const { folder, limit, inFront, answer } = options;
  const cache = new ThumbnailCache(folder, limit);
  const rest = new Rest();
  const queue = new ThumbnailQueue({
    cache,
    ...(inFront ? {} : { rest: () => rest.after() }),
    make: (frame) => pictureOf(frame),
    tell: (type, frame) => answer({ type, name: pictureName(frame) }),
  });
  const reader = new PixelReader();
  let reading: Promise<unknown> = Promise.resolve();
  /** One after the other: each may take a good part of the memory. */
  const pixelsOf = (order: Extract<Order, { type: 'pixels' }>) => {
    const { file, bytes } = order.file;
    const name = pixelsName(order.file);
    const read = reading.then(async () => {
      answer({ type: 'making', name });
      try {
        return packedPixels(await reader.read(file, bytes, order.asked));
      } finally {
        answer({ type: 'made', name });
      }
    });
    reading = read.catch(() => {});
    return read;
  };
  /** Resolves with the first of its sizes. */
  const keep = async ({ trial, file }: Extract<Order, { type: 'keep' }>) => {
    const name = trialName(trial, 'row');
    answer({ type: 'making', name });
    try {
      const made = await Promise.all(THUMBNAIL_SIZES.map((size) => makePicture(file, size)));
      await cache.drop(trialsName(trial));
      for (const [at, size] of THUMBNAIL_SIZES.entries()) {
        const picture = made[at];
        if (picture) await cache.put(trialName(trial, size), picture);
      }
      return made[0] ?? null;
    } finally {
      answer({ type: 'made', name });
    }
  };
  return async (order) => {
    let picture: Uint8Array | null = null;
    try {
      if (order.type === 'get') picture = await queue.get(order.frame);
      else if (order.type === 'pixels') picture = await pixelsOf(order);
      else if (order.type === 'keep') picture = await keep(order);
      else if (order.type === 'kept') picture = await cache.get(trialName(order.trial, order.size));
      else if (order.type === 'forget-trials') await cache.drop(trialsName(order.of));
      else await cache.clear(order.batchId);
    } catch {
      // What can't be read is no picture.
    } finally {
      answer({ type: 'done', id: order.id, picture });
    }
  };
}

/** A file of another length is not the frame that the checkpoint knows. */
async function pictureOf({ file, bytes, size, isBlend }: FrameFile): Promise<Buffer | null> {
  const found = await stat(file);
  if (found.size !== bytes) return null;
  return isBlend ? makeSavedPicture(file, size) : makePicture(file, size);
}
