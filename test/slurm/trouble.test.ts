import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ofType } from '../cli/rig.ts';
import { HERO, hangingNight, LONG, makeClusterLab, rendering } from './night.ts';

/** A shot whose frames all wait for a file, so that something can happen in their midst. */
async function heldNight() {
  const rig = await makeClusterLab();
  await rig.lab.shot('hero', 'frames: 1-6');
  const goOn = `${rig.lab.folder}/go-on`;
  await rig.lab.steer({ render: { until: goOn } });
  const running = rig.begin();
  await rendering(rig, 2);
  return { ...rig, running, goOn: () => rig.lab.file('go-on', '') };
}

test('a node that is drained ends its frame, and is given no other', LONG, async () => {
  const night = await heldNight();
  await night.cluster.drain('n1');
  await night.goOn();
  const { code, told } = await night.running.end;
  expect(code).toBe(0);
  expect(ofType(told, 'place-lost')).toEqual([]);
  await night.expectWhole(HERO);
});

test('a controller that stops for a while costs nothing: what runs goes on', LONG, async () => {
  const night = await heldNight();
  await night.cluster.stopController();
  await night.goOn();
  await night.running.until((event) => event.type === 'frame-done');
  await night.cluster.startController();
  const { code, told } = await night.running.end;
  expect(code).toBe(0);
  expect(ofType(told, 'frame-failed')).toEqual([]);
  await night.expectWhole(HERO);
});

test('a night that begins while the controller is stopped waits for it', LONG, async () => {
  const rig = await makeClusterLab();
  await rig.lab.shot('hero', 'frames: 1-6');
  const running = rig.begin();
  // What there is was asked before.
  await running.until((event) => event.type === 'batch-started');
  await rig.cluster.stopController();
  await rig.cluster.startController();
  const { code } = await running.end;
  expect(code).toBe(0);
  await rig.expectWhole(HERO);
});

test(
  'where munge stops, frames that are rendered come in, and what is lost goes on elsewhere',
  LONG,
  async () => {
    const night = await heldNight();
    await night.cluster.stopMunge();
    await night.goOn();
    await night.running.until((event) => event.type === 'frame-done');
    await night.cluster.startMunge();
    const { code, told } = await night.running.end;
    expect(code).toBe(0);
    expect(ofType(told, 'frame-failed')).toEqual([]);
    await night.expectWhole(HERO);
  },
);

test(
  'Blender that takes more memory than it was given is tried again with more',
  LONG,
  async () => {
    const rig = await makeClusterLab({ memory: 'watched', memoryMb: 4000 });
    await rig.lab.shot('hero', 'frames: 1-3');
    await rig.lab.steer({ render: [{ frame: 2, tries: 1, takesMb: 900 }, {}] });
    const { code, told, err } = await rig.begin({ args: ['--memory', '0.5', '--nodes', '1'] }).end;
    expect(code, err).toBe(0);
    expect(ofType(told, 'frame-failed')).toMatchObject([
      {
        frame: 2,
        cause: 'out-of-memory',
        message: expect.stringMatching(
          /^Blender took more memory on n\d than Slurm gave it of 512 MB \(.*\) while frame 2 was being rendered\.$/,
        ),
      },
    ]);
    const after = (await rig.cluster.queue()).map(({ name }) => name);
    expect(after.filter((name) => name.startsWith('nightshift-')).length).toBeGreaterThan(1);
    await rig.lab.expectTruth();
    await rig.expectNoJob();
  },
);

test('the report says what took a place away, and where', LONG, async () => {
  const night = await hangingNight({}, { args: ['--report', 'night.md'] });
  await night.cluster.cancel(night.job.id);
  await night.running.end;
  const report = await readFile(join(night.lab.folder, 'night.md'), 'utf8');
  expect(report).toContain(
    `Somebody cancelled the job on ${night.node} while frame 2 was being rendered`,
  );
});

test('a frame that is seen late from another computer is waited for', LONG, async () => {
  const rig = await makeClusterLab();
  await rig.lab.shot('hero', 'frames: 1-6');
  await rig.lab.steer({ render: [{ frame: 2, late: 2, tries: 1 }, {}] });
  const { code, told } = await rig.begin().end;
  expect(code).toBe(0);
  expect(ofType(told, 'frame-failed')).toEqual([]);
  await rig.expectWhole(HERO);
});
