import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ofType } from '../cli/rig.ts';
import { frameNames, type Lab, makeLab, type Night } from './lab.ts';
import { notes, troubledBlender } from './trouble.ts';

const ONE = ['--workers', '1'];
const SHOTS = { a: frameNames('a', 1), b: frameNames('b', 1) };

describe.skipIf(process.platform === 'win32')('a Blender that can not be started', () => {
  test.each([
    ['is not there', null, 0o755, 'is not there'],
    ['may not be run', '#!/bin/sh\nexit 0\n', 0o644, 'is not a program that may be run'],
    ['is a text file', 'no program', 0o755, 'is not a Blender that answers'],
    ['says nothing and exits 0', '#!/bin/sh\nexit 0\n', 0o755, 'is not a Blender that answers'],
  ])('because it %s fails every shot at once, and says so', async (_, text, mode, why) => {
    const lab = await twoShots('stand-in');
    const blender = join(lab.folder, 'the-blender');
    if (text !== null) {
      await lab.file('the-blender', text);
      await chmod(blender, mode);
    }
    const night = await lab.night({ args: ['--blender', blender] });
    expectBothFailed(
      night,
      'blender-not-found',
      `Blender could not be started: ${blender} ${why}.`,
    );
    expect(night.err).toContain('--blender PATH');
  });

  test.each([
    ['exits 0 without a word', 'exit 0', 'blender-not-found', 'exit code 0'],
    [
      'lacks a library',
      'echo "libX.so: not found" >&2; exit 127',
      'blender-not-found',
      'exit code 127',
    ],
    ['segfaults', 'kill -SEGV $$', 'crashed', 'SIGSEGV'],
  ])(
    'because it %s, although it tells its version, ends the night',
    async (_, shell, cause, how) => {
      const lab = await twoShots('stand-in');
      const blender = await troubledBlender(lab, '', `echo start >> "$TROUBLE/notes"\n${shell}`);
      const args = ['--blender', blender, ...ONE, '--retries', '1'];
      const night = await lab.night({ args });
      const message = {
        'blender-not-found': `Blender could not be started: it ended at once (${how}).`,
        crashed: `Blender crashed while it was starting (${how}).`,
      }[cause];
      expectBothFailed(night, cause, message);
      // Each shot twice.
      expect(await notes(lab)).toHaveLength(4);
      await lab.expectResume(SHOTS, { args: ONE });
    },
  );

  test('for a moment, as while it is updated, loses no shot', async () => {
    const lab = await twoShots('real');
    const away = 'if mkdir "$TROUBLE/away" 2>/dev/null; then exit 127; fi';
    const blender = await troubledBlender(lab, '', away);
    const night = await lab.night({ args: ['--blender', blender, ...ONE] });
    expect(night.code).toBe(0);
    expect(ofType(night.told, 'job-retried')).toMatchObject([{ cause: 'blender-not-found' }]);
    await lab.expectTruth();
    await lab.expectResume(SHOTS, { args: ONE });
  });
});

/** @param blender what renders them in the end; where none ever starts, the stand-in is as good as the real one */
async function twoShots(blender: 'real' | 'stand-in'): Promise<Lab> {
  const lab = await makeLab(blender);
  for (const name of Object.keys(SHOTS)) {
    await (blender === 'real'
      ? lab.realShot(name, { yaml: 'frames: 1' })
      : lab.shot(name, 'frames: 1'));
  }
  return lab;
}

function expectBothFailed(night: Night, cause: string, message: string | undefined): void {
  expect(night.code).toBe(1);
  const failed = ofType(night.told, 'job-finished');
  expect(failed.map(({ name }) => name).sort()).toEqual(['a', 'b']);
  for (const shot of failed) expect(shot).toMatchObject({ status: 'failed', cause, message });
}
