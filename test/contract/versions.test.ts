import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { blenderInfo } from '../../electron/blender/find-blender.ts';
import { createBatchFromDirectory, runJobSubprocess } from '../../electron/engine/index.ts';
import type { BlenderInfo } from '../../shared/batch.ts';
import { compareVersions } from '../../shared/blender-install.ts';
import type { BatchJob } from '../../shared/job.ts';
import { type EngineRig, framesByVersion, makeEngine, pixels } from '../engine/rig.ts';
import { BLENDER } from '../helpers/make-blend.ts';

/*
 * Two real Blenders side by side, where `NIGHTSHIFT_OTHER_BLENDER` names a second one. Which of them renders what is
 * told at length with stand-ins, in `test/engine/versions.test.ts`.
 */

const OTHER = process.env.NIGHTSHIFT_OTHER_BLENDER;
const LEFT_OUT = OTHER ? '' : ' (left out: NIGHTSHIFT_OTHER_BLENDER names no second Blender)';

test.skipIf(!OTHER)(
  `two real Blenders render the sample shots side by side, each its own with its own pixels${LEFT_OUT}`,
  { timeout: 20 * 60_000 },
  async ({ skip }) => {
    vi.stubEnv('NIGHTSHIFT_BLENDER', undefined);
    const [older, newer] = await realPair();
    const pair = `${older.version} and ${newer.version}`;
    if (series(older) === series(newer)) skip(`${pair} are patches of one version`);
    if (compareVersions(older.version, '4.3') < 0)
      skip(`${older.version} is older than the scenes`);
    const rig = await makeEngine();
    await cp(resolve('assets/sample-shots'), rig.shots, { recursive: true });
    await rm(join(rig.shots, 'defaults.yaml'));
    await rig.file('shots/defaults.yaml', SMALL);
    // The same shot as an artist of the newer one has saved it; compressed, as its preferences have it.
    const scenes = join(rig.shots, 'scenes');
    await savedAgain(newer, join(scenes, 'lanterns.blend'), join(scenes, 'lanterns-new.blend'));
    const shot = await readFile(join(rig.shots, '010_lantern_pond.yaml'), 'utf8');
    await rig.file('shots/015_new.yaml', shot.replace('lanterns.blend', 'lanterns-new.blend'));
    const real = { blenderPath: null, factoryStartup: true, trusted: true, workers: 2 };
    const night = await rig.processor(real, { installs: async () => [newer, older] });
    const result = await night.processor.processBatch();
    expect(result.jobs.map(({ name, error }) => [name, error])).toEqual(
      result.jobs.map(({ name }) => [name, null]),
    );
    for (const job of result.jobs) {
      const { version } = job.name === '015_new' ? newer : older;
      expect(framesByVersion(job), job.name).toEqual({ [version]: job.counts.total });
    }
    for (const [name, blender] of [
      ['010_lantern_pond', older],
      ['015_new', newer],
    ] as const) {
      const one = await runAlone(rig, name, blender);
      for (const frame of ['0001', '0004']) {
        const file = join(name, `${name}_${frame}.png`);
        expect(await pixels(join(rig.out, file)), file).toBe(await pixels(join(one, file)));
      }
    }
    await night.processor.close();
    // The morning after, a frame is missing of each, and only one of the two Blenders is left.
    for (const name of ['010_lantern_pond', '015_new']) {
      await rm(join(rig.out, name, `${name}_0002.png`));
    }
    for (const [left, name, cause] of [
      [newer, '010_lantern_pond', 'other-blender'],
      [older, '015_new', 'newer-blender-needed'],
    ] as const) {
      const next = await rig.processor(real, { installs: async () => [left] });
      const only = next.job(name).id;
      await next.processor.processBatch({ only: [only] });
      expect(next.job(name)).toMatchObject({ status: 'failed', error: { cause } });
      expect(next.told('frame-started')).toEqual([]);
      await next.processor.close();
    }
    const again = await rig.processor(real, { installs: async () => [newer, older] });
    expect((await again.processor.processBatch()).outcome).toBe('completed');
    expect(framesByVersion(again.job('010_lantern_pond'))).toEqual({ [older.version]: 5 });
  },
);

const SMALL = `render:
  engine: cycles
  resolution: [64, 36]
  samples: 2
  denoise: false
  device: cpu
output:
  format: PNG
`;

/** The older one first. */
async function realPair(): Promise<readonly [BlenderInfo, BlenderInfo]> {
  const found = await Promise.all([BLENDER, OTHER ?? ''].map((path) => blenderInfo(path)));
  const pair = found.map((one) => {
    if (!one.ok) throw new Error(one.failure.message);
    return one.value;
  });
  const [older, newer] = pair.sort((a, b) => compareVersions(a.version, b.version));
  if (!older || !newer || older.version === newer.version) throw new Error('These are not two.');
  return [older, newer];
}

async function savedAgain({ path }: BlenderInfo, from: string, to: string): Promise<void> {
  const script = `${to}.py`;
  const lines = [
    'import bpy',
    `bpy.ops.wm.open_mainfile(filepath=${JSON.stringify(from)})`,
    `bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(to)}, compress=True)`,
  ];
  await writeFile(script, `${lines.join('\n')}\n`);
  const args = ['-b', '-Y', '--factory-startup', '--python-exit-code', '1', '--python', script];
  await execa(path, args);
  expect((await readFile(to)).readUInt32LE(0), 'zstd').toBe(0xfd2fb528);
}

function series({ version }: BlenderInfo): string {
  return version.split('.').slice(0, 2).join('.');
}

/** A shot by one Blender alone; the folder of its frames. */
async function runAlone(rig: EngineRig, name: string, { path }: BlenderInfo): Promise<string> {
  const output = join(rig.folder, `alone-${name}`);
  const batch = await createBatchFromDirectory(rig.shots, { output });
  const job = batch.jobs.find((one) => one.name === name) as BatchJob;
  const config = { blenderPath: path, factoryStartup: true, trusted: true };
  expect((await runJobSubprocess(job, { config })).status).toBe('completed');
  return output;
}
