import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { firstAsked, programAt } from '../../electron/blender/head-start.ts';
import { type CliRig, events, makeCli, ofType, runs } from './rig.ts';

interface Started {
  readonly do: string;
  readonly pid: number;
  readonly argv: readonly string[];
  readonly temporary: string;
}

/** A computer may be busy with other tests. */
const PATIENTLY = { timeout: 60_000, interval: 5 };

let cache = '';
/** Where it is kept how the first Blender of a command line was started. */
const first = () => join(cache, 'Nightshift/first');

/** A rig whose commands begin with a Blender, where one was kept. */
async function makeHeadStart(): Promise<CliRig> {
  const cli = await makeCli();
  Object.assign(cli.env, { XDG_CACHE_HOME: cache, NIGHTSHIFT_HEAD_START: undefined });
  await cli.shot('hero', 'frames: 1-2\n');
  return cli;
}

async function started(cli: CliRig): Promise<readonly Started[]> {
  const noted = (await cli.blenderLog()) as readonly Started[];
  return noted.filter((each) => each.do === 'start');
}

async function renderedBy(cli: CliRig): Promise<ReadonlySet<number>> {
  const noted = await cli.blenderLog();
  return new Set(noted.filter((each) => each.do === 'render').map(({ pid }) => pid));
}

/** A folder in which `studio-blender` is the Blender of the rig. */
async function withBlender(cli: CliRig, name: string): Promise<string> {
  const folder = join(cli.folder, name);
  await mkdir(folder);
  await symlink(cli.env.NIGHTSHIFT_BLENDER ?? '', join(folder, 'studio-blender'));
  return folder;
}

/** Whether the one Blender that renders was begun, where that is `studio-blender` in the first of these folders of PATH. */
async function isBegunWith(cli: CliRig, places: readonly string[]): Promise<boolean> {
  const before = await renderedBy(cli);
  Object.assign(cli.env, { PATH: [...places, process.env.PATH].join(delimiter) });
  const how = ['--fresh', '--existing', 'overwrite', '--blender', 'studio-blender'];
  expect(await cli.run('render', 'shots', '-o', 'out', ...how)).toMatchObject({ code: 0 });
  const rendered = await renderedBy(cli);
  const own = (await started(cli)).filter(({ pid }) => rendered.has(pid) && !before.has(pid));
  expect(own).toHaveLength(1);
  return own.every(({ temporary }) => temporary.startsWith(first()));
}

/** Processes that were started from the runner of this cache folder. */
async function blenders(): Promise<readonly number[]> {
  const { stdout } = await execa('ps', ['-ww', '-A', '-o', 'pid=,args=']);
  const own = stdout.split('\n').filter((line) => line.includes(join(cache, 'Nightshift/runner')));
  const pids = own.map((line) => Number(line.trim().split(' ')[0]));
  const alive = await Promise.all(pids.map(runs));
  return pids.filter((_, at) => alive[at]);
}

async function record(): Promise<string> {
  const [name = 'none'] = await readdir(first());
  return join(first(), name);
}

