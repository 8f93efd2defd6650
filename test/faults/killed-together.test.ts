import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { pixels } from '../engine/rig.ts';
import { recordedPids } from '../helpers/recorded-pids.ts';
import { frameNames, type Lab, makeLab, told } from './lab.ts';

const HOOK = resolve(import.meta.dirname, 'kill-at.mjs');
const HERO = frameNames('hero', 3);

/** Three frames that last long enough to be caught in the middle. */
async function heroShot(): Promise<Lab> {
  const lab = await makeLab();
  await lab.realShot('hero', { yaml: 'frames: 1-3\nrender: { samples: 96 }' });
  return lab;
}

let undisturbed: Promise<readonly string[]> | undefined;

/** The pictures of a night in which nothing happened. */
function calm(): Promise<readonly string[]> {
  undisturbed ??= heroShot().then(async (lab) => {
    expect((await lab.night()).code).toBe(0);
    return pictures(lab);
  });
  return undisturbed;
}

function pictures(lab: Lab): Promise<readonly string[]> {
  return Promise.all(HERO.map((name) => pixels(join(lab.out, 'hero', name))));
}

/** The pids of the Blenders that render for the batch of a lab. */
async function blenders(lab: Lab): Promise<readonly number[]> {
  const [id = ''] = await readdir(join(lab.data, 'batches'));
  return recordedPids(join(lab.data, 'batches', id));
}

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'the command line and its Blender get %s at once: whole frames stay, and a resume brings the same pixels',
  async (signal) => {
    const lab = await heroShot();
    const night = lab.begin({ args: ['--workers', '1'] });
    await night.until(told('frame-done', 'hero', 1));
    const pids = await blenders(lab);
    expect(pids).toHaveLength(1);
    for (const pid of [...pids, night.pid]) process.kill(pid, signal);
    const { code } = await night.end;
    expect(code).toBe(signal === 'SIGKILL' ? undefined : 130);
    await lab.expectTruth();
    await lab.expectResume({ hero: HERO });
    expect(await pictures(lab)).toEqual(await calm());
  },
);

test.each(['before-write', 'before-rename'])(
  'SIGKILL %s of the second finished frame of real Blender: the same pixels after a resume',
  async (point) => {
    const lab = await heroShot();
    const env = { KILL_AT: JSON.stringify({ point, kind: 'frame-done', nth: 2 }) };
    const night = lab.begin({ args: ['--workers', '1'], node: ['--import', HOOK], env });
    const { code, done } = await night.end;
    expect(code).toBeUndefined();
    expect(done).toHaveLength(1);
    await lab.expectTruth();
    const resumed = await lab.expectResume({ hero: HERO });
    // What was recorded only wants its name.
    expect(resumed.done).toHaveLength(point === 'before-write' ? 2 : 1);
    expect(await pictures(lab)).toEqual(await calm());
  },
);
