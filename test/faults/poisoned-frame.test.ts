import { describe, expect, test } from 'vitest';
import { ofType } from '../cli/rig.ts';
import { frameNames, makeLab, told } from './lab.ts';
import { notes, troubledBlender } from './trouble.ts';

describe.skipIf(process.platform !== 'linux')('real Blender', () => {
  test('that crashes on one frame every time loses that frame alone, and a resume renders only that', async () => {
    const lab = await makeLab();
    await lab.realShot('hero', { yaml: 'frames: 1-5' });
    await lab.realShot('neighbour', { yaml: 'frames: 1-2' });
    const blender = await troubledBlender(
      lab,
      `
import ctypes

@on('frame_change_pre', 'hero', 3)
def _():
    note('crash')
    ctypes.string_at(0)
`,
    );
    const night = await lab.night({ args: ['--blender', blender, '--workers', '2'] });
    expect(night.code).toBe(1);
    expect(await notes(lab)).toEqual(['crash', 'crash', 'crash']);
    const message = 'Blender crashed while frame 3 was being rendered (SIGSEGV).';
    expect(ofType(night.told, 'frame-failed')).toMatchObject(
      [true, true, false].map((willRetry) => ({ frame: 3, cause: 'crashed', message, willRetry })),
    );
    expect(night.told.find(told('job-finished', 'hero'))).toMatchObject({
      status: 'failed',
      cause: 'crashed',
      message: 'Frame 3 crashes Blender every time (3 tries). The other 4 frames are done.',
      poisoned: [3],
    });
    expect(night.told.find(told('job-finished', 'neighbour'))).toMatchObject({
      status: 'completed',
      retries: [],
    });
    expect(night.done).toHaveLength(6);
    await lab.expectTruth();
    const resumed = await lab.expectResume({
      hero: frameNames('hero', 5),
      neighbour: frameNames('neighbour', 2),
    });
    expect(ofType(resumed.told, 'frame-done').map(({ frame }) => frame)).toEqual([3]);
  });

  test('that crashes on a frame twice and then renders it has a night with every frame', async () => {
    const lab = await makeLab();
    await lab.realShot('hero', { yaml: 'frames: 1-3' });
    const blender = await troubledBlender(
      lab,
      `
import ctypes

@on('frame_change_pre', 'hero', 2)
def _():
    if once('first') or once('second'):
        ctypes.string_at(0)
`,
    );
    const { code, told } = await lab.night({ args: ['--blender', blender, '--workers', '1'] });
    expect(code).toBe(0);
    expect(ofType(told, 'frame-failed')).toMatchObject([
      { frame: 2, cause: 'crashed', willRetry: true },
      { frame: 2, cause: 'crashed', willRetry: true },
    ]);
    expect(ofType(told, 'frame-done').map(({ frame }) => frame)).toEqual([1, 3, 2]);
    const [hero] = await lab.jobs();
    expect(hero).toMatchObject({ status: 'completed', retryCount: 2, error: null });
    expect(hero?.frames.map(({ tries }) => tries)).toEqual([1, 3, 1]);
    await lab.expectTruth();
    await lab.expectResume({ hero: frameNames('hero', 3) });
  });
});
