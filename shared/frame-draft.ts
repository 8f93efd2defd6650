import { CHUNK_FRAMES, type FrameChunk } from './frame-chunk.ts';
import { FrameList } from './frame-list.ts';
import { countsOf, type FrameState } from './frame-state.ts';
import { chunkAtRest, chunkAtWork } from './packed-chunk.ts';

/** A chunk whose frames are being changed in place. */
interface OpenChunk {
  readonly states: FrameState[];
  /** Frames that are neither done nor failed. */
  left: number;
}

/**
 * Many changes of one list of frames in a row, as a journal has them, without a new list for each.
 * What has ended is packed meanwhile. `list` ends it.
 */
export class FrameDraft {
  readonly #chunks: FrameChunk[];
  readonly #open: (OpenChunk | undefined)[] = [];

  constructor(list: FrameList) {
    this.#chunks = [...list.chunks];
  }

  /** Changes the frame at an index that the list has. */
  change(index: number, after: (frame: FrameState) => FrameState): void {
    const place = Math.floor(index / CHUNK_FRAMES);
    const offset = index % CHUNK_FRAMES;
    this.#open[place] ??= opened(this.#chunks[place] as FrameChunk);
    const chunk = this.#open[place];
    const old = chunk.states[offset] as FrameState;
    const next = after(old);
    chunk.states[offset] = next;
    chunk.left += Number(isLeft(next)) - Number(isLeft(old));
    if (chunk.left > 0 || !isLeft(old)) return;
    this.#chunks[place] = chunkAtWork(chunk.states, countsOf(chunk.states));
    this.#open[place] = undefined;
  }

  /** The list as it has become. */
  list(): FrameList {
    const chunks = this.#chunks.map((chunk, place) => {
      const states = this.#open[place]?.states;
      return states ? chunkAtRest(states, countsOf(states)) : chunk;
    });
    return FrameList.joined(chunks);
  }
}

function opened(chunk: FrameChunk): OpenChunk {
  const { waiting, running } = chunk.counts;
  return { states: [...chunk.states()], left: waiting + running };
}

function isLeft({ status }: FrameState): boolean {
  return status === 'waiting' || status === 'running';
}
