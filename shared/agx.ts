/**
 * AgX, Blender's own view since 4.0: an OpenEXR then looks like the PNG of the same scene. Exposure 0, base look.
 * Source: Troy Sobotka's AgX, its matrices for Rec. 709 from Benjamin Wrensch's "Minimal AgX Implementation".
 */

type Colour = readonly [number, number, number];
type Matrix = readonly [Colour, Colour, Colour];

/** One scene-linear colour, shown: 0 to 1, encoded for the screen. */
export function agx(red: number, green: number, blue: number): Colour {
  const [r, g, b] = mixed(INSET, [red, green, blue]);
  return clamped(mixed(OUTSET, [agxCurve(r), agxCurve(g), agxCurve(b)]));
}

/** What Blender 4.3.2 shows of greys of 2^-12 to 2^4, a stop apart: measured. */
const GREYS = [
  0, 0.001, 0.003, 0.01, 0.025, 0.058, 0.104, 0.169, 0.259, 0.384, 0.532, 0.665, 0.771, 0.852,
  0.914, 0.962, 1,
];

/** One channel between the two matrices. */
export function agxCurve(linear: number): number {
  const at = Math.min(16, Math.max(0, 12 + Math.log2(Math.max(linear, 2 ** -12))));
  const below = Math.floor(at);
  const from = GREYS[below] as number;
  return from + (at - below) * ((GREYS[below + 1] ?? from) - from);
}

/** Before the curve. */
export const INSET: Matrix = [
  [0.842479062253094, 0.0784335999999992, 0.0792237451477643],
  [0.0423282422610123, 0.878468636469772, 0.0791661274605434],
  [0.0423756549057051, 0.0784336, 0.879142973793104],
];
/** After the curve. */
export const OUTSET: Matrix = [
  [1.19687900512017, -0.0980208811401368, -0.0990297440797205],
  [-0.0528968517574562, 1.15190312990417, -0.0989611768448433],
  [-0.0529716355144438, -0.0980434501171241, 1.15107367264116],
];

function mixed(matrix: Matrix, [x, y, z]: Colour): Colour {
  const row = ([a, b, c]: Colour) => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function clamped([r, g, b]: Colour): Colour {
  const unit = (value: number) => Math.min(1, Math.max(0, value));
  return [unit(r), unit(g), unit(b)];
}
