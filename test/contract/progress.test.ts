import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BatchSignal } from '../../shared/events.ts';
import { makeEngine, REAL } from '../engine/rig.ts';
import { frameNames } from '../faults/lab.ts';
import { makeBlend } from '../helpers/make-blend.ts';

const LEAST_MS = 2500;

/** Frames 1 and 2 are quick; frame 3 computes in silence for longer than the limit that comes of them. */
const SLOW = `
import bpy, time
began = []
def starts(scene, *_):
    began.append(time.monotonic())
    if scene.frame_current == 3:
        slowest = max(began[1] - began[0], began[2] - began[1])
        end = began[2] + 1.3 * max(${LEAST_MS / 1000}, 10 * slowest) + 1
        while time.monotonic() < end:
            pass
bpy.app.handlers.render_pre.append(starts)
`;

/** Frame 3 neither speaks nor computes, the first time. */
const HANGS = `
import bpy, os, signal
def starts(scene, *_):
    if scene.frame_current == 3 and not os.path.exists(params['hung']):
        open(params['hung'], 'x').close()
        os.kill(os.getpid(), signal.SIGSTOP)
bpy.app.handlers.render_pre.append(starts)
`;

test.skipIf(process.platform === 'win32')(
  'progress comes within a frame, a slow and silent frame after quick ones is waited for, and one that hangs is ended',
  { timeout: 300_000 },
  async () => {
    const rig = await makeEngine();
    const hung = JSON.stringify(join(rig.folder, 'hung'));
    for (const [name, script] of Object.entries({ hangs: HANGS, slow: SLOW })) {
      await makeBlend(join(rig.folder, `scenes/${name}.blend`), 'scene.cycles.samples = 64');
      await writeFile(join(rig.shots, `${name}.py`), script);
      const yaml = `blend: ../scenes/${name}.blend\nscript: ${name}.py\nparams: { hung: ${hung} }\n`;
      await writeFile(join(rig.shots, `${name}.yaml`), yaml);
    }
    const config = { ...REAL, trusted: true };
    const stall = { leastMs: LEAST_MS };
    const { processor, events, signals, job } = await rig.processor(config, { stall });
    expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });

    for (const name of ['hangs', 'slow']) {
      for (const frame of [1, 2, 3]) {
        const own = signals.filter(
          (signal) =>
            signal.type === 'samples' && signal.job === job(name).id && signal.frame === frame,
        );
        expect(own.length, `progress within frame ${frame} of ${name}`).toBeGreaterThan(0);
        expect(own).toContainEqual(expect.objectContaining({ total: 64 }));
      }
      expect(await rig.frames(name)).toEqual(frameNames(name, 3));
    }
    expect(saidWhileComputing(signals), 'frame 3 was silent beyond its limit').toBe(true);
    const failed = events.filter(({ type }) => type === 'frame-failed');
    expect(failed).toMatchObject([
      { job: job('hangs').id, frame: 3, willRetry: true, failure: { cause: 'stalled' } },
    ]);
  },
);

function saidWhileComputing(signals: readonly BatchSignal[]): boolean {
  const said = /has said nothing for .* but it computes/;
  return signals.some((signal) => signal.type === 'log' && said.test(signal.line.text));
}
