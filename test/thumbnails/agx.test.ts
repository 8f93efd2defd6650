import { describe, expect, it } from 'vitest';
import { toneMapped, WHITE } from '../../electron/pictures/agx.ts';
import { Shrinker } from '../../electron/pictures/shrinker.ts';
import { agx } from '../../shared/agx.ts';

const bytes = (red: number, green: number, blue: number) =>
  agx(red, green, blue).map((value) => Math.round(255 * value));

describe('AgX', () => {
  it('shows greys as Blender 4.3.2 does', () => {
    // Scene-linear grey, and the byte that Blender's own view transform makes of it.
    const measured = [
      [0, 0],
      [2 ** -6, 27],
      [2 ** -2.67, 110],
      [1, 197],
      [16, 255],
      [1000, 255],
    ];
    for (const [grey = 0, shown = 0] of measured) {
      for (const value of bytes(grey, grey, grey)) expect(Math.abs(value - shown)).toBeLessThan(3);
    }
  });

  it('keeps hues apart, and lets bright ones go to white', () => {
    const [red = 0, green = 0, blue = 0] = bytes(1, 0.1, 0.02);
    expect(red).toBeGreaterThan(200);
    expect(red).toBeGreaterThan(green);
    expect(green).toBeGreaterThan(blue);
    expect(Math.min(...bytes(64, 6.4, 1.28))).toBeGreaterThan(150);
  });
});

describe('a tone-mapped picture', () => {
  it('has straight alpha, and nothing where it is clear', () => {
    const rgba = Float32Array.of(0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0);
    const [red, green, blue, alpha, ...clear] = toneMapped({ width: 2, height: 1, rgba });
    expect([red, green, blue]).toEqual(bytes(1, 1, 1));
    expect(alpha).toBe(128);
    expect(clear).toEqual([0, 0, 0, 0]);
  });
});

describe('a picture that is made smaller', () => {
  it('is averaged in scene-linear light, the first line of the file on top', () => {
    const shrinker = new Shrinker({ width: 4, height: 4 }, { width: 1, height: 1 });
    // As blocks come: the lowest line first.
    const line = (value: number) =>
      Array.from({ length: 4 }, () => [value, value, value, 1]).flat();
    const upper = Float32Array.from([...line(3), ...line(1)]);
    shrinker.add(upper, { x: 0, y: 0, width: 4, height: 2 });
    shrinker.add(new Float32Array(32), { x: 0, y: 2, width: 4, height: 2 });
    const { width, height, rgba } = shrinker.picture();
    expect([width, height]).toEqual([2, 2]);
    expect([...rgba.subarray(0, 4)]).toEqual([2, 2, 2, 1]);
    expect([...rgba.subarray(8, 12)]).toEqual([0, 0, 0, 0]);
  });

  it('is not spoiled by one firefly, a negative light or what is no number', () => {
    const shrinker = new Shrinker({ width: 4, height: 4 }, { width: 1, height: 1 });
    const pixels = [1e30, -5, Number.NaN, Number.POSITIVE_INFINITY].flatMap((v) => [v, v, v, 1]);
    const lines = [...pixels, ...pixels, ...pixels, ...pixels];
    shrinker.add(Float32Array.from(lines), { x: 0, y: 0, width: 4, height: 4 });
    expect(shrinker.picture().rgba[0]).toBe(WHITE / 2);
    expect(shrinker.picture().rgba[4]).toBe(WHITE / 2);
  });
});
