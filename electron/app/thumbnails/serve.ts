import { stat } from 'node:fs/promises';
import { makePicture } from '../../pictures/make-picture.ts';
import { ThumbnailCache } from './cache.ts';
import { Desk, type FrameFile, nameOf } from './desk.ts';
import type { Answer, Order } from './messages.ts';
import { Rest } from './rest.ts';

export interface ServeOptions {
  /** Where the thumbnails are kept, and bytes that they may take. */
  readonly folder: string;
  readonly limit: number;
  readonly answer: (answer: Answer) => void;
}

/** What the maker does with an order. Every order is answered. */
export function serve({ folder, limit, answer }: ServeOptions): (order: Order) => Promise<void> {
  const cache = new ThumbnailCache(folder, limit);
  const rest = new Rest();
  const desk = new Desk({
    cache,
    rest: () => rest.after(),
    make: (frame) => pictureOf(frame),
    onMaking: (frame) => answer({ type: 'making', name: frame && nameOf(frame) }),
  });
  return async (order) => {
    let picture: Uint8Array | null = null;
    try {
      if (order.type === 'get') picture = await desk.get(order.frame);
      else await cache.clear(order.batchId);
    } finally {
      answer({ type: 'done', id: order.id, picture });
    }
  };
}

/** A file of another length is not the frame that the checkpoint knows. */
async function pictureOf({ file, bytes, size }: FrameFile): Promise<Buffer | null> {
  const found = await stat(file);
  return found.size === bytes ? makePicture(file, size) : null;
}
