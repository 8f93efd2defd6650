import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFrames, MAX_FRAME, parseFrames } from '../../shared/frames.ts';

function frames(value: unknown): readonly number[] {
  const parsed = parseFrames(value);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.frames;
}

function message(value: unknown): string {
  const parsed = parseFrames(value);
  return parsed.ok ? `no error: ${parsed.frames.length} frames` : parsed.message;
}

describe('reading frames', () => {
  test.each([
    [12, [12]],
    ['12', [12]],
    [
      [1, 4],
      [1, 2, 3, 4],
    ],
    [
      [1, 4, 9],
      [1, 4, 9],
    ],
    [[7], [7]],
    [{ start: 1, end: 7, step: 3 }, [1, 4, 7]],
    [{ start: 1, end: 3 }, [1, 2, 3]],
    ['1-3, 6, 10-15x2', [1, 2, 3, 6, 10, 12, 14]],
    ['-5--1', [-5, -4, -3, -2, -1]],
    ['-2-1', [-2, -1, 0, 1]],
    [' 1 - 3 ,5 ', [1, 2, 3, 5]],
    ['1–3', [1, 2, 3]],
    ['5, 1-3, 2', [1, 2, 3, 5]],
  ])('%j are the frames %j', (value, expected) => {
    expect(frames(value)).toEqual(expected);
  });

  test.each([
    ['10-1', 'runs backwards'],
    [[48, 1], 'runs backwards'],
    ['1-10x0', 'whole number from 1, not 0'],
    ['1-10x-2', 'whole number from 1, not -2'],
    [{ start: 1, end: 2, step: 0 }, 'whole number from 1'],
    ['1-100001', 'more than 100,000 frames'],
    ['1-99999, 1-99999', 'more than 100,000 frames'],
    ['99999999', "out of Blender's reach"],
    ['1-99999999999999999999999', "out of Blender's reach"],
    ['soon', '`soon` are no frames'],
    ['1,,2', 'nothing'],
    ['', 'No frames'],
    [[], 'empty'],
    [[1, '2-3'], 'whole numbers'],
    [1.5, 'no whole number'],
    [Number.NaN, 'no whole number'],
    [Number.POSITIVE_INFINITY, 'no whole number'],
    [{ start: 1 }, 'start and end'],
    [{ start: 1, end: 2, stpe: 3 }, '`stpe`'],
    [true, 'Frames are'],
    [null, 'Frames are'],
  ])('%j is refused in a sentence', (value, words) => {
    expect(message(value)).toContain(words);
    expect(message(value)).toMatch(/\.$/);
  });
});

describe('writing frames', () => {
  test('the shortest readable expression is written', () => {
    expect(formatFrames(frames('1-48,60,70-100x2'))).toBe('1-48, 60, 70-100x2');
    expect(formatFrames([3, 1])).toBe('1, 3');
    expect(formatFrames([-5, -4, -3])).toBe('-5--3');
    expect(formatFrames([])).toBe('');
  });

  test('what is written is read back as the same frames', () => {
    const some = fc.uniqueArray(fc.integer({ min: -MAX_FRAME, max: MAX_FRAME }), { minLength: 1 });
    const near = fc.uniqueArray(fc.integer({ min: -20, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.oneof(some, near), (list) => {
        expect(frames(formatFrames(list))).toEqual(list.toSorted((a, b) => a - b));
      }),
    );
  });

  test('what is read is written no longer than it was, once it is written in this form', () => {
    const item = fc
      .tuple(fc.integer({ min: -99, max: 99 }), fc.nat(50), fc.integer({ min: 1, max: 9 }))
      .map(([first, more, step]) => `${first}-${first + more}x${step}`);
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), (items) => {
        const once = formatFrames(frames(items.join(', ')));
        expect(formatFrames(frames(once))).toBe(once);
        expect(frames(once)).toEqual(frames(items.join(', ')));
      }),
    );
  });

  test('any text at all is either frames or a sentence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-0-9x, ]{0,20}$/)), (text) => {
        const parsed = parseFrames(text);
        expect(parsed.ok ? parsed.frames.length > 0 : parsed.message.endsWith('.')).toBe(true);
      }),
    );
  });
});
