/** One list for all shots of the same frames: ten thousand shots would fill memory with their numbers. */
export class FrameLists {
  readonly #known = new Map<string, (readonly number[])[]>();

  /** The same numbers, in the list of whoever asked first. */
  shared(frames: readonly number[]): readonly number[] {
    const key = `${frames.length} ${frames[0]} ${frames.at(-1)}`;
    const alike = this.#known.get(key) ?? [];
    const same = alike.find((list) => list.every((frame, index) => frame === frames[index]));
    if (same) return same;
    // Looking through more would cost more than it saves.
    if (alike.length < MOST_ALIKE) this.#known.set(key, [...alike, frames]);
    return frames;
  }
}

const MOST_ALIKE = 8;
