import { readdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runCommandLine } from '../../electron/cli/program.ts';
import { renderNight } from '../../electron/cli/render-night.ts';
import { QueueFile } from '../../electron/engine/index.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import { type EngineRig, makeEngine, STAND_IN } from '../engine/rig.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { fakeOutput } from './fake-output.ts';
import { events, ofType } from './rig.ts';

/** Folders of one shot each, and the command line beside them. */
async function folders(...names: readonly string[]) {
  const rig = await makeEngine();
  for (const name of names) await addShot(rig, name, 'hero', 'frames: 1-2');
  const place = (name: string) => join(rig.folder, name);
  const run = async (...args: readonly string[]) => {
    const output = fakeOutput();
    const code = await runCommandLine(['queue', ...args, '--data', rig.data], output);
    return { code, out: output.lines.join('\n'), err: output.notes.join('\n') };
  };
  const order = async () =>
    (await new QueueFile(rig.data).read()).batches.map(({ folder }) => basename(folder)).join(' ');
  const frames = (name: string) => readdir(join(place(name), 'renders', 'hero')).catch(() => []);
  return { rig, place, run, order, frames };
}

async function addShot(rig: EngineRig, folder: string, name: string, yaml: string): Promise<void> {
  await rig.file(`${folder}/scenes/any.blend`, 'BLENDER-v403RENDH');
  await rig.file(`${folder}/${name}.yaml`, `blend: scenes/any.blend\n${yaml}\n`);
}

test('folders are added, listed, moved and taken out', async () => {
  const { rig, place, run, order } = await folders('film', 'titles', 'tests');
  const two = await run('add', place('film'), place('titles'));
  expect(two).toMatchObject({ code: 0, out: '' });
  expect(two.err).toContain('film is number 1 of tonight.');
  expect(two.err).toContain('titles is number 2 of tonight.');
  expect(two.err).toContain('nightshift queue render renders the night');
  await run('add', place('tests'));
  expect((await run('add', place('film'))).err).toContain('film is number 1 of tonight.');
  expect(await order()).toBe('film titles tests');

  expect((await run('move', place('tests'), '1')).err).toContain('tests is number 1');
  expect((await run('move', 'film', '9')).err).toContain('film is number 3');
  expect(await order()).toBe('tests titles film');
  expect((await run('list')).out).toMatch(/PLACE +STATE.*\n1 +waiting +all +.*\/tests /);
  const told = events((await run('list', '--json')).out);
  expect(told[0]).toMatchObject({ type: 'nightshift' });
  const [queue] = ofType(told, 'queue');
  const batches = queue?.batches as readonly unknown[];
  expect(queue).toMatchObject({ on: false, startAt: null, until: null });
  expect(batches).toHaveLength(3);
  expect(batches[0]).toMatchObject({
    folder: place('tests'),
    outputRoot: join(place('tests'), 'renders'),
    state: 'waiting',
    message: null,
  });

  expect((await run('remove', place('titles'))).code).toBe(0);
  expect(await order()).toBe('tests film');
  await rename(place('film'), join(rig.folder, 'moved'));
  expect((await run('remove', place('film'))).code).toBe(0);
  expect(await order()).toBe('tests');
});

test('what is wrong changes nothing and is said in a sentence', async () => {
  const { rig, place, run, order } = await folders('film');
  await rig.file('empty/readme.txt', '');
  const wrong = [
    await run('add', place('film'), place('nowhere')),
    await run('add', place('empty')),
    await run('add', place('film'), place('film'), '-o', rig.out),
    await run('move', place('film'), '1'),
    await run('remove', place('film')),
    await run('render'),
    await run('move', 'film'),
  ];
  expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2, 2]);
  expect(wrong.map(({ err }) => err)).toEqual([
    expect.stringContaining('there is no such folder'),
    expect.stringContaining('There is no shot in'),
    expect.stringContaining('-o is for one folder'),
    expect.stringContaining('is not in tonight'),
    expect.stringContaining('is not in tonight'),
    expect.stringContaining('Nothing is to be rendered tonight.'),
    expect.stringContaining('nightshift queue move --help says more.'),
  ]);
  expect(await order()).toBe('');
});

