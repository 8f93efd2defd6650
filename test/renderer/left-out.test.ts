import { expect, test } from 'vitest';
import { leftOutText, takeInAct, whyLeftOut } from '../../renderer/text/left-out-text.ts';

const NONE = { older: 0, backups: 0, byHand: 0, takenIn: 0 };

test.each([
  [{}, null, null],
  [{ older: 1 }, 'Left out: 1 older version', 'Take all versions in'],
  [{ backups: 1200 }, 'Left out: 1,200 backups', 'Take backups in'],
  [{ byHand: 2 }, 'Left out: 2 shots by hand', null],
  [
    { older: 4, backups: 1, byHand: 1, takenIn: 3 },
    'Left out: 4 older versions, 1 backup, 1 shot by hand',
    'Take all in',
  ],
  [{ takenIn: 1 }, '1 of these shots is an older version or a backup', null],
  [{ takenIn: 2 }, '2 of these shots are older versions or backups', null],
])('of %o the line says %s, and offers %s', (some, said, act) => {
  const counts = { ...NONE, ...some };
  expect(leftOutText(counts)).toBe(said);
  expect(takeInAct(counts)?.words ?? null).toBe(act);
});

test.each([
  ['older-version', 'a/b_v1.blend', 'a/b_v2.blend', 'older than b_v2'],
  ['backup', 'a/_backup/b.blend', null, 'in a/_backup'],
  ['autosave', 'b_1_autosave.blend', null, 'saved by Blender itself'],
  ['by-hand', 'b.blend', null, ''],
] as const)('what is left out as %s says why', (reason, file, newer, why) => {
  expect(whyLeftOut({ id: '', name: 'b', reason, file, newer })).toBe(why);
});
