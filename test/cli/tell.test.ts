import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { UsageError } from '../../electron/cli/exit-codes.ts';
import { readTellFile } from '../../electron/cli/tell-file.ts';
import { folderOf } from '../folder/folder.ts';
import { type Elsewhere, elsewhere } from '../telling/elsewhere.ts';
import { type CliRig, makeCli } from './rig.ts';

const SECRET = 'only-for-us';

/** A file that tells a webhook on this computer of everything. */
async function tellFile(cli: CliRig, { url }: Pick<Elsewhere, 'url'>): Promise<string> {
  const place = {
    service: 'webhook',
    fields: { address: `${url}/${SECRET}`, token: SECRET },
    events: ['started', 'failed', 'done', 'stalled'],
    plainHttp: true,
  };
  await cli.file('tell.json', JSON.stringify({ places: [place] }));
  const file = join(cli.folder, 'tell.json');
  await chmod(file, 0o600);
  return file;
}

function messages({ heard }: Elsewhere) {
  return heard.map(({ body }) => JSON.parse(body.toString()));
}

test('a night of the command line tells of its start, of what failed and why, and of its end with the newest frame', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-2');
  await cli.file('shots/broken.yaml', 'blend: ../scenes/none.blend\n');
  const there = await elsewhere();
  const file = await tellFile(cli, there);
  const night = await cli.run('render', 'shots', '-o', 'frames', '--tell', file);
  expect([night.code, night.err]).toEqual([1, expect.not.stringContaining('could not be told')]);
  const told = messages(there);
  expect(told.map(({ event, title }) => [event, title])).toEqual([
    ['started', 'shots has started'],
    ['failed', 'broken failed (missing file)'],
    ['done', 'shots: 1 shot failed'],
  ]);
  expect(told[2].picture).toMatchObject({ type: 'image/jpeg', name: 'hero_0002.jpg' });
  // What is secret went to the place and nowhere else.
  const journal = await cli.run('list', '--json').then(({ out }) => out);
  for (const said of [night.out, night.err, journal]) expect(said).not.toContain(SECRET);
});

test('a night of two folders tells of each, and of the night', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1');
  await cli.file('titles/open.yaml', 'blend: ../scenes/any.blend\nframes: 1\n');
  const there = await elsewhere();
  const file = await tellFile(cli, there);
  expect((await cli.run('queue', 'add', 'shots', 'titles')).code).toBe(0);
  expect((await cli.run('queue', 'render', '--tell', file)).code).toBe(0);
  expect(messages(there).map(({ title }) => title)).toEqual([
    'shots has started',
    'shots is done',
    'titles has started',
    'titles is done',
    'The night is done',
  ]);
});

test('without --tell nobody is told', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1');
  const there = await elsewhere();
  await tellFile(cli, there);
  expect((await cli.run('render', 'shots', '-o', 'frames')).code).toBe(0);
  expect(there.heard).toEqual([]);
});

test('a place that is gone costs no frame and is named without its secrets', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1');
  const there = await elsewhere({ status: 404 });
  const file = await tellFile(cli, there);
  const { code, err } = await cli.run('render', 'shots', '-o', 'frames', '--tell', file);
  expect(code).toBe(0);
  expect(err).toContain(`Webhook could not be told: ${there.host} answered 404.`);
  expect(err).not.toContain(SECRET);
});

test('tell preview shows what would be sent and sends nothing; tell test sends it', async () => {
  const cli = await makeCli();
  const there = await elsewhere();
  const file = await tellFile(cli, there);
  const preview = await cli.run('tell', 'preview', file);
  expect(preview.code).toBe(0);
  expect(preview.out).toContain(`POST ${there.url}/•••`);
  expect(preview.out).toContain('authorization: Bearer •••');
  expect(preview.out).toContain('"title": "sh0040_lighting_v012 failed (no camera)"');
  expect(preview.out).not.toContain(SECRET);
  expect(there.heard).toEqual([]);

  const sent = await cli.run('tell', 'test', file);
  expect(sent).toMatchObject({ code: 0, out: 'Webhook: told.' });
  expect(messages(there)).toMatchObject([{ title: 'Nightshift can tell you here' }]);
  expect(there.heard[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
});

test.each([
  ['{', 'is not JSON'],
  ['{"places":[]}', 'is not right at places'],
  ['{"places":[{"service":"ntfy","fields":{}}]}', '“Topic” of ntfy is empty. Fill it in.'],
  ['{"places":[{"service":"ntfy","fields":{"topik":"x"}}]}', 'ntfy has no field “topik”, only'],
  [
    '{"places":[{"service":"slack","fields":{"address":"http://slack.example/x"}}]}',
    'could be read on its way. Write https:// instead.',
  ],
])('a file that is not right is refused before the night: %s', async (text, words) => {
  const folder = await folderOf({ 'tell.json': text });
  const reading = readTellFile(join(folder, 'tell.json'), { note: () => {} });
  await expect(reading).rejects.toThrow(words);
  await expect(reading).rejects.toBeInstanceOf(UsageError);
});

test('a file that others can read is used, and said', async () => {
  const text = '{"places":[{"service":"ntfy","fields":{"topic":"mine"}}]}';
  const file = join(await folderOf({ 'tell.json': text }), 'tell.json');
  const note = vi.fn();
  await chmod(file, 0o600);
  await readTellFile(file, { note });
  expect(note).not.toHaveBeenCalled();
  await chmod(file, 0o644);
  expect(await readTellFile(file, { note })).toMatchObject({ stalledMinutes: 60 });
  expect(note).toHaveBeenCalledWith(expect.stringContaining('Other people of this computer'));
});
