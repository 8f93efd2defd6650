import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test, vi } from 'vitest';
import { events, makeCli, ofType } from './rig.ts';

test('list shows a batch, report tells of it by id, prefix and folder, clear forgets it', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-2');
  await cli.run('render', cli.shots, '-o', cli.out);

  const list = await cli.run('list');
  expect(list.code).toBe(0);
  expect(list.out).toMatch(/BATCH +STATE +FRAMES/);
  expect(list.out).toMatch(/completed +2 of 2/);
  expect(list.out).toContain(cli.shots);
  const id = list.out.split('\n')[1]?.split(' ')[0] ?? '';

  for (const said of [[], [id], [id.slice(0, -2)], [cli.shots]]) {
    const report = await cli.run('report', ...said);
    expect(report.out).toContain('# Nightshift report: shots');
    expect(report.out).toContain('The shot is complete: 2 frames');
  }
  const file = join(cli.folder, 'night.md');
  const written = await cli.run('report', id, '-o', file);
  expect(written).toMatchObject({ code: 0, out: '' });
  const text = await readFile(file, 'utf8');
  expect(text).toContain('# Nightshift report');
  expect(text).toContain('![hero, frames 1, 2](night-pictures/001-hero.jpg)');
  const strip = await sharp(
    await readFile(join(cli.folder, 'night-pictures/001-hero.jpg')),
  ).stats();
  expect(strip.channels).toHaveLength(3);
  await rm(join(cli.out, 'hero', 'hero_0001.png'));
  await cli.run('report', id, '-o', file);
  expect(await readFile(file, 'utf8')).toMatch(/no picture of frame 1: [^!]*!\[hero, frame 2\]/);

  const nights = await cli.run('report', id, '--nights');
  expect(nights.out).toMatch(/NIGHT +BEGAN +STATE[^\n]*\n\S+ +.*completed +2 frames/);
  const night = nights.out.split('\n')[1]?.split(' ')[0] ?? '';
  expect((await cli.run('report', id, '--night', night)).out).toContain('# Nightshift report');
  expect(await cli.run('report', id, '--night', '1999')).toMatchObject({ code: 2, out: '' });

  const cleared = await cli.run('clear', id);
  expect(cleared.code).toBe(0);
  expect((await cli.run('list')).err).toContain('There is no batch yet.');
  expect(existsSync(join(cli.out, 'hero', 'hero_0002.png'))).toBe(true);
});

test('a batch that is being rendered is not cleared or rendered twice, and list says so', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1');
  await cli.steer({ render: { hang: true } });
  const child = cli.start('render', cli.shots, '-o', cli.out);
  // Who renders it holds it a moment before the journal knows its folder, by which it is cleared.
  const begun = /rendering .*\/shots$/m;
  await vi.waitFor(async () => expect((await cli.run('list')).out).toMatch(begun), 20_000);
  const cleared = await cli.run('clear', cli.shots);
  expect(cleared.code).toBe(2);
  expect(cleared.err).toContain('is being rendered by');
  const second = await cli.run('render', cli.shots, '-o', cli.out);
  expect(second.code).toBe(2);
  expect(second.err).toContain('is being rendered by');
  child.kill('SIGINT');
  await child;
});

test('a run of some shots only does not call the whole batch completed', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1');
  await cli.shot('wide', 'frames: 1-2');
  await cli.file('shots/broken.yaml', 'blend: [\n');
  expect((await cli.run('render', cli.shots, '-o', cli.out)).code).toBe(1);
  const { code } = await cli.run('render', cli.shots, '-o', cli.out, '--only', 'hero');
  expect(code).toBe(0);
  expect((await cli.run('list')).out).toMatch(/failed +3 of 3 +1 /);
  const report = await cli.run('report');
  expect(report.out).toContain('1 of 3 shots failed. 2 of 3 shots are complete');
});

