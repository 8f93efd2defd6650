import { agxCurve, INSET, OUTSET } from '../../shared/agx.ts';
import { halfValues, type PixelHead, type PixelValues } from '../../shared/picture.ts';

/** How values are made colours. */
export type ViewName = 'picture' | 'plain' | 'false';

/**
 * `picture`: colours of a screen as they are, scene-linear light by AgX's base look, which new scenes have, whatever the
 * scene says. `plain`: light as sRGB, without a film's curve. `false`: stops as colours.
 */
export const VIEWS: Readonly<Record<ViewName, string>> = {
  picture: 'Picture (light: AgX)',
  plain: 'Standard, no curve',
  false: 'False colour',
};

/** What a person has set. */
export interface Look {
  readonly view: ViewName;
  /** Stops: each doubles the light. */
  readonly exposure: number;
}

export const PLAIN_LOOK: Look = { view: 'picture', exposure: 0 };
export const MOST_STOPS = 10;

/** One colour of false colour, and the light from which on it stands; of data the share of its range. */
export interface Zone {
  /** Stops over a middle grey of 0.18. */
  readonly from: number;
  readonly colour: readonly [number, number, number];
  readonly words: string;
}

/** Middle grey is grey; shadows are cold, lights warm, and what a screen can't show is white or black. */
export const ZONES: readonly Zone[] = [
  { from: Number.NEGATIVE_INFINITY, colour: [18, 14, 30], words: 'below −8 stops' },
  { from: -8, colour: [76, 42, 140], words: '−8 to −5' },
  { from: -5, colour: [40, 84, 190], words: '−5 to −3' },
  { from: -3, colour: [34, 140, 170], words: '−3 to −1' },
  { from: -1, colour: [52, 130, 76], words: '−1 to −⅓' },
  { from: -1 / 3, colour: [128, 128, 128], words: 'middle grey' },
  { from: 1 / 3, colour: [150, 172, 64], words: '⅓ to 1' },
  { from: 1, colour: [228, 196, 60], words: '1 to 2½' },
  { from: 2.5, colour: [232, 134, 40], words: '2½ to 4' },
  { from: 4, colour: [214, 58, 44], words: '4 to 6½' },
  { from: 6.5, colour: [255, 240, 240], words: 'above 6½' },
];

/** Least and greatest of the values of data; `null`: it is colour. */
export type ValueRange = { readonly least: number; readonly most: number } | null;

/** The value of data from which on a zone is painted. @param exposure stops by which the picture is lightened */
export function zoneStart(
  { least, most }: NonNullable<ValueRange>,
  zone: number,
  exposure: number,
): number {
  return least + ((zone / ZONES.length) * (most - least)) / 2 ** exposure;
}

