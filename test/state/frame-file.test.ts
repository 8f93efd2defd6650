import { expect, test } from 'vitest';
import { frameFile } from '../../shared/frame-file.ts';

test('the names of two shots whose frames are asked for in turn are each their own', () => {
  const first = { pattern: 'a_####', extension: '.png' };
  const second = { pattern: 'b', extension: '.exr' };
  const third = { pattern: 'c_#_x', extension: '.png' };
  const names = [1, -2, 12345].map((frame) =>
    [first, second, third, first].map((plan) => frameFile(plan, frame)),
  );
  expect(names).toEqual([
    ['a_0001.png', 'b0001.exr', 'c_1_x.png', 'a_0001.png'],
    ['a_-0002.png', 'b-0002.exr', 'c_-2_x.png', 'a_-0002.png'],
    ['a_12345.png', 'b12345.exr', 'c_12345_x.png', 'a_12345.png'],
  ]);
});
