import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BatchProcessor, createBatchFromDirectory } from '../../electron/engine/index.ts';
import { type CliRig, events, makeCli, ofType, type Told } from './rig.ts';

/** `hero 2`, `wide 3` for each frame that was rendered, in order. */
function rendered(out: string): readonly string[] {
  return ofType(events(out), 'frame-done').map(({ name, frame }: Told) => `${name} ${frame}`);
}

async function twoShots(): Promise<{
  cli: CliRig;
  render: (...args: string[]) => Promise<string>;
}> {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-4');
  await cli.shot('wide', 'frames: 3-5');
  const render = async (...args: string[]) => {
    const where = [cli.shots, '-o', cli.out, '--workers', '1', '--json'];
    const { code, out, err } = await cli.run('render', ...where, ...args);
    expect(code, err).toBe(0);
    return out;
  };
  return { cli, render };
}

test('--frames renders these frames of the shots that have them, --again also those that are done', async () => {
  const { cli, render } = await twoShots();
  const some = await render('--frames', '4-5, 77');
  expect(rendered(some).toSorted()).toEqual(['hero 4', 'wide 4', 'wide 5']);
  expect(
    ofType(events(some), 'job-rested')
      .map(({ done, total }) => `${done} of ${total}`)
      .toSorted(),
  ).toEqual(['1 of 4', '2 of 3']);
  expect(events(some).at(-1)).toMatchObject({ type: 'batch-finished', outcome: 'partial' });
  expect(rendered(await render('--frames', '4')).toSorted()).toEqual([]);
  const again = await render('--only', 'hero', '--frames', '1,4', '--again');
  expect(rendered(again)).toEqual(['hero 1', 'hero 4']);
  expect(await readdir(join(cli.out, 'hero/.nightshift-aside'))).toHaveLength(1);
  expect(rendered(await render())).toEqual(['hero 2', 'hero 3', 'wide 3']);
  expect(rendered(await render('--only', 'wide', '--again'))).toHaveLength(3);
});

test('--rejected renders again what was rejected, and says so where nothing was', async () => {
  const { cli, render } = await twoShots();
  await render();
  const where = [cli.shots, '-o', cli.out];
  const none = await cli.run('render', ...where, '--rejected');
  expect(none).toMatchObject({ code: 2 });
  expect(none.err).toContain('No frame of these shots is rejected.');
  const batch = await createBatchFromDirectory(cli.shots, { output: cli.out });
  const processor = new BatchProcessor(batch, { dataDirectory: join(cli.folder, 'data') });
  await processor.load();
  const wide = processor.jobs.find(({ name }) => name === 'wide');
  await processor.reviewFrames(wide?.id ?? '', [3, 5], 'rejected');
  await processor.close();
  expect(rendered(await render('--rejected'))).toEqual(['wide 3', 'wide 5']);
});

test('frames that no shot has, and options that exclude each other, are refused', async () => {
  const { cli } = await twoShots();
  const refused = async (...args: string[]) => {
    const { code, err } = await cli.run('render', cli.shots, '-o', cli.out, ...args);
    expect(code).toBe(2);
    return err;
  };
  expect(await refused('--frames', '200-210')).toContain(
    'None of the shots has a frame of 200-210.',
  );
  expect(await refused('--only', 'hero', '--frames', '9')).toContain('hero has no frame of 9.');
  expect(await refused('--frames', '10-1')).toContain('runs backwards');
  expect(await refused('--again', '--fresh')).toMatch(/--again.*--fresh|--fresh.*--again/);
  expect(await refused('--rejected', '--frames', '1')).toMatch(/cannot be used with/);
});
