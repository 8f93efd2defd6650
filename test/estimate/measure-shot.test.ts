import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureShot, type TryFrame } from '../../electron/engine/estimate/measure-shot.ts';

const PIXELS = 1920 * 1080;

interface Costs {
  readonly fixed: number;
  /** Of a whole frame's pixels. */
  readonly drawing: (frame: number) => number;
}

/** A Blender whose frames cost what is said, and what it was asked for. */
function blender({ fixed, drawing }: Costs) {
  const asked: { readonly frame: number; readonly share: number }[] = [];
  let spent = 0;
  const tryFrame: TryFrame = async (frame, share) => {
    asked.push({ frame, share });
    const seconds = fixed + drawing(frame) * share * share;
    spent += seconds;
    return { ok: true, value: { seconds, pixels: PIXELS * share * share } };
  };
  return { asked, tryFrame, spent: () => spent };
}

const RANGE = Array.from({ length: 240 }, (_, index) => index + 1);

async function measured(costs: Costs, frames: readonly number[] = RANGE) {
  const there = blender(costs);
  const found = await measureShot(frames, PIXELS, there.tryFrame);
  if (!found.ok) throw new Error(found.failure.message);
  return { ...found.value, asked: there.asked, spent: there.spent() };
}

describe('what a frame costs, by frames with few pixels', () => {
  it('is known of a slow one for a part of what it takes', async () => {
    const { each, spent } = await measured({ fixed: 2, drawing: () => 600 });
    expect(each).toBeCloseTo(602);
    expect(spent).toBeLessThan(60);
  });

  it('is measured whole where it is quick, since a clock has its noise', async () => {
    const { each, asked, doubt } = await measured({ fixed: 0.1, drawing: () => 0.4 });
    expect(each).toBeCloseTo(0.5);
    expect(asked.at(-1)?.share).toBe(1);
    expect(doubt).toBeCloseTo(0.05);
  });

  it('is the average over the shot, whose frames near both ends are tried too', async () => {
    const { each, asked, spread } = await measured({ fixed: 0, drawing: (frame) => frame });
    expect(new Set(asked.map(({ frame }) => frame))).toEqual(new Set([121, 41, 201]));
    expect(each).toBeCloseTo(121);
    expect(spread).toBeGreaterThan(40);
  });

  it('of a single frame asks for no other', async () => {
    const { asked, each } = await measured({ fixed: 1, drawing: () => 30 }, [7]);
    expect(new Set(asked.map(({ frame }) => frame))).toEqual(new Set([7]));
    expect(each).toBeCloseTo(31);
  });

  it('of a scene that takes long to prepare is found with few trials', async () => {
    const { asked, each } = await measured({ fixed: 90, drawing: () => 400 });
    expect(each).toBeCloseTo(490);
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  it('is less sure the smaller the picture was that it comes from', async () => {
    const slow = await measured({ fixed: 0, drawing: () => 600 });
    const quick = await measured({ fixed: 0, drawing: () => 6 });
    expect(slow.doubt).toBeGreaterThan(quick.doubt);
  });

  it('is found exactly where pixels cost the same each, whatever they and the scene cost', async () => {
    const some = fc.double({ min: 0.001, max: 3000, noNaN: true });
    await fc.assert(
      fc.asyncProperty(some, some, async (fixed, drawing) => {
        const { each } = await measured({ fixed, drawing: () => drawing });
        expect(each / (fixed + drawing)).toBeCloseTo(1, 5);
      }),
    );
  });

  it('tells what went wrong', async () => {
    const failure = { cause: 'no-camera', message: 'No.', nextStep: '', evidence: [] } as const;
    expect(await measureShot([1], PIXELS, async () => ({ ok: false, failure }))).toEqual({
      ok: false,
      failure,
    });
  });
});
