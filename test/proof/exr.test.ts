import { describe, expect, it } from 'vitest';
import { proveExr } from '../../electron/engine/proof/exr.ts';
import { exrFile, type MadePart } from './exr-file.ts';

const LINES: MadePart = {
  name: 'beauty',
  type: 'scanlineimage',
  width: 5,
  height: 3,
  chunks: [0, 1, 2].map((y) => ({ place: [y], pixels: 5 })),
};
/** 5 × 3 in tiles of 4: two across, one down. */
const TILES: MadePart = {
  name: 'tiles',
  type: 'tiledimage',
  width: 5,
  height: 3,
  tile: { size: 4, mode: 0 },
  chunks: [
    { place: [0, 0, 0, 0], pixels: 12 },
    { place: [1, 0, 0, 0], pixels: 3 },
  ],
};
const MIPMAP: MadePart = {
  ...TILES,
  tile: { size: 4, mode: 1 },
  chunks: [...TILES.chunks, { place: [0, 0, 1, 1], pixels: 2 }, { place: [0, 0, 2, 2], pixels: 1 }],
};
const RIPMAP: MadePart = {
  ...TILES,
  tile: { size: 8, mode: 2 },
  chunks: [3, 1].flatMap((height, y) =>
    [5, 2, 1].map((width, x) => ({ place: [0, 0, x, y], pixels: width * height })),
  ),
};
const SIZE = { width: 5, height: 3 };

describe('an OpenEXR of a form that Blender 4.3 does not write', () => {
  it('is whole as scan lines, tiles, mipmap, ripmap, and as several parts', async () => {
    for (const part of [LINES, TILES, MIPMAP, RIPMAP]) {
      expect(await proveExr(exrFile([part]), false), part.name).toEqual(SIZE);
      expect(await proveExr(exrFile([part], true), false)).toEqual(SIZE);
    }
    expect(await proveExr(exrFile([LINES, MIPMAP, LINES]), true)).toEqual(SIZE);
  });

  it('is never whole when it is cut, at any byte', async () => {
    for (const parts of [[TILES], [RIPMAP], [LINES, MIPMAP]]) {
      const whole = exrFile(parts);
      for (let length = 0; length < whole.length; length += 1) {
        expect(await proveExr(whole.subarray(0, length), false)).toHaveProperty('fault');
      }
    }
  });

  it('is refused when chunks lie over each other or are in the wrong place', async () => {
    const whole = exrFile([LINES]);
    const table = whole.length - 3 * 18 - 24;
    const doubled = Buffer.from(whole);
    whole.copy(doubled, table + 8, table, table + 8);
    expect(await proveExr(doubled, false)).toEqual({ fault: 'has broken picture data in it' });
    const moved = exrFile([{ ...LINES, chunks: [...LINES.chunks].reverse() }]);
    expect(await proveExr(moved, false)).toEqual({ fault: 'has broken picture data in it' });
    const wrongLength = exrFile([
      { ...LINES, chunks: LINES.chunks.map((c) => ({ ...c, pixels: 4 })) },
    ]);
    expect(await proveExr(wrongLength, false)).toEqual({ fault: 'has broken picture data in it' });
  });

  it('is refused when it is deep, with a reason', async () => {
    const deep = exrFile([{ ...LINES, type: 'deepscanline' }]);
    expect(await proveExr(deep, false)).toEqual({
      fault: "is a deep OpenEXR, which Nightshift can't check",
    });
  });

  it('does not ask for all the memory when a header says billions of pixels', async () => {
    const huge = exrFile([{ ...LINES, width: 2 ** 31 - 1, height: 2 ** 31 - 1 }]);
    expect(await proveExr(huge, false)).toEqual({ fault: 'is cut short' });
    const tiles = exrFile([
      { ...TILES, width: 2 ** 31 - 1, height: 2 ** 31 - 1, tile: { size: 1, mode: 1 } },
    ]);
    expect(await proveExr(tiles, false)).toEqual({ fault: 'is cut short' });
  });
});
