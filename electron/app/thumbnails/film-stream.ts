import { open } from 'node:fs/promises';
import { filmEntry } from '../../../shared/picture.ts';
import type { FrameFile } from './messages.ts';

interface FilmFrame {
  readonly frame: number;
  /** `null`: it is not done. */
  readonly file: FrameFile | null;
}

interface FilmOptions {
  /** The files are small, and a browser reads them. */
  readonly asItIs: boolean;
  /** A small picture of any other; `null`: there is none. */
  readonly make: (file: FrameFile) => Promise<Uint8Array | null>;
}

/**
 * Files that are read, or pictures that are asked for, at once: a share that hangs must leave threads for the journal and
 * the proofs of what renders in this process.
 */
const AT_ONCE = 2;
/** A file larger than this is made small, whatever its pixels. */
const LIGHT_BYTES = 2 ** 20;

/** The pictures of some frames, one after the other as they are taken; nobody who has gone is worked for. */
export function filmStream(
  frames: readonly FilmFrame[],
  { asItIs, make }: FilmOptions,
): ReadableStream<Uint8Array> {
  const pictureOf = async ({ frame, file }: FilmFrame): Promise<Uint8Array> => {
    if (!file) return filmEntry(frame, null);
    const read = asItIs && file.bytes <= LIGHT_BYTES ? readWhole(file) : make(file);
    return filmEntry(frame, await read.catch(() => null));
  };
  const coming: Promise<Uint8Array>[] = [];
  let next = 0;
  return new ReadableStream({
    pull: async (control) => {
      for (; next < frames.length && coming.length < AT_ONCE; next += 1) {
        coming.push(pictureOf(frames[next] as FilmFrame));
      }
      const first = coming.shift();
      if (first) control.enqueue(await first);
      else control.close();
    },
  });
}

/** A file of another length is not the frame that the checkpoint knows. */
async function readWhole({ file, bytes }: FrameFile): Promise<Uint8Array | null> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    return size === bytes ? await handle.readFile() : null;
  } finally {
    await handle.close();
  }
}
