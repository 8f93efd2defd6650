import { expect, test, vi } from 'vitest';
import { type EngineRig, makeEngine, type Watched } from './rig.ts';

// The computer that these nights are rendered on has eight cores.
vi.mock('node:os', async (original) => {
  const os = await original<typeof import('node:os')>();
  return { ...os, default: os, availableParallelism: () => 8 };
});

test('a shot whose frames are mostly the work of one core gets as many Blenders as there are cores', async () => {
  const { rig, watched } = await night({ serial: 20, parallel: 2 }, ['frames: 1-60']);
  expect(await blenders(rig)).toBe(8);
  expect(chosen(watched).at(-1)?.message).toMatch(
    /^8 Blenders with 1 thread each: a frame of shot0 is (19\.9|20|20\.1) s of one core and (1\.9|2\.0|2\.1) s that all cores share\.$/,
  );
});

test('a shot of light frames that all cores share is rendered by one Blender with all of them', async () => {
  const { rig } = await night({ serial: 0.002, parallel: 0.2 }, ['frames: 1-30']);
  // Where the first frame is slow to come, others have begun to help; they end with their frame.
  const last = (await rig.noted('render')).slice(-10);
  expect(new Set(last.map(({ threads }) => threads))).toEqual(new Set([8]));
  expect(new Set(last.map(({ pid }) => pid)).size).toBe(1);
});

test('no more Blenders are started than fit into the memory that they may use', async () => {
  const rule = { serial: 20, parallel: 2 };
  const { rig, watched } = await night(rule, ['frames: 1-40'], { memoryLimitMb: 350 }, 100);
  expect(await blenders(rig)).toBe(3);
  expect(Math.max(...chosen(watched).map(({ workers }) => workers))).toBeLessThanOrEqual(3);
});

test('what the frames of a night cost is known to the next one from its records', async () => {
  const { rig, watched } = await night({ serial: 20, parallel: 2 }, ['frames: 1-60'], {}, 10, 20);
  expect(watched.job('shot0').status).toBe('cancelled');
  const again = await rig.processor({ workers: 0 });
  await again.processor.processBatch();
  const [begun] = chosen(again);
  expect(begun?.message).toContain('the first frames show');
  // The first frame of the second night says at once what took some of them in the first.
  expect(again.job('shot0').status).toBe('completed');
});

async function night(
  parts: { readonly serial: number; readonly parallel: number },
  shots: readonly string[],
  config = {},
  memoryMb = 10,
  cancelAfter = Number.POSITIVE_INFINITY,
): Promise<{ readonly rig: EngineRig; readonly watched: Watched }> {
  const rig = await makeEngine();
  for (const [at, yaml] of shots.entries()) await rig.shot(`shot${at}`, yaml);
  await rig.steer({
    facts: { memoryMb },
    render: { memoryMb, seconds: 0.01, parts },
  });
  const watched = await rig.processor({ workers: 0, ...config });
  const done = watched.processor.processBatch();
  if (cancelAfter < Number.POSITIVE_INFINITY) {
    await watched.until(() => watched.told('frame-done').length >= cancelAfter);
    await watched.processor.cancel();
  }
  await done;
  return { rig, watched };
}

async function blenders(rig: EngineRig): Promise<number> {
  return new Set((await rig.noted('open')).map(({ pid }) => pid)).size;
}

function chosen({ signals }: Watched) {
  return signals.flatMap((signal) =>
    signal.type === 'event' && signal.event.type === 'workers-chosen' ? [signal.event] : [],
  );
}
