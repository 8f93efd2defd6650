import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SceneFacts } from '../../electron/blender/types.ts';
import { formatBytes } from '../../electron/engine/failures.ts';
import { planFrames } from '../../electron/engine/lane/open-job.ts';
import { frameFile } from '../../shared/frame-file.ts';
import type { OutputConfig, ShotConfig } from '../../shared/shot.ts';
import { jobWith } from '../app/jobs.ts';

describe('frameFile', () => {
  it.each([
    ['hero_####', 7, 'hero_0007.png'],
    ['hero_##', 123, 'hero_123.png'],
    ['####', 0, '0000.png'],
    ['hero_####_v2', 12, 'hero_0012_v2.png'],
    ['hero_####', -3, 'hero_-0003.png'],
    ['hero_#', -12, 'hero_-12.png'],
    ['hero', 7, 'hero0007.png'],
    ['hero', -7, 'hero-0007.png'],
    ['', 7, '0007.png'],
    ['take##_####', 5, 'take##_0005.png'],
  ])('names frame of %j number %i %s, as Blender does', (pattern, frame, name) => {
    expect(frameFile({ pattern, extension: '.png' }, frame)).toBe(name);
  });
});

describe('planFrames', () => {
  it('takes the frames of the shot file', () => {
    const plan = planFrames(job({ frames: [1, 5, 9] }), FACTS);
    expect(plan).toMatchObject({ frames: [1, 5, 9], fromScene: false });
  });

  it('takes the range of the scene where the shot file is silent', () => {
    const plan = planFrames(job({}), { ...FACTS, frameStart: -2, frameEnd: 5, frameStep: 3 });
    expect(plan).toMatchObject({ frames: [-2, 1, 4], fromScene: true });
  });

  it.each([
    [5, 5, 1, [5]],
    [5, 4, 1, []],
    [1, 3, 0, [1, 2, 3]],
  ])('a scene from %i to %i in steps of %i', (frameStart, frameEnd, frameStep, frames) => {
    expect(planFrames(job({}), { ...FACTS, frameStart, frameEnd, frameStep }).frames).toEqual(
      frames,
    );
  });

  it('puts the files where the shot file says', () => {
    const plan = planFrames(job({}), FACTS);
    expect(plan).toMatchObject({ directory: '/out/hero', pattern: 'hero_####', extension: '.exr' });
  });

  it('puts them where the scene says if the shot file leaves it to the scene', () => {
    const plan = planFrames(job({ output: { ...OUTPUT, directory: null } }), FACTS);
    expect(plan).toMatchObject({ directory: '/scene/out', pattern: 'beauty_###' });
  });

  it('puts a movie beside its frames, named after the shot', () => {
    const plan = planFrames(job({}), { ...FACTS, movie: { extension: '.mp4' } });
    expect(plan.movie).toEqual({ file: join('/out/hero', 'hero.mp4') });
    expect(planFrames(job({}), FACTS).movie).toBeNull();
  });
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 KB'],
  [3_140_000_000, '3.1 GB'],
  [250_000_000_000_000, '250 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

const OUTPUT: OutputConfig = {
  directory: '/out/hero',
  pattern: 'hero_####',
  format: null,
  colorDepth: null,
  allowed: ['/out'],
};

const FACTS: SceneFacts = {
  scene: 'Scene',
  frameStart: 1,
  frameEnd: 3,
  frameStep: 1,
  width: 64,
  height: 36,
  engine: 'CYCLES',
  device: 'cpu',
  format: 'OPEN_EXR',
  extension: '.exr',
  fps: 24,
  samples: 1,
  camera: 'Camera',
  savedOutput: { directory: '/scene/out', pattern: 'beauty_###' },
  otherOutputs: [],
  otherFiles: [],
  inputs: [],
  movie: null,
  memoryMb: 100,
};

function job(shot: Partial<ShotConfig>) {
  return jobWith([], { shotConfig: { frames: null, output: OUTPUT, ...shot } as ShotConfig });
}