test('frames of an added folder go where the app would put them', async () => {
  const { rig, place, run } = await folders('film');
  const settings = { ...DEFAULT_SETTINGS, outputFolder: rig.out };
  await rig.file('data/settings.json', JSON.stringify(settings));
  await run('add', place('film'));
  const [film] = (await new QueueFile(rig.data).read()).batches;
  expect(film?.outputRoot).toBe(join(rig.out, 'film'));
});

const NIGHT = { workers: 1, retries: 0, blender: STAND_IN };

test('the night is rendered in its order, with what is added meanwhile, past what can’t begin', async () => {
  const { rig, place, run, order, frames } = await folders('film', 'gone', 'titles', 'late');
  await rig.file('scripted/hero.yaml', 'script: make.py\nframes: 1\n');
  await rig.file('scripted/make.py', 'pass\n');
  await run('add', ...['gone', 'scripted', 'film', 'titles'].map(place));
  await rename(place('gone'), join(rig.folder, 'unmounted'));
  await rig.steer({ render: [{ frame: 2, until: join(rig.folder, 'go'), tries: 1 }] });
  const output = fakeOutput();
  const options = { ...NIGHT, data: rig.data, json: true };
  const running = renderNight(options, output);
  await vi.waitFor(async () => expect(await rig.noted('render')).toHaveLength(2), 30_000);

  expect((await run('list')).out).toMatch(/rendering +all +.*\/film /);
  const refused = [await run('render'), await run('remove', place('film'))];
  expect(refused.map(({ code }) => code)).toEqual([2, 2]);
  expect(refused[0]?.err).toContain('Tonight is in the hands of Nightshift on the command line');
  expect(refused[1]?.err).toContain('It is being rendered');
  expect((await run('add', place('late'))).err).toContain('begins by itself');
  await rig.file('go', '');
  expect(await running).toBe(1);

  const told = events(output.lines.join('\n'));
  const begun = ofType(told, 'batch-started').map(({ folder }) => basename(String(folder)));
  expect(begun).toEqual(['film', 'titles', 'late']);
  expect(ofType(told, 'batch-passed-over')).toMatchObject([
    { folder: place('gone'), message: expect.stringContaining('there is no such folder') },
    { folder: place('scripted'), message: expect.stringContaining('whether its scripts may run') },
  ]);
  for (const name of ['film', 'titles', 'late']) expect(await frames(name)).toHaveLength(2);
  // What needs somebody is still there in the morning, with its reason.
  expect(await order()).toBe('gone scripted');
  const list = await run('list');
  expect(list.out).toMatch(/1 +passed over/);
  expect(list.err).toContain('there is no such folder');
});

test('a night that is stopped goes on with the same batch, and ends at its time', async () => {
  const { rig, place, run, order, frames } = await folders('film', 'titles');
  await run('add', place('film'), place('titles'));
  await rig.steer({ render: [{ frame: 2, until: join(rig.folder, 'go'), tries: 1 }] });
  const clock = new ManualClock('2026-11-26T18:00');
  const changePower = vi.fn(async () => {});
  const output = fakeOutput();
  const night = { ...NIGHT, data: rig.data, whenDone: 'sleep' as const };
  const running = renderNight({ ...night, startAt: '23:00', until: '08:00' }, output, {
    clock,
    changePower,
  });
  await vi.waitFor(() => expect(output.lines.join('\n')).toContain('Starts at 23:00'), 20_000);
  expect((await new QueueFile(rig.data).read()).startAt).toBe(
    new Date('2026-11-26T23:00').getTime(),
  );
  clock.passTo('2026-11-26T23:00');
  await vi.waitFor(async () => expect(await rig.noted('render')).toHaveLength(2), 30_000);
  clock.passTo('2026-11-27T08:00');
  await rig.file('go', '');
  // The last frame of the first is done with the time, and the second does not begin.
  expect(await running).toBe(130);
  expect(output.lines.join('\n')).toContain('past 08:00');
  expect([(await frames('film')).length, (await frames('titles')).length]).toEqual([2, 0]);
  expect(changePower).not.toHaveBeenCalled();
  expect(await new QueueFile(rig.data).read()).toMatchObject({ on: false, until: null });

  const rest = renderNight(night, fakeOutput(), { clock, changePower });
  await vi.waitFor(() => expect(clock.waiting).toBe(1), 30_000);
  clock.pass(60_000);
  expect(await rest).toBe(0);
  expect(await order()).toBe('');
  expect(await frames('titles')).toHaveLength(2);
  expect(changePower).toHaveBeenCalledExactlyOnceWith('sleep');
});

