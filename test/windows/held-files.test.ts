import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { event, makeEngine } from '../engine/rig.ts';
import { hold, isHidden } from './kernel.ts';

test('a frame that a preview has open gets its name when that lets go, and the rest goes on', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4');
  const go = join(rig.folder, 'go');
  await rig.steer({ render: { frame: 2, until: go } });
  const { processor, until, told, signals } = await rig.processor();
  const begun = until(event('frame-started', 'hero', 2));
  const rest = until(event('frame-done', 'hero', 4));
  const running = processor.processBatch();
  await begun;
  const frame = join(rig.out, 'hero', 'hero_0002.png');
  await writeFile(frame, 'of an older night');
  const letGo = hold(frame);
  onTestFinished(letGo);
  await writeFile(go, '');
  await rest;
  expect(told('frame-done')).toEqual([1, 3, 4]);
  const said = signals.flatMap((signal) => (signal.type === 'log' ? signal.line.text : []));
  expect(said.join('\n')).toContain('Frame 2 is rendered and waits for its name.');
  letGo();
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([1, 3, 4, 2]);
  expect(told('frame-failed')).toEqual([]);
  expect(await rig.frames('hero')).toHaveLength(4);
});

test('a file that another program has open among the temporary ones ends no resume', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const first = await rig.processor();
  expect(await first.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  await rm(join(rig.out, 'hero', 'hero_0001.png'));
  const temporary = join(first.processor.checkpointPath, 'tmp', 'lane-1');
  await mkdir(temporary, { recursive: true });
  await writeFile(join(temporary, 'crash.txt'), '');
  onTestFinished(hold(join(temporary, 'crash.txt')));
  const { processor, told } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([1]);
});

test('what a shot had there before is moved into a folder that Explorer does not show', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1');
  await rig.file('out/hero/hero_0001.png', 'no picture');
  const { processor } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(isHidden(join(rig.out, 'hero', '.nightshift-aside'))).toBe(true);
  expect(isHidden(join(rig.out, 'hero', 'hero_0001.png'))).toBe(false);
});