// Where the cache folder is by other variables the same code runs.
describe.runIf(process.platform === 'linux')('the first Blender of a render', () => {
  beforeAll(async () => {
    cache = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-first-')));
  });
  afterAll(() => rm(cache, { recursive: true, force: true }));

  test('is begun before anything is loaded from the second command on, and is the one that renders', async () => {
    const cli = await makeHeadStart();
    const say = ['render', 'shots', '-o', 'out', '--timing'];
    const before = await cli.run(...say);
    expect(before.code, before.err).toBe(0);
    const begins = /Blender is started\n(.*\n)*.*Nightshift is loaded/;
    expect(before.err).not.toMatch(begins);
    expect(await readdir(first())).toHaveLength(1);

    const again = await cli.run(...say, '--fresh', '--existing', 'overwrite');
    expect(again.code, again.err).toBe(0);
    expect(again.err).toMatch(begins);
    const [early, begun, ...others] = await started(cli);
    expect(others).toEqual([]);
    expect(await renderedBy(cli)).toEqual(new Set([early?.pid, begun?.pid]));
    expect(begun?.temporary.startsWith(first())).toBe(true);
    // Nothing else of it is otherwise than it was.
    const own = (argv: readonly string[] = []) => argv.slice(0, -1);
    expect(own(begun?.argv)).toEqual(own(early?.argv));
    expect(await readdir(first())).toHaveLength(1);
    expect(await blenders()).toEqual([]);
  });

  test.each([
    ['a number is none', ['shots', '--workers', 'many'], 2],
    ['the folder has no such shot', ['shots', '--only', 'hro'], 2],
    ['another program shall be put before it', ['shots', '-o', 'out', '--launcher=env'], 0],
  ])('is gone, or was never begun, where %s', async (_what, args, code) => {
    const cli = await makeHeadStart();
    expect(await cli.run('render', ...args)).toMatchObject({ code });
    expect(await blenders()).toEqual([]);
    expect(await readdir(first())).toHaveLength(1);
    const begun = (await started(cli)).filter(({ temporary }) => temporary.startsWith(first()));
    const rendered = await renderedBy(cli);
    expect(begun.filter(({ pid }) => rendered.has(pid))).toEqual([]);
  });

  test('is gone where nothing is left to render, and the next command has one all the same', async () => {
    const cli = await makeHeadStart();
    expect(await cli.run('render', 'shots', '-o', 'out')).toMatchObject({ code: 0 });
    const rendered = await renderedBy(cli);
    expect(await cli.run('render', 'shots', '-o', 'out')).toMatchObject({ code: 0 });
    expect(await renderedBy(cli)).toEqual(rendered);
    expect(await blenders()).toEqual([]);
    expect(await readdir(first())).toHaveLength(1);
  });

  test('is not the one that renders where it was begun otherwise than it is wanted', async () => {
    const cli = await makeHeadStart();
    const file = await record();
    const kept = await readFile(file, 'utf8');
    await writeFile(file, kept.replace('"-Y"', '"-y"'));
    const { code, err } = await cli.run('render', 'shots', '-o', 'out');
    expect(code, err).toBe(0);
    const rendered = await renderedBy(cli);
    const [one, ...others] = (await started(cli)).filter(({ pid }) => rendered.has(pid));
    expect(others).toEqual([]);
    expect(one?.argv).toContain('-Y');
    expect(one?.argv).not.toContain('-y');
    expect(await blenders()).toEqual([]);
    // From now on it is begun as it was wanted.
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(kept));
  });

  test('is expected to be what it was: all is ready when it comes up, and it is heard if it is another one', async () => {
    const cli = await makeHeadStart();
    const until = join(cli.folder, 'may-come-up');
    await cli.steer({ version: '4.3.9', start: { until } });
    const command = cli.start('render', 'shots', '-o', 'out', '--json');
    let said = '';
    (command as unknown as { stdout: Readable }).stdout.on('data', (data) => {
      said += data;
    });
    await vi.waitUntil(() => said.includes('"batch-started"'), PATIENTLY);
    await cli.file('may-come-up', '');
    const { exitCode, stdout } = await command;
    expect(exitCode).toBe(0);
    const done = ofType(events(stdout), 'frame-done');
    expect(done.map(({ frame }) => frame)).toEqual([1, 2]);
    expect(await readFile(await record(), 'utf8')).toContain('"version":"4.3.9"');
    expect(await started(cli)).toHaveLength(1);
  });

  test('dies with a Nightshift that is killed before it has come to take it', async () => {
    const cli = await makeHeadStart();
    await cli.steer({ start: { hang: true } });
    const command = cli.start('render', 'shots', '-o', 'out');
    await vi.waitUntil(async () => (await blenders()).length === 1, PATIENTLY);
    command.kill('SIGKILL');
    await command;
    await vi.waitUntil(async () => (await blenders()).length === 0, PATIENTLY);
    // What it leaves on disk the next one clears up.
    await cli.steer({});
    expect(await cli.run('render', 'shots', '-o', 'out')).toMatchObject({ code: 0 });
    expect(await readdir(first())).toHaveLength(1);
  });

  test('is not begun as it is said in a folder in which others may write, nor where nobody wants it', async () => {
    const cli = await makeHeadStart();
    const begun = async () => (await started(cli)).map(({ temporary }) => temporary);
    Object.assign(cli.env, { NIGHTSHIFT_HEAD_START: '0' });
    await cli.run('render', 'shots', '-o', 'out');
    Object.assign(cli.env, { NIGHTSHIFT_HEAD_START: undefined });
    await chmod(first(), 0o777);
    onTestFinished(() => chmod(first(), 0o700));
    await cli.run('render', 'shots', '-o', 'out', '--fresh', '--existing', 'overwrite');
    expect(await begun()).toHaveLength(2);
    expect((await begun()).filter((folder) => folder.startsWith(first()))).toEqual([]);
  });

  test('is begun also where it is said by its bare name, until that is another file', async () => {
    const cli = await makeHeadStart();
    const folders = [await withBlender(cli, 'one'), await withBlender(cli, 'other')];
    expect(await isBegunWith(cli, folders.slice(1))).toBe(false);
    expect(await isBegunWith(cli, folders.slice(1))).toBe(true);
    expect(await isBegunWith(cli, folders)).toBe(false);
    expect(await isBegunWith(cli, folders)).toBe(true);
  });

  test('is the one that the system finds by its name, which passes over folders and texts', async () => {
    const cli = await makeHeadStart();
    await mkdir(join(cli.folder, 'folder/studio-blender'), { recursive: true });
    await mkdir(join(cli.folder, 'text'));
    await writeFile(join(cli.folder, 'text/studio-blender'), 'echo');
    const own = await withBlender(cli, 'own');
    const passedOver = [join(cli.folder, 'folder'), join(cli.folder, 'text')];
    expect(await isBegunWith(cli, [...passedOver, own])).toBe(false);
    expect(await isBegunWith(cli, [...passedOver, own])).toBe(true);
    await withBlender(cli, 'relative');
    expect(await isBegunWith(cli, ['relative', own])).toBe(false);
    expect(await isBegunWith(cli, ['relative', own])).toBe(true);
  });
});

