import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { events, makeCli, ofType } from './rig.ts';

test('renders every shot, names each file that it made, and exits with 0', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-3');
  await cli.shot('wide', 'frames: 7');
  const { code, out, err } = await cli.run('render', cli.shots, '-o', cli.out, '--json');
  expect(code, err).toBe(0);
  const told = events(out);
  expect(told[0]).toMatchObject({ type: 'nightshift', json: 1 });
  expect(told[1]?.type).toBe('batch-started');
  expect(told.at(-1)).toMatchObject({ type: 'batch-finished', outcome: 'completed', completed: 2 });
  const done = ofType(told, 'frame-done');
  expect(done.map(({ name, frame }) => `${name} ${frame}`).sort()).toEqual([
    'hero 1',
    'hero 2',
    'hero 3',
    'wide 7',
  ]);
  for (const { file, job, seconds } of done) {
    expect(existsSync(String(file)), String(file)).toBe(true);
    expect(job).toMatch(/^[0-9a-f]{12}$/);
    expect(seconds).toBeTypeOf('number');
  }
  expect(ofType(told, 'job-started')).toHaveLength(2);
  expect(ofType(told, 'job-finished').map(({ status }) => status)).toEqual([
    'completed',
    'completed',
  ]);
});

test('frames that were there before are not announced again', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-3');
  await cli.run('render', cli.shots, '-o', cli.out);
  const { code, out } = await cli.run('render', cli.shots, '-o', cli.out, '--json');
  expect(code).toBe(0);
  expect(ofType(events(out), 'frame-done')).toEqual([]);
  expect(ofType(events(out), 'job-finished')).toMatchObject([
    { name: 'hero', status: 'completed' },
  ]);
});

test('--fresh renders all again', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-3');
  await cli.run('render', cli.shots, '-o', cli.out);
  const { out } = await cli.run('render', cli.shots, '-o', cli.out, '--json', '--fresh');
  expect(ofType(events(out), 'frame-done')).toHaveLength(3);
});

test('a shot that crashes Blender fails with its cause, the others complete, and it exits with 1', async () => {
  const cli = await makeCli();
  await cli.shot('good', 'frames: 1-2');
  await cli.file('scenes/crasher.blend', 'BLENDER-v403RENDH');
  await cli.file('shots/stunt.yaml', 'blend: ../scenes/crasher.blend\nframes: 1-2');
  await cli.steer({ render: { blend: 'crasher', crash: true } });
  const report = join(cli.folder, 'reports', 'night.md');
  const args = ['-o', cli.out, '--json', '--retries', '0', '--report', report];
  const { code, out } = await cli.run('render', cli.shots, ...args);
  expect(code).toBe(1);
  const ends = ofType(events(out), 'job-finished');
  expect(ends.find(({ name }) => name === 'good')).toMatchObject({
    status: 'completed',
    cause: null,
  });
  expect(ends.find(({ name }) => name === 'stunt')).toMatchObject({
    status: 'failed',
    cause: 'crashed',
  });
  expect(ofType(events(out), 'frame-failed')[0]).toMatchObject({ name: 'stunt', cause: 'crashed' });
  const text = await readFile(report, 'utf8');
  expect(text).toContain('### stunt');
  expect(text).toContain('--only stunt');
});

test('a shot file that can not be read ends as a failed shot, and the others are rendered', async () => {
  const cli = await makeCli();
  await cli.shot('good', 'frames: 1');
  await cli.file('shots/broken.yaml', 'blend: [\n');
  const { code, out, err } = await cli.run('render', cli.shots, '-o', cli.out, '--json');
  expect(code).toBe(1);
  const ends = ofType(events(out), 'job-finished');
  expect(ends).toHaveLength(2);
  expect(ends.find(({ name }) => name === 'broken')).toMatchObject({
    status: 'failed',
    cause: 'unreadable-shot',
  });
  expect(err).toMatch(/shots\/broken\.yaml:\d+:\d+: error: /);
});

test('--only renders just the shots that are named', async () => {
  const cli = await makeCli();
  for (const name of ['a', 'b', 'c']) await cli.shot(name, 'frames: 1');
  const args = ['-o', cli.out, '--json', '--only', 'a', '--only', 'c'];
  const { code, out } = await cli.run('render', cli.shots, ...args);
  expect(code).toBe(0);
  const done = ofType(events(out), 'frame-done').map(({ name }) => name);
  expect(done.toSorted()).toEqual(['a', 'c']);
  expect(events(out).at(-1)).toMatchObject({ totalJobs: 2, completed: 2 });
});

test('what --only rendered is not rendered again with all the shots', async () => {
  const cli = await makeCli();
  for (const name of ['a', 'b']) await cli.shot(name, 'frames: 1-2');
  await cli.run('render', cli.shots, '-o', cli.out);
  await cli.run('render', cli.shots, '-o', cli.out, '--only', 'b');
  const { out } = await cli.run('render', cli.shots, '-o', cli.out, '--json');
  expect(ofType(events(out), 'frame-done')).toEqual([]);
});

test('a pipe gets plain lines without colours or bars', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-2');
  const { out } = await cli.run('render', cli.shots, '-o', cli.out);
  expect(out).not.toContain('\u001B');
  expect(out).toContain(`Rendering ${cli.shots} with Blender 4.3.2`);
  expect(out).toMatch(/hero: frame 1 done in \S+ m?s \(1 of 2\)\./);
  expect(out).toContain('hero: complete, 2 frames.');
  expect(out).toContain('The shot is complete: 2 frames in');
  expect(out).toContain(`The frames are in ${cli.out}.`);
});

test('a result of many frames reaches a pipe whole', async () => {
  const cli = await makeCli();
  await cli.shot('long', 'frames: 1-400');
  const { code, out } = await cli.run('render', cli.shots, '-o', cli.out, '--json');
  expect(code).toBe(0);
  expect(out.split('\n').at(-1)?.length).toBeGreaterThan(70_000);
  expect(events(out).at(-1)).toMatchObject({ type: 'batch-finished', completed: 1 });
});

test('an empty folder exits with 2 and says what shots are', async () => {
  const cli = await makeCli();
  const { code, out, err } = await cli.run('render', cli.shots, '-o', cli.out, '--json');
  expect(code).toBe(2);
  expect(events(out)).toMatchObject([
    { type: 'nightshift' },
    { type: 'batch-finished', totalJobs: 0 },
  ]);
  expect(err).toContain('There is no shot in this folder');
});
