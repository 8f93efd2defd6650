import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import { expectNoBlender, type NightOptions, type RunningNight } from '../faults/lab.ts';
import { type ClusterLab, HERO, hangingNight, LONG, makeClusterLab } from './night.ts';

const SOON = { timeout: 5000, interval: 50 };
const HOOK = resolve(import.meta.dirname, '../faults/kill-at.mjs');
const POINTS = ['before-write', 'after-write'];

/** What `faults/killed-at-each-event.test.ts` asks of all other events. */
function killedAt(kind: string, point: string): NightOptions {
  return { node: ['--import', HOOK], env: { KILL_AT: JSON.stringify({ point, kind }) } };
}

/** The night died of the hook, left nothing at work, and the next one ends well, every frame tried once. */
async function expectResumed({ lab, begin, ...rig }: ClusterLab, night: RunningNight) {
  const { code, err } = await night.end;
  expect(code, `the event was met: ${err}`).toBeUndefined();
  await vi.waitFor(() => expectNoBlender(lab.data), SOON);
  await lab.file('go-on', '');
  const again = await begin().end;
  expect(again.code, again.err).toBe(0);
  await rig.expectWhole(HERO);
}

test.each([...POINTS, 'after-sync'])(
  'SIGKILL %s of a place that was taken away loses nothing',
  LONG,
  async (point) => {
    const night = await hangingNight({}, killedAt('place-lost', point));
    await night.cluster.cancel(night.job.id);
    await expectResumed(night, night.running);
  },
);

test.each(POINTS)('SIGKILL %s of a node that was left out loses nothing', LONG, async (point) => {
  const rig = await makeClusterLab(async (lab) => {
    await lab.shot('hero', 'frames: 1-6');
    await mkdir(lab.out, { recursive: true });
    return { hosts: { n3: { hides: [lab.out] } } };
  });
  // No frame ends before n3 was asked, so that nothing is synced either.
  await rig.lab.steer({ render: { until: join(rig.lab.folder, 'go-on') } });
  await expectResumed(rig, rig.begin(killedAt('node-left-out', point)));
});