test.each([
  ['a folder', ['.'], {}],
  ['a trusted one', ['.', '--trust'], { trusted: true }],
  ['without preferences', ['--factory-startup', '.'], { factoryStartup: true }],
  ['a Blender in one word', ['.', '--blender=/opt/blender'], { blender: '/opt/blender' }],
  ['a Blender in two', ['--blender', '/opt/blender', '.'], { blender: '/opt/blender' }],
  ['a Blender of the folder', ['.', '--blender', './blender'], { blender: programAt('./blender') }],
  ['a Blender by its name', ['.', '--blender', 'blender-4'], { blender: 'blender-4' }],
  ['a question', ['.', '--help'], null],
  ['no folder', ['--trust'], null],
  ['a folder that is not there', ['nowhere'], null],
  ['no Blender', ['.', '--blender'], null],
  ['a time', ['.', '--start-at', '23:00'], null],
  ['a launcher', ['.', '--launcher=nice'], null],
  ['a cluster', ['.', '--on', 'slurm', '--detach'], null],
] as const)('the command line says of its first Blender: %s', (_what, args, asked) => {
  vi.stubEnv('NIGHTSHIFT_BLENDER', undefined);
  const plain = { blender: null, trusted: false, factoryStartup: false };
  expect(firstAsked(args)).toEqual(asked && { ...plain, ...asked });
  vi.stubEnv('NIGHTSHIFT_BLENDER', '/usr/bin/blender');
  const { blender = '/usr/bin/blender' } = (asked ?? {}) as { blender?: string };
  expect(firstAsked(args)).toEqual(asked && { ...plain, ...asked, blender });
});
