import { DataUtils } from 'three';
import { ARRAYS, halfValues, type PixelKind, type Region } from '../../shared/picture.ts';

/** Pixels that come for a place of the picture. */
export interface PixelBlock extends Region {
  readonly pixels: Uint8Array | Uint16Array | Float32Array;
  /** Numbers a pixel: grey, grey with alpha, colours, colours with alpha. */
  readonly channels: number;
  readonly lowestFirst: boolean;
}

interface Grid {
  readonly region: Region;
  readonly columns: number;
  readonly rows: number;
  readonly kind: PixelKind;
}

/** What is opaque. */
const WHOLE = { u8: 255, u16: 65_535, f16: 0x3c00, f32: 1 } as const;

/**
 * The values of a region, four a pixel, put together from blocks. As they are where each pixel has its own place, else
 * averaged; of a float that is no number nothing is added.
 */
export class PixelGrid {
  readonly #exact: boolean;
  readonly #values: InstanceType<(typeof ARRAYS)[PixelKind]>;
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;

  constructor(private readonly grid: Grid) {
    const { region, columns, rows, kind } = grid;
    this.#exact = columns === region.width && rows === region.height;
    this.#values = new ARRAYS[kind](4 * columns * rows);
    this.#sums = new Float64Array(this.#exact ? 0 : 4 * columns * rows);
    this.#counts = new Uint32Array(this.#exact ? 0 : columns * rows);
  }

  add(block: PixelBlock): void {
    const { region, columns, rows } = this.grid;
    const left = Math.max(region.x, block.x);
    const right = Math.min(region.x + region.width, block.x + block.width);
    const top = Math.max(region.y, block.y);
    const bottom = Math.min(region.y + region.height, block.y + block.height);
    for (let y = top; y < bottom; y++) {
      const line = block.lowestFirst ? block.height - 1 - (y - block.y) : y - block.y;
      const from = (line * block.width + left - block.x) * block.channels;
      const row = Math.floor(((y - region.y) * rows) / region.height);
      if (this.#exact) this.#copy(block, from, row * columns + left - region.x, right - left);
      else this.#sum(block, from, row * columns, left, right);
    }
  }

  #copy(block: PixelBlock, from: number, cell: number, count: number): void {
    const { pixels, channels } = block;
    const values = this.#values;
    if (channels === 4) {
      values.set(pixels.subarray(from, from + 4 * count), 4 * cell);
      return;
    }
    const whole = WHOLE[this.grid.kind];
    const grey = channels < 3;
    for (let index = 0; index < count; index++) {
      const at = from + index * channels;
      const to = 4 * (cell + index);
      values[to] = pixels[at] as number;
      values[to + 1] = pixels[grey ? at : at + 1] as number;
      values[to + 2] = pixels[grey ? at : at + 2] as number;
      values[to + 3] = channels === 2 ? (pixels[at + 1] as number) : whole;
    }
  }

  #sum(block: PixelBlock, start: number, row: number, left: number, right: number): void {
    const { region, columns, kind } = this.grid;
    const { pixels, channels } = block;
    const half = kind === 'f16' ? halfValues() : null;
    const sums = this.#sums;
    const grey = channels < 3;
    let at = start;
    for (let x = left; x < right; x++, at += channels) {
      const cell = row + Math.floor(((x - region.x) * columns) / region.width);
      for (let channel = 0; channel < 4; channel++) {
        let value: number;
        if (channel < 3) value = pixels[grey ? at : at + channel] as number;
        else if (channels === 4) value = pixels[at + 3] as number;
        else value = channels === 2 ? (pixels[at + 1] as number) : WHOLE[kind];
        if (half) value = half[value] as number;
        if (value - value === 0)
          sums[4 * cell + channel] = (sums[4 * cell + channel] as number) + value;
      }
      this.#counts[cell] = (this.#counts[cell] as number) + 1;
    }
  }

  /** The values in the kind that was asked for. */
  values(): InstanceType<(typeof ARRAYS)[PixelKind]> {
    if (this.#exact) return this.#values;
    const { kind } = this.grid;
    for (let at = 0; at < this.#values.length; at++) {
      const mean = (this.#sums[at] as number) / Math.max(1, this.#counts[at >> 2] as number);
      if (kind === 'f32') this.#values[at] = mean;
      else this.#values[at] = kind === 'f16' ? DataUtils.toHalfFloat(mean) : Math.round(mean);
    }
    return this.#values;
  }
}
