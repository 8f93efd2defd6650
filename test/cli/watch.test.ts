import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type CliRig, events, makeCli, ofType } from './rig.ts';
import { said } from './said.ts';

async function ended(child: ReturnType<CliRig['start']>) {
  child.kill('SIGINT');
  const { exitCode, stdout } = await child;
  return { exitCode, told: events(stdout) };
}

test('--watch renders what comes into the folder, and a shot again that has changed', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-2');
  const child = cli.start('render', cli.shots, '-o', cli.out, '--json', '--watch');
  await said(child, 'Watching');

  const second = said(child, 'Watching');
  await cli.shot('late', 'frames: 1-3');
  await second;
  const third = said(child, 'Watching');
  await cli.shot('hero', 'frames: 1-4');
  await third;

  const { exitCode, told } = await ended(child);
  expect(exitCode).toBe(0);
  const done = ofType(told, 'frame-done').map(({ name, frame }) => `${name} ${frame}`);
  const byHero = done.filter((each) => each.startsWith('hero'));
  expect(done.filter((each) => each.startsWith('late'))).toEqual(['late 1', 'late 2', 'late 3']);
  expect(byHero.slice(0, 2)).toEqual(['hero 1', 'hero 2']);
  expect(byHero.slice(2)).toEqual(expect.arrayContaining(['hero 3', 'hero 4']));
});

test('a shot that comes while another renders joins the same run', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-2');
  const go = join(cli.folder, 'go');
  await cli.steer({ render: [{ frame: 2, until: go, tries: 1 }] });
  const child = cli.start(
    'render',
    cli.shots,
    '-o',
    cli.out,
    '--json',
    '--watch',
    '--workers',
    '1',
  );
  const joined = said(child, 'New: late.');
  const watching = said(child, 'Watching');
  await vi.waitFor(
    async () =>
      expect((await cli.blenderLog()).filter((one) => one.do === 'render')).toHaveLength(2),
    { timeout: 20_000 },
  );
  await cli.shot('late', 'frames: 1');
  await joined;
  await cli.file('go', '');
  await watching;
  const { exitCode, told } = await ended(child);
  expect(exitCode).toBe(0);
  expect(ofType(told, 'batch-finished')).toHaveLength(1);
  expect(
    ofType(told, 'job-finished')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['hero', 'late']);
});

test('--watch does not go with what has an end', async () => {
  const cli = await makeCli();
  await cli.shot('hero');
  for (const other of [['--only', 'hero'], ['--when-done', 'sleep'], ['--fresh']]) {
    const { code, err } = await cli.run('render', cli.shots, '--watch', ...other);
    expect(code).toBe(2);
    expect(err).toContain('cannot be used with');
  }
});
