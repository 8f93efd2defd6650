import { describe, expect, it } from 'vitest';
import {
  framesToCheck,
  type KeepFacts,
  Keeping,
  pays,
  type Way,
  wayOfFrame,
} from '../../electron/engine/lane/keep-scene.ts';

/** In the middle of a heavy shot whose scene is kept and proved. */
const KEPT: KeepFacts = {
  setting: 'auto',
  obstacle: null,
  isAnew: false,
  isShortOfMemory: false,
  isHeld: true,
  built: { seconds: 0.85, preparedSeconds: 0.45 },
  kept: { seconds: 0.46, memoryMb: 400 },
  checks: 1,
  isDue: false,
  isUnproved: true,
  framesLeft: 20,
  memoryMb: 8000,
};
/** What a `Keeping` does not know by itself. */
const FACTS = {
  setting: 'auto',
  isAnew: false,
  isShortOfMemory: false,
  memoryMb: 8000,
} as const;
const NEW: Partial<KeepFacts> = { kept: null, checks: 0, isUnproved: false };
const FRESH: Partial<KeepFacts> = { ...NEW, isHeld: false, built: null };
const SAVES_LITTLE: Partial<KeepFacts> = {
  kept: { seconds: 0.7, memoryMb: 400 },
  framesLeft: 14,
};
const SECOND: Partial<KeepFacts> = { ...NEW, framesLeft: 23 };
/** Of what is prepared in a thirtieth of a second half is never saved. */
const LIGHT: Partial<KeepFacts> = { built: { seconds: 0.2, preparedSeconds: 0.035 } };

describe('how a frame gets its scene', () => {
  it.each<[string, Partial<KeepFacts>, Way, object?]>([
    [
      'the first frame builds it, and keeps it for the second',
      { ...FRESH, framesLeft: 24 },
      'begin',
    ],
    ['of three frames none', { ...FRESH, framesLeft: 3 }, 'anew'],
    ['the second frame is rendered both ways', SECOND, 'both'],
    ['once it is proved, frames go on with it', {}, 'go-on'],
    ['the one that was drawn is compared', { isDue: true }, 'both'],
    ['the next one goes on as well', { isUnproved: false }, 'go-on'],
    [
      'but is built anew where what is left is not worth one more comparison',
      { isUnproved: false, framesLeft: 2 },
      'anew',
    ],
    [
      'it goes on where only the comparison of the last one is left',
      { checks: 2, isUnproved: false, ...SAVES_LITTLE },
      'go-on',
    ],
    [
      'and is built anew where one more would be drawn',
      { checks: 1, isUnproved: false, ...SAVES_LITTLE },
      'anew',
    ],
    ['what waits for one goes on to the end', { framesLeft: 1 }, 'go-on'],
    ['what was let go is built and kept again', { isHeld: false, isUnproved: false }, 'begin'],
    ['off: never', { setting: 'off' }, 'anew'],
    ['off: nor the first', { ...FRESH, setting: 'off' }, 'anew'],
    ['on: the first builds it', { ...FRESH, setting: 'on' }, 'begin'],
    ['on: all others go on', { ...SECOND, setting: 'on' }, 'go-on'],
    ['on: whatever stands in the way', { setting: 'on', obstacle: 'hair', isAnew: true }, 'go-on'],
    ['on: and is compared never', { setting: 'on', isDue: true }, 'go-on'],
    ['what has come out wrong is kept no more', { isAnew: true }, 'anew'],
    ['where memory ran out nothing is held', { isShortOfMemory: true }, 'anew'],
    ['not even where it is asked for', { setting: 'on', isShortOfMemory: true }, 'anew'],
    ['hair is built anew from the first frame on', { ...FRESH, obstacle: 'hair' }, 'anew'],
    [
      'and that is told where keeping it would have paid',
      { ...SECOND, obstacle: 'hair' },
      'anew',
      { why: 'scene', what: 'hair' },
    ],
    [
      'a light scene is never tried, and nothing is told',
      { ...SECOND, built: { seconds: 0.15, preparedSeconds: 0.01 }, framesLeft: 39 },
      'anew',
    ],
    [
      'nor one that would gain little in a short shot',
      { ...SECOND, ...LIGHT, framesLeft: 39 },
      'anew',
    ],
    ['in a long one it is tried', { ...SECOND, ...LIGHT, framesLeft: 400 }, 'both'],
    [
      'nor is one that says nothing of what it prepared',
      { ...SECOND, built: { seconds: 0.85, preparedSeconds: null } },
      'anew',
    ],
    [
      'what was compared and came out otherwise is not tried again by the same Blender',
      { checks: 0 },
      'anew',
      { why: 'no-gain' },
    ],
    [
      'of what was proved in another Blender it goes on at once',
      { kept: null, isUnproved: false },
      'go-on',
    ],
    [
      'but not where what is left is not worth the comparison at its end',
      { kept: null, isUnproved: false, framesLeft: 3 },
      'anew',
    ],
    [
      'what saves nothing is let go',
      { kept: { seconds: 0.84, memoryMb: 400 } },
      'anew',
      { why: 'no-gain' },
    ],
    [
      'what takes more memory than there is for one Blender is let go',
      { kept: { seconds: 0.46, memoryMb: 9000 } },
      'anew',
      { why: 'memory' },
    ],
  ])('%s', (_, facts, way, anew) => {
    expect(wayOfFrame({ ...KEPT, ...facts })).toEqual({ way, ...(anew && { anew }) });
  });
});

