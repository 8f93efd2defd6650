import { agx } from '../../shared/agx.ts';

/** A grid of pixels, four numbers each: red, green, blue (scene-linear, alpha multiplied in), alpha. */
export interface LinearPicture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Float32Array;
}

/**
 * Above it AgX shows nothing but white. Clamped before pixels are averaged, so that one firefly does
 * not outshine its neighbours.
 */
export const WHITE = 16;

/** Scene-linear light as 8-bit sRGB with straight alpha, by AgX. */
export function toneMapped({ width, height, rgba }: LinearPicture): Buffer {
  const out = Buffer.alloc(width * height * 4);
  for (let at = 0; at < out.length; at += 4) {
    const alpha = Math.min(1, rgba[at + 3] as number);
    if (!(alpha > 0)) continue;
    const shown = agx(
      (rgba[at] as number) / alpha,
      (rgba[at + 1] as number) / alpha,
      (rgba[at + 2] as number) / alpha,
    );
    for (let channel = 0; channel < 3; channel++) {
      out[at + channel] = Math.round(255 * (shown[channel] as number));
    }
    out[at + 3] = Math.round(255 * alpha);
  }
  return out;
}
