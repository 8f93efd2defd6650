import { expect, test } from 'vitest';
import { makeCli } from './rig.ts';

/** In the order in which a render passes them. */
const STEPS = [
  'Node is up',
  'Nightshift is loaded',
  'the shots are read',
  'the checkpoint is read',
  'Blender is started',
  'Blender is up',
  'the scene is open',
  'its frames are planned',
  'its files are claimed',
  'the scene is looked through',
  'the first frame is rendered',
  'it is proved whole',
  'it is recorded',
  'it has its name',
  'the last frame has its name',
  'the last Blender is gone',
  'the run has ended',
  'the command ends',
];

test('--timing says what the time went into, one step a line, and leaves standard output as it is', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-3\n');
  const { code, out, err } = await cli.run('render', 'shots', '-o', 'out', '--json', '--timing');

  expect(code, err).toBe(0);
  expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({ type: 'batch-finished' });
  const [, said = ''] = err.split('     ms        +  since the start of the command\n');
  const lines = said.split('\n');
  const rows = lines.map((line) => /^ *(\d+) +(\d+) {2}(.*)$/.exec(line)?.slice(1) ?? [line]);
  expect(rows.map(([, , what]) => what)).toEqual(STEPS);
  const times = rows.map(([ms]) => Number(ms));
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('--timing also says of a folder without shots how far it came', async () => {
  const cli = await makeCli();
  const { code, err } = await cli.run('render', 'shots', '--timing');

  expect(code).toBe(2);
  expect(err).toMatch(/the shots are read\n.*the command ends$/);
});
