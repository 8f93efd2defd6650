import { tmpdir } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { BatchStore } from '../../electron/engine/batch-store.ts';
import { WakeSignal } from '../../electron/engine/lib/wake-signal.ts';
import { Pause } from '../../electron/engine/run/pause.ts';

test('a disk that says that it has room, and takes nothing, is tried ever more rarely', async () => {
  const changed = new WakeSignal();
  const pause = new Pause(new BatchStore([]), changed);
  onTestFinished(() => pause.close());
  const paused = async () => {
    const began = performance.now();
    pause.forRoom('Quota exceeded.', tmpdir(), 1);
    while (pause.state) await changed.wait(null);
    return performance.now() - began;
  };
  await paused();
  // Half a second apart is how often the disk is looked at.
  expect(await paused()).toBeGreaterThan(900);
});
