import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pixels } from '../engine/rig.ts';
import { frameNames } from '../faults/lab.ts';
import { makeClusterLab } from './night.ts';

const SHOTS = ['one', 'two', 'three', 'four'] as const;
const FRAMES = 12;

/** A picture that moves, in a moment. */
const SCENE = `
render.resolution_x, render.resolution_y = 48, 27
scene.cycles.samples = 2
`;

test('four shots of twelve frames have the same pixels on three nodes as on this computer', {
  timeout: 300_000,
}, async () => {
  const rig = await makeClusterLab({}, 'real');
  for (const shot of SHOTS) {
    await rig.lab.realShot(shot, { python: SCENE, yaml: `frames: 1-${FRAMES}` });
  }
  const here = join(rig.lab.folder, 'here');
  expect((await rig.lab.night({ out: here })).code).toBe(0);
  const there = await rig.begin().end;
  expect(there.code, there.err).toBe(0);
  for (const shot of SHOTS) {
    expect((await readdir(join(rig.lab.out, shot))).sort()).toEqual(frameNames(shot, FRAMES));
    for (const name of frameNames(shot, FRAMES)) {
      expect(await pixels(join(rig.lab.out, shot, name)), name).toEqual(
        await pixels(join(here, shot, name)),
      );
    }
  }
  await rig.expectNoJob();
});
