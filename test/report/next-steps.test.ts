import { expect, test } from 'vitest';
import { nextSteps } from '../../electron/engine/report/failure-sections.ts';
import { CRASHED, madeJob, madeResult, NO_CAMERA } from '../helpers/results.ts';

const failed = (name: string, error = NO_CAMERA) =>
  madeJob({ name, status: 'failed', error, frames: null });

test('a good night leaves nothing to do, and says where the frames are', () => {
  expect(nextSteps(madeResult([madeJob()]))).toBe(
    'Nothing needs you. The frames are in /film/shots/renders.',
  );
});

test('shots that want the same are one step, and the last one renders what is missing', () => {
  const jobs = [failed('a'), failed('b'), failed('c', CRASHED), madeJob({ name: 'd' })];
  expect(nextSteps(madeResult(jobs, 'failed')).split('\n')).toEqual([
    '1. **a**, **b** (no camera): Add a camera to the scene, or name one in the shot file.',
    '2. **c** (Blender crashed): Open the scene at this frame in Blender.',
    expect.stringMatching(/^3\. Render the folder again.*\(3 shots\)/),
    '',
    '```sh',
    'npx nightshift render /film/shots -o /film/shots/renders',
    '```',
  ]);
});

test('many shots of one fault are named up to five', () => {
  const jobs = 'abcdefg'.split('').map((name) => failed(name));
  expect(nextSteps(madeResult(jobs, 'failed'))).toContain('**e**, 2 more (no camera)');
});

test('a shot that is done and worth a look is a step of its own, and nothing is rendered again for it', () => {
  const warnings = [{ cause: 'missing-file', message: 'The font is missing.' }] as const;
  expect(nextSteps(madeResult([{ ...madeJob(), warnings }]))).toBe(
    '1. Look at **hero** before you use it.',
  );
});

test('frames that are left are counted', () => {
  const cut = madeJob({ status: 'cancelled', frames: [1], left: 3 });
  expect(nextSteps(madeResult([madeJob(), cut], 'cancelled'))).toContain(
    'goes on with what is missing (3 frames of 1 shot)',
  );
});

test('while it renders nobody is asked to start it again', () => {
  const jobs = [madeJob({ status: 'running', frames: [1], left: 3 })];
  expect(nextSteps({ ...madeResult(jobs), live: true })).toBe(
    '1. Let it render to its end; this report then says more.',
  );
});