/** The range of the values of a layer of data, such as depth: what is endless, or stands for it, is left out. */
export function rangeOf(head: PixelHead, values: PixelValues): ValueRange {
  if (isColour(head)) return null;
  const at = reader(head, values);
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    if (index % 4 === 3) continue;
    const value = at(index);
    if (!(Math.abs(value) < ENDLESS)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most >= least ? { least, most } : { least: 0, most: 1 };
}

/** Blender writes 1e10 as the depth of what is nowhere; in half numbers that is 65504. */
const ENDLESS = 65_504;

/** Whether an answer is light, and not data. */
export function isColour({ layers, layer }: PixelHead): boolean {
  return layers.find(({ id }) => id === layer)?.colour ?? true;
}

/**
 * Values as 8-bit sRGB with straight alpha, for a canvas.
 * @param range of data, so that all parts of a picture are shown alike
 */
export function shownPixels(
  head: PixelHead,
  values: PixelValues,
  look: Look,
  range: ValueRange,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(values.length);
  if (range) showData(head, values, out, look, range);
  else if (head.kind === 'u8' || head.kind === 'u16') showScreenColours(head, values, out, look);
  else showLight(head, values, out, look);
  return out;
}

/** Colours that were made for a screen: each channel by a table, or false colours of the light that they show. */
function showScreenColours(
  { kind }: PixelHead,
  values: PixelValues,
  out: Uint8ClampedArray,
  { view, exposure }: Look,
): void {
  const whole = kind === 'u8' ? 255 : 65_535;
  const gain = 2 ** exposure;
  const light = Float32Array.from(
    { length: whole + 1 },
    (_, value) => gain * linear(value / whole),
  );
  const table = Uint8ClampedArray.from(light, (value) => 255 * encoded(value));
  for (let at = 0; at < values.length; at += 4) {
    const [r, g, b] = [values[at] as number, values[at + 1] as number, values[at + 2] as number];
    if (view === 'false') {
      paint(out, at, luminance(light[r] as number, light[g] as number, light[b] as number));
    } else {
      out[at] = table[r] as number;
      out[at + 1] = table[g] as number;
      out[at + 2] = table[b] as number;
    }
    out[at + 3] = (255 * (values[at + 3] as number)) / whole;
  }
}

/** Scene-linear light with its alpha multiplied in. */
function showLight(
  { kind }: PixelHead,
  values: PixelValues,
  out: Uint8ClampedArray,
  { view, exposure }: Look,
): void {
  const half = kind === 'f16' ? halfValues() : null;
  const gain = 2 ** exposure;
  const curve = view === 'plain' ? srgbTable() : agxTable();
  const [r0, r1, r2] = view === 'plain' ? UNMIXED : INSET;
  const [o0, o1, o2] = view === 'plain' ? UNMIXED : OUTSET;
  for (let at = 0; at < values.length; at += 4) {
    let alpha = values[at + 3] as number;
    if (half) alpha = half[alpha] as number;
    if (alpha > 1) alpha = 1;
    // What is no number shows nothing.
    if (!(alpha > 0)) continue;
    const scale = gain / alpha;
    let r = values[at] as number;
    let g = values[at + 1] as number;
    let b = values[at + 2] as number;
    if (half) {
      r = half[r] as number;
      g = half[g] as number;
      b = half[b] as number;
    }
    r = finite(r * scale);
    g = finite(g * scale);
    b = finite(b * scale);
    out[at + 3] = 255 * alpha;
    if (view === 'false') {
      paint(out, at, luminance(r, g, b));
      continue;
    }
    const x = through(curve, r0[0] * r + r0[1] * g + r0[2] * b);
    const y = through(curve, r1[0] * r + r1[1] * g + r1[2] * b);
    const z = through(curve, r2[0] * r + r2[1] * g + r2[2] * b);
    out[at] = 255 * (o0[0] * x + o0[1] * y + o0[2] * z);
    out[at + 1] = 255 * (o1[0] * x + o1[1] * y + o1[2] * z);
    out[at + 2] = 255 * (o2[0] * x + o2[1] * y + o2[2] * z);
  }
}

/** What is endless is very bright, what is no number is dark: neither spoils the colours beside it. */
function finite(light: number): number {
  if (light - light === 0) return light;
  return light > 0 ? 1e9 : 0;
}

/** Data from black to white over its range; one number as colours of its range, if that is wished. */
function showData(
  head: PixelHead,
  values: PixelValues,
  out: Uint8ClampedArray,
  { view, exposure }: Look,
  { least, most }: NonNullable<ValueRange>,
): void {
  const value = reader(head, values);
  const scale = 2 ** exposure / (most - least || 1);
  for (let at = 0; at < values.length; at += 4) {
    out[at + 3] = 255;
    const share = (value(at) - least) * scale;
    if (view === 'false') {
      const zone = ZONES[Math.min(ZONES.length - 1, Math.max(0, Math.floor(share * ZONES.length)))];
      out.set(zone?.colour ?? [0, 0, 0], at);
      continue;
    }
    out[at] = 255 * share;
    out[at + 1] = 255 * (value(at + 1) - least) * scale;
    out[at + 2] = 255 * (value(at + 2) - least) * scale;
  }
}

/** The numbers behind values, as they count. */
function reader({ kind }: PixelHead, values: PixelValues): (index: number) => number {
  const half = kind === 'f16' ? halfValues() : null;
  return half
    ? (index) => half[values[index] as number] as number
    : (index) => values[index] as number;
}

/** The four numbers of one pixel of an answer, as its file has them. */
export function pixelAt(
  head: PixelHead,
  values: PixelValues,
  column: number,
  row: number,
): readonly number[] {
  const value = reader(head, values);
  const at = 4 * (row * head.columns + column);
  return [0, 1, 2, 3].map((channel) => value(at + channel));
}

function paint(out: Uint8ClampedArray, at: number, light: number): void {
  const stops = Math.log2(light / 0.18);
  let index = 0;
  // What is black, or no number, stays in the first.
  while (index + 1 < ZONES.length && stops >= (ZONES[index + 1] as Zone).from) index += 1;
  const { colour } = ZONES[index] as Zone;
  out[at] = colour[0];
  out[at + 1] = colour[1];
  out[at + 2] = colour[2];
}

/** Of Rec. 709, which Blender works in. */
function luminance(r: number, g: number, b: number): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const UNMIXED = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const;

/** Source: IEC 61966-2-1. */
function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encoded(value: number): number {
  return value <= 0.0031308
    ? 12.92 * Math.max(0, value)
    : 1.055 * Math.min(1, value) ** (1 / 2.4) - 0.055;
}

/**
 * A curve by the upper half of the bits of a float: sign, exponent and seven bits of fraction, which is finer than a
 * screen shows, and a tenth of the time.
 */
function tableOf(curve: (light: number) => number): Float32Array {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  return Float32Array.from({ length: 32_768 }, (_, upper) => {
    // The middle of what falls into this place.
    bits[0] = (upper << 16) | 0x8000;
    const light = float[0] as number;
    return Number.isNaN(light) ? 0 : curve(light);
  });
}

const BITS = new Uint32Array(1);
const FLOAT = new Float32Array(BITS.buffer);

function through(table: Float32Array, light: number): number {
  // Negative light, and what is no number, is dark.
  if (!(light > 0)) return 0;
  FLOAT[0] = light;
  return table[(BITS[0] as number) >>> 16] as number;
}

let agxed: Float32Array | null = null;
let plain: Float32Array | null = null;

function agxTable(): Float32Array {
  agxed ??= tableOf(agxCurve);
  return agxed;
}

function srgbTable(): Float32Array {
  plain ??= tableOf(encoded);
  return plain;
}
