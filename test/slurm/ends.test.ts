import { readdir } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { runBatch } from '../../electron/engine/index.ts';
import { expectNoBlender, type Lab } from '../faults/lab.ts';
import { HERO, hangingNight, LONG, makeClusterLab, WISHES, waitingNight } from './night.ts';

const SOON = { timeout: 5000, interval: 50 };

test(
  'a Nightshift that is killed leaves no Blender after 5 s, no job to the next start, and loses no frame',
  LONG,
  async () => {
    const night = await hangingNight();
    const { lab } = night;
    night.running.kill('SIGKILL');
    await night.running.end;
    await vi.waitFor(() => expectNoBlender(lab.data), SOON);
    const { code } = await night.begin().end;
    expect(code).toBe(0);
    await night.expectWhole(HERO);
  },
);

test(
  'one that is killed while it waits for a node leaves no job, and to the next start no file',
  LONG,
  async () => {
    const rig = await waitingNight(1);
    const { running } = rig;
    running.kill('SIGKILL');
    await running.end;
    await rig.expectNoJob();
    await rig.release();
    expect(await probesOf(rig.lab)).not.toEqual([]);
    expect((await rig.begin().end).code).toBe(0);
    expect(await probesOf(rig.lab)).toEqual([]);
    await rig.expectWhole(HERO);
  },
);

/** Files by which a node and this computer find out whether they see the same folders. */
async function probesOf({ out, data }: Lab): Promise<readonly string[]> {
  const names = await Promise.all(
    [out, data].map((folder) => readdir(folder, { recursive: true })),
  );
  return names.flat().filter((name) => /-(here|there)$/.test(name));
}

test('Ctrl+C ends all jobs', LONG, async () => {
  const night = await hangingNight();
  night.running.kill('SIGINT');
  const { code, err } = await night.running.end;
  expect(code, err).toBe(130);
  await night.expectNoJob();
  await expectNoBlender(night.lab.data);
  await night.lab.expectResume(HERO, night.on);
});

test(
  'one shot that is cancelled gives its places to the others, and all that are cancelled give them back',
  LONG,
  async () => {
    const rig = await makeClusterLab({ nodes: 2 });
    vi.stubEnv('SLURM_CONF', rig.cluster.env.SLURM_CONF);
    vi.stubEnv('FAKE_BLENDER', rig.lab.env.FAKE_BLENDER);
    // Frames that the other shot has not: whichever shot came first would hang at them.
    await rig.lab.shot('hang', 'frames: 101-106\npriority: 2');
    await rig.lab.shot('hero', 'frames: 1-6');
    await rig.lab.steer({ render: [{ frame: [101, 102], tries: 1, hang: true }, {}] });
    const stop = new AbortController();
    let isAsked = false;
    const result = await runBatch(rig.lab.shots, {
      output: rig.lab.out,
      dataDirectory: rig.lab.data,
      signal: stop.signal,
      config: { slurm: WISHES, blenderPath: rig.lab.env.NIGHTSHIFT_BLENDER ?? null },
      onSignal: (signal, processor) => {
        if (signal.type !== 'event' || signal.job === null || isAsked) return;
        if (signal.job.counts.running < 2 || signal.job.name !== 'hang') return;
        isAsked = true;
        void processor.cancelJob(signal.job.id);
      },
    });
    expect(result).toMatchObject({ completed: 1, cancelled: 1 });
    await rig.expectNoJob();
    await expectNoBlender(rig.lab.data);
    vi.unstubAllEnvs();
  },
);
