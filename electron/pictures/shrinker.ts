import { halfValues } from '../../shared/picture.ts';
import { type LinearPicture, WHITE } from './agx.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Place extends Size {
  readonly x: number;
  readonly y: number;
}

/** Averages a large picture into a small one, block by block, in scene-linear light. */
export class Shrinker {
  readonly #small: Size;
  readonly #sums: Float32Array;
  readonly #counts: Uint32Array;

  /**
   * @param large what comes
   * @param least what the result has to cover. It is twice that, so that a finer filter can do the rest.
   */
  constructor(
    private readonly large: Size,
    least: Size,
  ) {
    const scale = Math.max(least.width / large.width, least.height / large.height);
    const share = Math.min(1, 2 * scale);
    this.#small = {
      width: Math.max(1, Math.round(large.width * share)),
      height: Math.max(1, Math.round(large.height * share)),
    };
    this.#sums = new Float32Array(4 * this.#small.width * this.#small.height);
    this.#counts = new Uint32Array(this.#small.width * this.#small.height);
  }

  /** @param pixels four numbers each, half or float, the lowest line first */
  add(pixels: Uint16Array | Float32Array, { x, y, width, height }: Place): void {
    const { large } = this;
    const small = this.#small;
    const half = pixels instanceof Uint16Array ? halfLights() : null;
    for (let line = 0; line < height; line++) {
      const toY = Math.floor(((y + line) * small.height) / large.height);
      if (toY < 0 || toY >= small.height) continue;
      let from = 4 * (height - 1 - line) * width;
      for (let column = 0; column < width; column++, from += 4) {
        const toX = Math.floor(((x + column) * small.width) / large.width);
        if (toX < 0 || toX >= small.width) continue;
        const cell = toY * small.width + toX;
        for (let channel = 0; channel < 4; channel++) {
          const value = pixels[from + channel] as number;
          const sum = this.#sums[4 * cell + channel] as number;
          this.#sums[4 * cell + channel] = sum + (half ? (half[value] as number) : light(value));
        }
        this.#counts[cell] = (this.#counts[cell] as number) + 1;
      }
    }
  }

  /** What was never told is clear. */
  picture(): LinearPicture {
    const rgba = this.#sums.map((sum, index) => sum / Math.max(1, this.#counts[index >> 2] ?? 1));
    return { ...this.#small, rgba };
  }
}

/** Neither negative nor endless nor no number. */
function light(value: number): number {
  return value > 0 ? Math.min(value, WHITE) : 0;
}

let halves: Float32Array | null = null;

/** What each half number is worth as light. */
function halfLights(): Float32Array {
  halves ??= halfValues().map(light);
  return halves;
}