it('pays only where all that is left saves more than its comparisons and the noise of a clock', () => {
  expect(pays(0.85, 0.36, 23, 0)).toBe(true);
  expect(pays(0.85, 0.36, 5, 0)).toBe(false);
  expect(pays(0.85, 0.36, 5, 1)).toBe(true);
  // Two comparisons pay where three would not.
  expect(pays(0.85, 0.25, 10, 0)).toBe(true);
  expect(pays(0.85, 0.25, 11, 0)).toBe(false);
  expect(pays(0.15, 0.01, 39, 0)).toBe(false);
  expect(pays(0.15, 0.01, 100_000, 0)).toBe(true);
  expect(pays(0.02, 0.02, 1000, 0)).toBe(false);
});

describe('which frames are compared', () => {
  it('is one at random of those that are left, after the first', () => {
    expect(framesToCheck(22, 1, () => 0)).toBe(1);
    expect(framesToCheck(22, 1, () => 0.999)).toBe(21);
    expect(framesToCheck(1, 1, () => 0.5)).toBeNull();
    expect(framesToCheck(5000, 1, () => 0.999)).toBe(100);
  });

  it('is none but the last where few lie before it', () => {
    expect(framesToCheck(10, 1, () => 0)).toBe(1);
    expect(framesToCheck(9, 1, () => 0)).toBeNull();
  });

  it('is one of each hundred in a long shot, and none more where the end is near', () => {
    expect(framesToCheck(5000, 2, () => 0)).toBe(50);
    expect(framesToCheck(5000, 7, () => 0.999)).toBe(99);
    expect(framesToCheck(100, 2, () => 0)).toBeNull();
  });

  it('counts the frames of one Blender', () => {
    const keeping = new Keeping(1, null, () => 0.1);
    const ways: Way[] = [];
    for (let framesLeft = 24; framesLeft > 0; framesLeft -= 1) {
      const { way } = keeping.next({ ...FACTS, framesLeft });
      ways.push(way);
      renderedAs(keeping, way, framesLeft);
    }
    expect(ways.slice(0, 6)).toEqual(['begin', 'both', 'go-on', 'go-on', 'both', 'go-on']);
    expect(new Set(ways.slice(5))).toEqual(new Set(['go-on']));
  });

  it('is not the second of a Blender that goes on with what another one has proved', () => {
    const ways = (proved: boolean) => {
      const keeping = new Keeping(2, null, () => 0.3);
      const made: Way[] = [];
      for (let framesLeft = 14; framesLeft > 0; framesLeft -= 1) {
        if (proved) keeping.provedElsewhere(framesLeft);
        const { way } = keeping.next({ ...FACTS, framesLeft });
        made.push(way);
        renderedAs(keeping, way, framesLeft);
      }
      return made.flatMap((way, at) => (way === 'go-on' ? [] : [`${at + 1} ${way}`]));
    };
    expect(ways(true)).toEqual(['1 begin', '5 both']);
    expect(ways(false)).toEqual(['1 begin', '2 both', '6 both']);
  });

  it('is of one keeping only: where the scene was let go and built again, it is another one', () => {
    const keeping = new Keeping(1, null, () => 0.99);
    const cost = { seconds: 0.85, memoryMb: 400, preparedSeconds: 0.45 };
    const sessionAfter = (way: Way) => {
      keeping.rendered(way, cost, way === 'both' ? 0.46 : null);
      return keeping.session;
    };
    const first = sessionAfter('begin');
    expect(sessionAfter('go-on')).toBe(first);
    const second = sessionAfter('both');
    expect(sessionAfter('go-on')).toBe(second);
    // As where memory had run out for a while.
    sessionAfter('anew');
    const third = sessionAfter('begin');
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('is of no keeping in which a frame has failed', () => {
    const keeping = new Keeping(1, null, () => 0.99);
    for (const [way, framesLeft] of [
      ['begin', 24],
      ['both', 23],
      ['go-on', 22],
    ] as const)
      renderedAs(keeping, way, framesLeft);
    const before = keeping.session;
    keeping.failed();
    expect(keeping.next({ ...FACTS, framesLeft: 21 })).toEqual({ way: 'begin' });
    renderedAs(keeping, 'begin', 21);
    expect(keeping.session).not.toBe(before);
    expect(keeping.next({ ...FACTS, framesLeft: 20 })).toEqual({ way: 'go-on' });
  });
});

/** A frame of a heavy scene was rendered in a way: 0.85 s built, 0.46 s kept; what was compared was the same. */
function renderedAs(keeping: Keeping, way: Way, framesLeft: number): void {
  const seconds = way === 'go-on' ? 0.46 : 0.85;
  const cost = { seconds, memoryMb: 400, preparedSeconds: way === 'go-on' ? 0.01 : 0.45 };
  keeping.rendered(way, cost, way === 'both' ? 0.46 : null);
  if (way === 'both') keeping.compared(framesLeft - 1);
}
