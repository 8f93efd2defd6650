import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { pixels } from '../engine/rig.ts';
import { makeLab } from './lab.ts';

const HOOK = resolve(import.meta.dirname, 'kill-at.mjs');
const FRAMES = Array.from({ length: 8 }, (_, index) => index + 1);
const NAMES = { hero: FRAMES.map((frame) => `hero_000${frame}.png`) };
const KEPT = { prepares: 0.05, built: 0.06, kept: 0.001 };
const STEERS = {
  'scene-checked': { kept: KEPT },
  'scene-checked that says no': { kept: { ...KEPT, wrongFrom: 3 } },
  'scene-anew': { kept: KEPT, facts: { builtAnew: 'particles or hair' } },
} as const;

test.each(
  Object.entries(STEERS).flatMap(([kind, steer]) =>
    (['before-write', 'after-write'] as const).map((point) => [kind, point, steer] as const),
  ),
)(
  'SIGKILL at the writing of %s, %s, leaves no picture that nobody has checked',
  async (kind, point, steer) => {
    const lab = await makeLab('stand-in');
    await lab.shot('hero', `frames: 1-${FRAMES.length}`);
    await lab.steer(steer);
    const args = ['--workers', '1'];
    const env = { KILL_AT: JSON.stringify({ point, kind: kind.split(' ')[0] }) };
    const killed = await lab.begin({ args, node: ['--import', HOOK], env }).end;
    expect(killed.code, killed.err).toBeUndefined();
    await lab.expectTruth();
    await lab.expectResume(NAMES, { args });
    const files = NAMES.hero.map((name) => pixels(join(lab.out, 'hero', name)));
    expect(await Promise.all(files)).toEqual(await calm());
  },
);

let undisturbed: Promise<readonly string[]> | undefined;

/** The pictures of a shot whose scene was never kept. */
function calm(): Promise<readonly string[]> {
  undisturbed ??= (async () => {
    const lab = await makeLab('stand-in');
    await lab.shot('hero', `frames: 1-${FRAMES.length}`);
    await lab.steer({});
    const { code, done } = await lab.night();
    expect(code).toBe(0);
    return Promise.all([...done].sort().map((file) => pixels(file)));
  })();
  return undisturbed;
}
