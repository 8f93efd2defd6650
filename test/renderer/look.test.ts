import { describe, expect, it } from 'vitest';
import { PLAIN_LOOK, rangeOf, shownPixels, ZONES, zoneStart } from '../../renderer/player/look.ts';
import { pixelText } from '../../renderer/player/PixelLine.tsx';
import { agx } from '../../shared/agx.ts';
import type { PixelHead, PixelKind } from '../../shared/picture.ts';

const COLOUR = { id: 'p', name: 'Picture', channels: ['R', 'G', 'B', 'A'], colour: true };
const DEPTH = { id: 'z', name: 'Depth', channels: ['Z'], colour: false };

function headOf(kind: PixelKind, layer = COLOUR): PixelHead {
  const region = { x: 0, y: 0, width: 1, height: 1 };
  const size = { width: 100, height: 50, columns: 1, rows: 1 };
  return { ...size, kind, region, layers: [COLOUR, DEPTH], layer: layer.id };
}

const look = (over: Partial<typeof PLAIN_LOOK>) => ({ ...PLAIN_LOOK, ...over });

describe('what a picture looks like', () => {
  it('is as its file has it, where that was made for a screen', () => {
    const values = Uint8Array.of(0, 17, 255, 255, 90, 91, 92, 128);
    expect([...shownPixels(headOf('u8'), values, PLAIN_LOOK, null)]).toEqual([...values]);
    const deep = Uint16Array.of(0, 0x8000, 0xffff, 0xffff);
    expect([...shownPixels(headOf('u16'), deep, PLAIN_LOOK, null)]).toEqual([0, 128, 255, 255]);
  });

  it('of light is what Blender makes of it, within a step of eight bits', () => {
    for (const light of [0, 0.001, 0.02, 0.18, 0.5, 1, 3.7, 16, 5000]) {
      const colour = [light, light / 2, light / 8] as const;
      const shown = shownPixels(headOf('f32'), Float32Array.of(...colour, 1), PLAIN_LOOK, null);
      for (const [channel, value] of agx(...colour).entries()) {
        expect(Math.abs((shown[channel] ?? 0) - 255 * value), `${light}`).toBeLessThan(1.6);
      }
    }
  });

  it('of data begins each colour at the value that its legend says, however it is lightened', () => {
    const range = { least: 2, most: 24 };
    for (const exposure of [0, 1, -1]) {
      for (const zone of [1, 4]) {
        const from = zoneStart(range, zone, exposure);
        const values = Float32Array.of(from + 0.01, 0, 0, 1, from - 0.01, 0, 0, 1);
        const shown = shownPixels(
          { ...headOf('f32', DEPTH), columns: 2 },
          values,
          look({ view: 'false', exposure }),
          range,
        );
        expect([...shown.slice(0, 3)]).toEqual([...(ZONES[zone]?.colour ?? [])]);
        expect([...shown.slice(4, 7)]).toEqual([...(ZONES[zone - 1]?.colour ?? [])]);
      }
    }
  });

  it('gets a stop brighter or darker in its light, however it is kept', () => {
    const half = shownPixels(
      headOf('f16'),
      Uint16Array.of(0x3800, 0x3800, 0x3800, 0x3c00),
      look({ exposure: 1 }),
      null,
    );
    const whole = shownPixels(headOf('f32'), Float32Array.of(1, 1, 1, 1), PLAIN_LOOK, null);
    expect([...half]).toEqual([...whole]);
    // A grey of a fifth of the light, in sRGB 118 of 255: a stop more is 161.
    const grey = shownPixels(
      headOf('u8'),
      Uint8Array.of(118, 118, 118, 255),
      look({ exposure: 1 }),
      null,
    );
    expect(grey[0]).toBeGreaterThan(158);
    expect(grey[0]).toBeLessThan(164);
  });

  it('has straight alpha, nothing where it is clear, and no black where light is no number', () => {
    const clear = shownPixels(headOf('f32'), Float32Array.of(0, 0, 0, 0), PLAIN_LOOK, null);
    expect([...clear]).toEqual([0, 0, 0, 0]);
    const veil = shownPixels(
      headOf('f32'),
      Float32Array.of(0.5, 0.5, 0.5, 0.5),
      look({ view: 'plain' }),
      null,
    );
    expect([...veil]).toEqual([255, 255, 255, 128]);
    const broken = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -3, 1);
    const [red, green, blue] = shownPixels(headOf('f32'), broken, look({ view: 'plain' }), null);
    expect([red, green, blue]).toEqual([0, 255, 0]);
  });

  it('in false colour says how many stops it is from a middle grey', () => {
    const zoneOf = (light: number) => {
      const lit = Float32Array.of(light, light, light, 1);
      const [red, green, blue] = shownPixels(headOf('f32'), lit, look({ view: 'false' }), null);
      return ZONES.find(({ colour }) => colour.join() === [red, green, blue].join())?.words;
    };
    expect([0, 0.01, 0.18, 0.3, 1, 3, 40].map(zoneOf)).toEqual([
      'below −8 stops',
      '−5 to −3',
      'middle grey',
      '⅓ to 1',
      '1 to 2½',
      '4 to 6½',
      'above 6½',
    ]);
  });

  it('of data goes from black to white over its range, without what is endless', () => {
    const values = Float32Array.of(2, 2, 2, 1, 6, 6, 6, 1, 1e10, 1e10, 1e10, 1);
    const head = headOf('f32', DEPTH);
    const range = rangeOf(head, values);
    expect(range).toEqual({ least: 2, most: 6 });
    const shown = shownPixels(head, values, PLAIN_LOOK, range);
    expect([shown[0], shown[4], shown[8], shown[11]]).toEqual([0, 255, 255, 255]);
    expect(rangeOf(headOf('f32'), values)).toBeNull();
  });
});

describe('the line of a pixel', () => {
  it('counts from the lower left, and tells the channels of its layer', () => {
    expect(pixelText(headOf('f16'), { x: 4, y: 0 }, [0.18402, 1.5, 12, 1])).toBe(
      '4, 49  ·  R 0.184  G 1.5  B 12  A 1  ·  half float',
    );
    expect(pixelText(headOf('f32', DEPTH), { x: 0, y: 49 }, [5, 5, 5, 1])).toBe(
      '0, 0  ·  Z 5  ·  float',
    );
    expect(pixelText(headOf('u8'), { x: 0, y: 49 }, null)).toContain('R …');
  });
});
