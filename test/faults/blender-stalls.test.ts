import { expect, test } from 'vitest';
import { makeEngine, REAL } from '../engine/rig.ts';
import { makeBlend } from '../helpers/make-blend.ts';
import { expectNoBlender, frameNames } from './lab.ts';
import { troubledBlender } from './trouble.ts';

test.skipIf(process.platform !== 'linux')(
  'real Blender that falls silent, while it loads one shot and while it renders another, costs its limit once',
  async () => {
    const rig = await makeEngine();
    for (const name of ['loading', 'rendering']) {
      await makeBlend(`${rig.folder}/scenes/${name}.blend`);
      await rig.file(`shots/${name}.yaml`, `blend: ../scenes/${name}.blend\nframes: 1-3\n`);
    }
    const blenderPath = await troubledBlender(
      rig,
      `
import ctypes

def hang():
    # Without letting go of Python: not even the runner's own thread gets a turn.
    ctypes.PyDLL(None).select(0, None, None, None, None)

@bpy.app.handlers.persistent
def loads(path):
    if 'loading' in path and once('loads'):
        hang()
bpy.app.handlers.load_pre.append(loads)

@on('render_pre', 'rendering', 2)
def _():
    if once('renders'):
        hang()
`,
    );
    const stall = { leastMs: 6000, openMs: 6000 };
    const config = { ...REAL, blenderPath, workers: 2 };
    const { processor, events, job } = await rig.processor(config, { stall });
    expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
    const stalled = 'because it gave no sign of life for';
    expect(events.filter(({ type }) => type === 'job-retried')).toMatchObject([
      {
        job: job('loading').id,
        failure: {
          cause: 'stalled',
          message: `Blender was stopped while the scene was being opened, ${stalled} 6 seconds.`,
        },
      },
    ]);
    const failure = {
      cause: 'stalled',
      message: expect.stringContaining(
        `Blender was stopped while frame 2 was being rendered, ${stalled}`,
      ),
    };
    expect(events.filter(({ type }) => type === 'frame-failed')).toMatchObject([
      { job: job('rendering').id, frame: 2, willRetry: true, failure },
    ]);
    for (const name of ['loading', 'rendering']) {
      expect(await rig.frames(name)).toEqual(frameNames(name, 3));
    }
    await expectNoBlender(rig.data);
  },
);