test('Ctrl+C while a folder is read begins nothing, and the folder stays', async () => {
  const { rig, place, run, order, frames } = await folders('film');
  await run('add', place('film'));
  const output = fakeOutput();
  const line = (text: string) => {
    output.lines.push(text);
    // Its folder is read by then, and nothing of it renders yet.
    if (text.startsWith('Tonight:')) process.emit('SIGINT');
  };
  expect(await renderNight({ ...NIGHT, data: rig.data }, { ...output, line })).toBe(130);
  expect(output.lines.join('\n')).toContain('Tonight:');
  expect(await frames('film')).toEqual([]);
  expect(await order()).toBe('film');
});

test('a batch that is cancelled from elsewhere is over, and the next one begins', async () => {
  const { rig, place, run, order, frames } = await folders('film', 'titles');
  await run('add', place('film'), place('titles'));
  await rig.steer({ render: { blend: 'film', hang: true } });
  const running = renderNight({ ...NIGHT, data: rig.data }, fakeOutput());
  onTestFinished(() => running.then(() => undefined));
  await vi.waitFor(async () => expect(await rig.noted('render')).not.toEqual([]), 30_000);
  const output = fakeOutput();
  await writeFile(join(rig.folder, 'note'), '');
  await rig.steer({});
  const follow = ['follow', place('film'), '--cancel', '--data', rig.data];
  await runCommandLine(follow, output);
  expect(await running).toBe(1);
  expect(await order()).toBe('');
  expect(await frames('titles')).toHaveLength(2);
});

test('frames of a shot that is done are rendered again in their turn, and nothing else of it', async () => {
  const { rig, place, run, order } = await folders('film', 'titles');
  await run('add', place('film'));
  expect(await renderNight({ ...NIGHT, data: rig.data }, fakeOutput())).toBe(0);
  const noted = async () =>
    (await rig.noted('render')).map(({ blend, frame }) => [
      basename(dirname(dirname(String(blend)))),
      frame,
    ]);
  const before = (await noted()).length;
  await run('add', place('titles'));
  const some = await run('add', place('film'), '--only', 'hero', '--frames', '2', '--again');
  expect(some.err).toContain('film, 1 frame again, is number 2 of tonight.');
  expect((await run('list')).out).toMatch(/2 +waiting +1 frame again +.*film /);
  const [queue] = ofType(events((await run('list', '--json')).out), 'queue');
  const told = { again: [{ job: expect.any(String), frames: '2' }] };
  expect(queue?.batches).toMatchObject([{}, told]);
  const output = fakeOutput();
  expect(await renderNight({ ...NIGHT, data: rig.data }, output)).toBe(0);
  expect(output.lines.join('\n')).toContain('film, 1 frame again');
  expect((await noted()).slice(before)).toEqual([
    ['titles', 1],
    ['titles', 2],
    ['film', 2],
  ]);
  expect(await order()).toBe('');

  // What was rendered before a night broke off is not rendered once more.
  const file = new QueueFile(rig.data);
  await run('add', place('film'), '--again');
  await file.change((now) => ({
    ...now,
    batches: now.batches.map((each) => ({
      ...each,
      again: each.again?.map((asked) => ({ ...asked, frames: [1, 2], at: 0 })),
    })),
  }));
  expect(await renderNight({ ...NIGHT, data: rig.data }, fakeOutput())).toBe(0);
  expect(await noted()).toHaveLength(before + 3);
  expect(await order()).toBe('');
  for (const wrong of [['--frames', '2'], ['--frames', '9', '--again'], ['--rejected']]) {
    expect((await run('add', place('film'), ...wrong)).code).toBe(2);
  }
  expect(await order()).toBe('');
});
