import { expect, test } from 'vitest';
import { secondRun } from '../../build/checks/contract.mjs';

const SECOND = { executable: '/cache/bpy-5.2/blender', version: '5.2.3' };
const NONE = { why: 'needs Python 3.13' };
const WRONG = { why: 'NIGHTSHIFT_OTHER_BLENDER is no Blender: spawn ENOENT', wrong: true };
const PAIR = 'test/contract/versions.test.ts';

test('the contract runs on the second Blender with the first one beside it, and the two side by side only once', () => {
  expect(secondRun(SECOND, [], '/usr/bin/blender')).toEqual({
    title: 'The contract on Blender 5.2.3',
    args: [`--exclude=${PAIR}`, '--maxWorkers=2', 'test/contract'],
    env: {
      NIGHTSHIFT_BLENDER: '/cache/bpy-5.2/blender',
      NIGHTSHIFT_OTHER_BLENDER: '/usr/bin/blender',
    },
  });
});

test.each([
  [['contract'], ['contract']],
  [['test/contract/leaks.test.ts', 'shots'], ['test/contract/leaks.test.ts']],
  [
    ['contract/versions', 'contract/leaks'],
    ['contract/versions', 'contract/leaks'],
  ],
])('of the words %j it takes %j', (words, files) => {
  expect(secondRun(SECOND, words, 'blender')).toMatchObject({
    args: [`--exclude=${PAIR}`, '--maxWorkers=2', ...files],
  });
});

test.each([[['shots']], [['contract/versions']], [[PAIR]]])(
  'the words %j leave nothing for it',
  (words) => {
    expect(secondRun(SECOND, words, 'blender')).toBeUndefined();
    expect(secondRun(NONE, words, 'blender')).toBeUndefined();
  },
);

test('that none can be had is said and is no failure', () => {
  expect(secondRun(NONE, [], 'blender')).toEqual({
    note: "The contract was tried on this machine's Blender only. Another one: needs Python 3.13.",
  });
});

test('one that was asked for by name and is no Blender is a failure, whatever was chosen', () => {
  for (const words of [[], ['contract'], ['shots']]) {
    expect(secondRun(WRONG, words, 'blender')).toEqual({ failure: `${WRONG.why}.` });
  }
});
