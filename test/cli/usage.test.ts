import { expect, test } from 'vitest';
import { makeCli } from './rig.ts';

const WRONG: readonly [string, readonly string[], RegExp][] = [
  ['an unknown command', ['rendr', '.'], /Unknown command 'rendr'\. Did you mean render\?/],
  ['an unknown option', ['render', '.', '--wokers', '2'], /Did you mean --workers\?/],
  ['no folder', ['render'], /Missing required argument 'folder'/],
  [
    'a folder that is not there',
    ['render', 'nowhere'],
    /nowhere can't be read: there is no such folder\./,
  ],
  ['a file for a folder', ['render', 'steer.json'], /steer\.json is a file; choose the folder/],
  ['a number that is none', ['render', '.', '--workers', 'many'], /whole number from 0 to 256/],
  ['memory that is none', ['render', '.', '--memory', '0.1'], /GB from 0\.5, such as 16/],
  ['a time that is none', ['render', '.', '--timeout', 'soon'], /90s, 20m or 2h/],
  ['a time of the day that is none', ['render', '.', '--until', '25:00'], /such as 23:00/],
  ['a launcher of no words', ['render', '.', '--launcher', ' '], /a command, such as "nice -n 10"/],
  [
    'a launcher with an open quote',
    ['check', '.', '--launcher', "env 'A"],
    /The quote ' is not closed\./,
  ],
  ['an unknown policy', ['render', '.', '--existing', 'maybe'], /Allowed choices are resume, skip/],
  ['two that exclude each other', ['render', '.', '--fresh', '--resume'], /cannot be used with/],
  ['one argument too many', ['list', 'x'], /Too many arguments/],
  ['a report that is a folder', ['render', 'shots', '--report', 'shots'], /is a folder\./],
  ['an unknown shot', ['render', 'shots', '--only', 'hro'], /Did you mean hero\?/],
  ['a batch that is not there', ['report', 'nothing'], /There is no batch yet\./],
];

test.each(WRONG)('%s exits with 2 and one sentence', async (_what, args, sentence) => {
  const cli = await makeCli();
  await cli.shot('hero');
  const { code, out, err } = await cli.run(...args);
  expect(err).toMatch(sentence);
  expect(code).toBe(2);
  expect(out).toBe('');
});

test('no command shows the help and exits with 2', async () => {
  const cli = await makeCli();
  const { code, err } = await cli.run();
  expect(code).toBe(2);
  expect(err).toContain('Usage: nightshift');
  expect(err).toContain('Example:');
});

test('--help and --version are no mistakes', async () => {
  const cli = await makeCli();
  const help = await cli.run('render', '--help');
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('--frame-timeout');
  expect(help.out).toContain('--launcher <command>');
  expect(help.out).toContain('nightshift render shots');
  const version = await cli.run('--version');
  expect(version.code).toBe(0);
  expect(version.out).toMatch(/^\d+\.\d+\.\d+$/);
});
