import { FORMATS, type OutputFormat } from './formats.ts';

/** What the window asks of the pictures of frames: many small ones as a film, and the values of one. */

/** Under what is see-through: as dark as a middle grey, so that neither black nor white gets lost. */
export const GROUND = '#5f6368';

/** Below the window's own origin. */
export const FILM_PATH = '/film/';
export const PIXELS_PATH = '/pixels/';

/** A frame to be played. */
export interface FilmWish {
  readonly batchId: string;
  readonly jobId: string;
  readonly frame: number;
}

/** @param version changes when the frame is rendered again */
export function filmUrl({ batchId, jobId, frame }: FilmWish, version: number): string {
  return `${FILM_PATH}${batchId}/${jobId}/${frame}?v=${version}`;
}

/** Pixels, no dearer to read than to play: the file of a frame plays as it is, if a browser reads its format. */
const LIGHT_PIXELS = 960 * 540;

/** Whether the frames of a shot are small and simple enough to be loaded before anybody asks for the film. */
export function playsAsItIs(
  format: OutputFormat | null,
  width: number | null,
  height: number | null,
): boolean {
  return (
    format !== null &&
    FORMATS[format].inBrowsers &&
    (width ?? Number.POSITIVE_INFINITY) * (height ?? 1) <= LIGHT_PIXELS
  );
}

/** A box of pixels, from the upper left corner. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which values of a frame. */
export interface PixelWish {
  readonly batchId: string;
  readonly jobId: string;
  readonly frame: number;
  /** When a newer picture replaced this one, ms since 1970; `null`: the one that counts. */
  readonly replacedAt: number | null;
  /** Id of a `PictureLayer`; empty: the picture. */
  readonly layer: string;
  /** `null`: all of it. What lies outside of the picture is left out. */
  readonly region: Region | null;
  /** Values come averaged, so many columns and rows at most. */
  readonly columns: number;
  readonly rows: number;
}

/** Columns or rows of one answer. */
export const MOST_PIXELS = 4096;

/** @param version changes whenever the frame is rendered anew */
export function pixelsUrl(wish: PixelWish, version: number): string {
  const { batchId, jobId, frame, replacedAt, layer, region, columns, rows } = wish;
  const query = new URLSearchParams({
    layer,
    columns: String(columns),
    rows: String(rows),
    v: String(version),
  });
  if (region)
    query.set('region', [region.x, region.y, region.width, region.height].map(String).join(','));
  if (replacedAt !== null) query.set('replaced', String(replacedAt));
  return `${PIXELS_PATH}${batchId}/${jobId}/${frame}?${query}`;
}

/** How a value is kept: whole numbers as they stand in the file, or scene-linear numbers. */
export type PixelKind = 'u8' | 'u16' | 'f16' | 'f32';

/** A layer or pass of a file. */
export interface PictureLayer {
  readonly id: string;
  /** `ViewLayer · Combined`. */
  readonly name: string;
  /** Its channels as the file calls them, such as R, G, B, A or Z; four at most. */
  readonly channels: readonly string[];
  /** Whether it is light, and not data such as depth or normals. */
  readonly colour: boolean;
}

/** What stands before the values of an answer. */
export interface PixelHead {
  /** Of the whole picture. */
  readonly width: number;
  readonly height: number;
  readonly kind: PixelKind;
  readonly region: Region;
  readonly columns: number;
  readonly rows: number;
  /** All that the file has; a file without layers has one. */
  readonly layers: readonly PictureLayer[];
  /** Id of the one that this is. */
  readonly layer: string;
}

export type PixelAnswer =
  | { readonly head: PixelHead; readonly values: PixelValues }
  /** Why there are none. */
  | { readonly fault: string; readonly layers: readonly PictureLayer[] };

/**
 * Four values a pixel: red, green, blue, alpha, from the upper left. Colour of `f16` and `f32` has its alpha multiplied
 * in, as OpenEXR has it; that of `u8` and `u16` has not.
 */
export type PixelValues = Uint8Array | Uint16Array | Float32Array;

/** A message of it: the length of its head as JSON, the head, its values from the next multiple of four. */
export function packedPixels(answer: PixelAnswer): Uint8Array<ArrayBuffer> {
  const { values, ...head } = 'values' in answer ? answer : { ...answer, values: new Uint8Array() };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const start = 4 * Math.ceil((4 + text.length) / 4);
  const packed = new Uint8Array(start + values.byteLength);
  new DataView(packed.buffer).setUint32(0, text.length, true);
  packed.set(text, 4);
  packed.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
  return packed;
}

export function unpackedPixels(packed: ArrayBuffer): PixelAnswer {
  const length = new DataView(packed).getUint32(0, true);
  const answer = JSON.parse(new TextDecoder().decode(new Uint8Array(packed, 4, length)));
  if (answer.fault !== undefined) return answer;
  const start = 4 * Math.ceil((4 + length) / 4);
  return { head: answer.head, values: new ARRAYS[answer.head.kind as PixelKind](packed, start) };
}

/** What holds values of a kind. */
export const ARRAYS = {
  u8: Uint8Array,
  u16: Uint16Array,
  f16: Uint16Array,
  f32: Float32Array,
} as const;

/** A half number. Source: IEEE 754-2008, binary16. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halves: Float32Array | null = null;

/** What each half number is worth, by its bits. */
export function halfValues(): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfValue(bits));
  return halves;
}
