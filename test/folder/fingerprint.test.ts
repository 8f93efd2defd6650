import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import { folderOf } from './folder.ts';

const SHOT =
  'blend: scene.bin\nscript: build.py\nparams: { a: 1, b: 2 }\nrender: { samples: 4, percentage: 50 }\n';

/** The source of a shot before and after something was changed. */
async function sources(change: (folder: string) => Promise<void>): Promise<readonly string[]> {
  const folder = await folderOf({ 'scene.bin': 'one', 'build.py': 'pass', 'shot.yaml': SHOT });
  const before = await createBatchFromDirectory(folder);
  await change(folder);
  const after = await createBatchFromDirectory(folder);
  return [before, after].map((batch) => batch.jobs[0]?.source ?? 'none');
}

const rewritten = (name: string, content: string) => (folder: string) =>
  writeFile(join(folder, name), content);

describe("a shot's source", () => {
  test.each([
    ['the .blend', rewritten('scene.bin', 'two')],
    ['the script', rewritten('build.py', 'quit')],
    ['a param', rewritten('shot.yaml', SHOT.replace('b: 2', 'b: 3'))],
    ['a render setting', rewritten('shot.yaml', SHOT.replace('50', '51'))],
    ['the camera', rewritten('shot.yaml', `${SHOT}camera: B`)],
    ['the format', rewritten('shot.yaml', `${SHOT}output: { format: JPEG }`)],
    ['the color depth', rewritten('shot.yaml', `${SHOT}output: { color_depth: 16 }`)],
  ])('changes with %s', async (_what, change) => {
    const [before, after] = await sources(change);
    expect(before).toMatch(/^[0-9a-f]{32}$/);
    expect(after).toMatch(/^[0-9a-f]{32}$/);
    expect(after).not.toBe(before);
  });

  test.each([
    [
      'frames, limits, retries, priority and names',
      rewritten(
        'shot.yaml',
        `${SHOT}frames: 4\ntimeout: 2h\nframe_timeout: 4\nretries: 1\npriority: 4\nname: x\noutput: { name: y, path: z }`,
      ),
    ],
    ['the order of its keys', rewritten('shot.yaml', SHOT.replace('a: 1, b: 2', 'b: 2, a: 1'))],
    ['the time of the .blend', (folder: string) => utimes(join(folder, 'scene.bin'), 1, 1)],
  ])('stays the same with other %s', async (_what, change) => {
    const [before, after] = await sources(change);
    expect(after).toBe(before);
  });
});