test('list and report say how many shots wait after a run of some, also where the others were never begun', async () => {
  const cli = await makeCli();
  for (const name of ['hero', 'wide', 'zoom']) await cli.shot(name, 'frames: 1-2');
  await cli.file('shots/broken.yaml', 'blend: [\n');
  const only = ['render', cli.shots, '-o', cli.out, '--only', 'hero'];
  expect((await cli.run(...only)).code).toBe(0);
  expect((await cli.run('list')).out).toMatch(/1 of 3 shots done, 2 waiting +2 of 2 +0 /);
  expect((await cli.run('report')).out).toContain(
    'The last run was for some of the shots: 1 of 3 shots is complete',
  );
  await rm(join(cli.shots, 'zoom.yaml'));
  expect((await cli.run('list')).out).toContain('1 of 2 shots done, 1 waiting');
  expect((await cli.run(...only.slice(0, -1), 'wide')).code).toBe(0);
  expect((await cli.run('list')).out).toMatch(/completed +4 of 4 +0 /);
});

test('blender shows the installs found and the GPUs that each can render on', async () => {
  const cli = await makeCli();
  await cli.steer({
    version: '99.1.0',
    gpus: [
      { kind: 'OPTIX', id: 'a', name: 'Quick 1', on: true },
      { kind: 'OPTIX', id: 'b', name: 'Quick 2', on: false },
    ],
  });
  const { code, out } = await cli.run('blender');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^VERSION +FROM +GPU +PATH\n99\.1\.0 \* +NIGHTSHIFT_BLENDER +Quick 1 \(OptiX\) +\S+fake-blender\.mjs\n/,
  );
  expect(out).toMatch(/\n +Quick 2 \(OptiX\), switched off\n/);
  expect(out).toMatch(/\nAs chosen in Blender's preferences\.$/);
  expect(out).toMatch(/\n\* renders where nothing says which Blender is to\n/);
  await cli.steer({});
  expect((await cli.run('blender')).out).toMatch(
    /4\.3\.2 \* +NIGHTSHIFT_BLENDER +None found +\S+fake-blender\.mjs/,
  );
});

test('check says what is wrong and where, renders nothing, and exits with 1', async () => {
  const cli = await makeCli();
  await cli.shot('good', 'frames: 1');
  await cli.shot('typo', 'framse: 1-4');
  await cli.file('shots/broken.yaml', 'blend: [\n');
  const { code, out } = await cli.run('check', 'shots', '-o', cli.out);
  expect(out).toMatch(/^shots\/broken\.yaml:\d+:\d+: error: /m);
  expect(out).toMatch(/^shots\/typo\.yaml:2:1: warning: .*frames/m);
  expect(out).toMatch(/3 shots, 1 error, 1 warning\.$/);
  expect(code).toBe(1);
  expect(existsSync(cli.out)).toBe(false);
  const json = await cli.run('check', 'shots', '-o', cli.out, '--json');
  expect(ofType(events(json.out), 'problem')).toHaveLength(2);
  expect(events(json.out).at(-1)).toMatchObject({ type: 'check-finished', errors: 1 });
});

test('check of good shots exits with 0', async () => {
  const cli = await makeCli();
  await cli.shot('good', 'frames: 1');
  const { code, out } = await cli.run('check', 'shots');
  expect(out).toContain('1 shot, 0 errors, 0 warnings.');
  expect(code).toBe(0);
});

test('a shot that was deleted from its folder does not count in list and report', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1');
  await cli.shot('test_do_not_use', 'frames: 1-2');
  await cli.run('render', cli.shots, '-o', cli.out);
  expect((await cli.run('list')).out).toMatch(/completed +3 of 3/);

  await rm(join(cli.shots, 'test_do_not_use.yaml'));
  expect((await cli.run('list')).out).toMatch(/completed +1 of 1/);
  expect((await cli.run('report')).out).toContain('The shot is complete: 1 frame');

  // A disk that is not mounted looks like this, too: then all that is known counts.
  await rm(join(cli.shots, 'hero.yaml'));
  expect((await cli.run('list')).out).toMatch(/completed +3 of 3/);
  await rm(cli.shots, { recursive: true });
  expect((await cli.run('report')).out).toContain('Both shots are complete: 3 frames');
});
