import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import { OUTPUT_FORMATS } from '../../shared/formats.ts';
import { batchOf, folderOf, shotOf, told } from './folder.ts';

/** A folder with one bad file and one good one: one error row, and the good shot is untouched. */
async function problemWith(content: string | Uint8Array): Promise<string> {
  const batch = await batchOf({ 'bad.yaml': content, 'good.yaml': 'blend: scene.bin' });
  expect(batch.jobs.map((job) => [job.name, job.status])).toEqual([
    ['bad', 'failed'],
    ['good', 'waiting'],
  ]);
  const [bad] = batch.jobs;
  expect(bad).toMatchObject({ shotConfig: null, error: { cause: 'unreadable-shot' } });
  expect(bad?.error?.message).toMatch(/^bad\.yaml.*\.$/s);
  expect(batch.problems).toHaveLength(1);
  expect(batch.problems[0]).toMatchObject({ severity: 'error', jobId: bad?.id, file: 'bad.yaml' });
  return told(batch)[0] ?? '';
}

describe('a file that is not YAML text makes one clear problem', () => {
  test('an empty file', async () => {
    expect(await problemWith('')).toBe(
      'error bad.yaml This file says nothing; a shot needs at least `blend:` or `script:`.',
    );
  });

  test('a file with comments only', async () => {
    expect(await problemWith('# later\n')).toContain('says nothing');
  });

  test('a file of 10 MB', async () => {
    expect(await problemWith(`blend: a\n${'#'.repeat(10_000_000)}`)).toBe(
      'error bad.yaml This file is too big for a shot: 10.0 MB, at most 1 MB.',
    );
  });

  test('UTF-16', async () => {
    const text = Buffer.from('\uFEFFblend: scene.bin', 'utf16le');
    expect(await problemWith(text)).toBe(
      'error bad.yaml This file is saved as UTF-16; save it as UTF-8.',
    );
  });

  test('Latin-1, told at the first letter that is wrong', async () => {
    const text = Buffer.from('blend: scene.bin\nname: Kn\xf6pfe', 'latin1');
    expect(await problemWith(text)).toBe(
      'error bad.yaml:2:9 Here the file is not UTF-8 text; save it as UTF-8.',
    );
  });

  test('binary data', async () => {
    expect(await problemWith(new Uint8Array([66, 10, 0, 1, 2]))).toContain(
      'bad.yaml:2:1 This file is not text',
    );
  });

  test('a link that leads nowhere', async () => {
    const folder = await folderOf({ 'good.blend': 'BLENDER' });
    await symlink('gone.yaml', join(folder, 'bad.yaml'));
    const batch = await createBatchFromDirectory(folder);
    expect(batch.jobs.map((job) => job.status)).toEqual(['failed', 'waiting']);
    expect(told(batch)).toEqual([
      "error bad.yaml This file can't be read: it is not there, or a link that leads nowhere.",
    ]);
  });
});

describe('broken YAML makes one clear problem with line and column', () => {
  test.each([
    [
      'a tab',
      'blend: scene.bin\nrender:\n\tsamples: 4\n',
      'bad.yaml:3:1 A tab stands where spaces',
    ],
    ['an open quote', 'blend: "scene.bin\n', 'bad.yaml:2:1 YAML can'],
    [
      'a key given twice',
      'frames: 1\nblend: scene.bin\nframes: 2\n',
      'bad.yaml:3:1 The key `frames` stands here a second time.',
    ],
    [
      'two documents',
      'blend: scene.bin\n---\nblend: scene.bin\n',
      'bad.yaml:2:1 A second document begins here',
    ],
    [
      'an unknown alias',
      'blend: *nothing\n',
      'bad.yaml:1:8 Nothing before this is marked `&nothing`.',
    ],
    [
      'a list at the top',
      '- blend\n',
      'bad.yaml:1:1 A shot file: expected keys such as blend:, found the list `[blend]`.',
    ],
    [
      'bare text',
      'hello\n',
      'bad.yaml:1:1 A shot file: expected keys such as blend:, found `hello`.',
    ],
    [
      'an open list',
      'blend: scene.bin\nframes: [1-3\nrender: { samples: 4 }\n',
      'bad.yaml:3:1 A [ before this is not closed: its ] is missing, or stands too far left.',
    ],
    [
      'keys on one line that are never closed',
      'render: { samples: 4\nblend: scene.bin\n',
      'bad.yaml:2:1 A { before this is not closed: its } is missing, or stands too far left.',
    ],
    ['an open bracket around all of it', '{ blend: scene.bin\n', 'bad.yaml:2:1 A { before this'],
    ['a wrong indent', 'render:\n    samples: 4\n  denoise: true\n', 'bad.yaml:3:'],
    [
      'a merge key without keys',
      'blend: scene.bin\n<<: 4\n',
      'bad.yaml:2:1 `<<` takes keys from elsewhere',
    ],
    [
      'a Windows path in double quotes',
      'blend: "scenes\\knob.blend"\n',
      'bad.yaml:1:15 In double quotes',
    ],
    [
      'a wrapper without a shot',
      'shot: 4\n',
      'bad.yaml:1:7 `shot`: expected keys such as blend:, found `4`.',
    ],
  ])('%s', async (_what, text, words) => {
    expect(await problemWith(text)).toContain(`error ${words}`);
  });

  test('a byte order mark and CRLF are no problem, and positions count as in an editor', async () => {
    const batch = await batchOf({
      'shot.yaml': '\uFEFFblend: scene.bin\r\nrender:\r\n  samples: 4\r\n',
      'typo.yaml': '\uFEFFblend: scene.bin\r\nrender:\r\n  samples: x\r\n',
    });
    expect(batch.jobs[0]?.shotConfig?.render.samples).toBe(4);
    expect(told(batch)[0]).toContain('typo.yaml:3:12');
  });
});

describe('a wrong value names its place, what was expected and what was found', () => {
  test.each([
    [
      'timeout: soon',
      'shot.yaml:2:10 `timeout`: expected a number of seconds or text such as 90s, 20m or 1h30m, found `soon`.',
    ],
    ['frame_timeout: [1]', 'shot.yaml:2:16 `frame_timeout`: expected a number of seconds'],
    ['timeout: -1', 'expected a number of seconds or text such as 90s, 20m or 1h30m, found `-1`.'],
    [
      'render: {samples: "128"}',
      '`render.samples`: expected a whole number from 1 to 16777216, found `128` as text, in quotes.',
    ],
    ['render:\n  samples: lots', 'shot.yaml:3:12 `render.samples`: expected a whole number'],
    [
      'render: [1]',
      '`render`: expected keys such as engine, resolution or samples, found the list `[1]`.',
    ],
    ['render: {denoise: yes}', 'expected true or false, found `yes`.'],
    [
      'render: {engine: cycels}',
      "expected cycles, eevee, workbench or Blender's own identifier such as BLENDER_EEVEE_NEXT, found `cycels`.",
    ],
    ['render: {device: tpu}', 'expected cpu, gpu or gpu-or-cpu, found `tpu`.'],
    [
      'render: {resolution: [1920]}',
      'expected width and height in pixels such as [1920, 1080], found the list `[1920]`.',
    ],
    ['render: {resolution: [1920, x]}', 'expected a whole number from 4 to 65536, found `x`.'],
    ['render: {resolution: 1920}', 'expected width and height in pixels'],
    ['render: {percentage: 0}', 'expected a whole number from 1 to 32767, found `0`.'],
    ['output: {format: FFMPEG}', `expected ${OUTPUT_FORMATS.join(', ')}, found \`FFMPEG\`.`],
    ['output: {color_depth: 9}', 'expected 8, 10, 12, 16 or 32 bits, found `9`.'],
    [
      'output: {format: JPEG, color_depth: 16}',
      '`output.color_depth`: expected 8 for JPEG, found 16.',
    ],
    [
      'output: {name: a/b_####}',
      'expected a file name without any of < > : " / \\ | ? *, found `a/b_####`.',
    ],
    ['output: {name: "a."}', 'does not end in a dot'],
    ['output: {path: ""}', 'expected text that is not empty'],
    ['output: {path: //renders/}', "Blender's own notation"],
    ['frames: 10-1', 'shot.yaml:2:9 `frames`: The range from 10 to 1 runs backwards'],
    ['frames: {start: 1, end: 2, step: 0}', '`frames`: The step of a frame range'],
    ['frames: 1-100001', 'more than 100,000 frames'],
    ['frames: true', 'expected frames such as 12, 1-48'],
    ['retries: -1', 'expected a whole number from 0 to 100, found `-1`.'],
    ['priority: high', 'expected a whole number'],
    ['abstract: maybe', 'expected true or false, found `maybe`.'],
    ['params: 4', 'expected keys and values for the script, found `4`.'],
    ['params: {size: .inf}', '`params`: expected a finite number, found `.inf`.'],
    ['view_layers: []', 'expected a list of names of view layers, found an empty list.'],
    ['scene: [a]', '`scene`: expected text, found the list `[a]`.'],
    ['camera: {a: 1}', 'expected text, found keys with values of their own.'],
  ])('%s', async (text, words) => {
    const batch = await shotOf(text);
    expect(batch.jobs.map((job) => job.error?.cause)).toEqual(['unreadable-shot']);
    expect(told(batch)).toHaveLength(1);
    expect(told(batch)[0]).toContain(words);
  });

  test('every wrong value of a file is told at once', async () => {
    const batch = await shotOf('timeout: soon\nretries: many\n');
    expect(told(batch)).toHaveLength(2);
    expect(batch.jobs[0]?.error?.message).toMatch(
      /^shot\.yaml, line 2, column 10: .*\(and 1 more\)\.$/,
    );
  });

  test('a shot without .blend and script says so', async () => {
    const batch = await batchOf({ 'shot.yaml': 'frames: 1-2' });
    expect(told(batch)).toEqual([
      'error shot.yaml:1:1 This shot has neither `blend:` nor `script:`; it needs one of them.',
    ]);
  });

  test.each(['blend', 'script'])('a missing %s is told where it is named', async (key) => {
    const batch = await batchOf({ 'shot.yaml': `frames: 1\n${key}: ../gone/knob\n` });
    expect(batch.jobs[0]?.error?.cause).toBe('missing-file');
    expect(told(batch)).toEqual([
      `error shot.yaml:2:${key.length + 3} \`${key}\` names ../gone/knob, but there is no such file.`,
    ]);
  });

  test('a folder where a .blend should be is a missing file', async () => {
    const batch = await batchOf({ 'shot.yaml': 'blend: sub', 'sub/readme.txt': '' });
    expect(batch.jobs[0]?.error).toMatchObject({ cause: 'missing-file' });
  });
});

describe('unknown keys are warnings, and the shot is rendered', () => {
  test.each([
    [
      'fraems: 4',
      'shot.yaml:2:1 The key `fraems` is not known and is left out; did you mean `frames`?',
    ],
    [
      'render: {sampels: 4}',
      'shot.yaml:2:10 The key `sampels` is not known under `render` and is left out; did you mean `samples`?',
    ],
    ['samples: 4', 'it belongs under `render`.'],
    ['sampels: 4', 'did you mean `render.samples`?'],
    ['output: {smaples: 4}', 'did you mean `render.samples`?'],
    ['output: {camera: a}', 'it belongs at the top of the file.'],
    ['View-Layers: a', 'did you mean `view_layers`?'],
    ['colour_of_the_moon: 4', 'known are name, extends, abstract'],
    ['__proto__: {polluted: true}', 'The key `__proto__` is not known'],
    ['constructor: 1', 'The key `constructor` is not known'],
  ])('%s', async (text, words) => {
    const batch = await shotOf(text);
    expect(batch.jobs.map((job) => job.status)).toEqual(['waiting']);
    expect(told(batch)).toHaveLength(1);
    expect(told(batch)[0]).toMatch(/^warning/);
    expect(told(batch)[0]).toContain(words);
  });

  test('a YAML file of another program is left out, and that is told', async () => {
    const batch = await batchOf({
      'docker-compose.yaml': 'name: farm\nservices: {}\nvolumes: {}\n',
      'shot.yaml': 'blend: scene.bin',
    });
    expect(batch.jobs.map((job) => job.name)).toEqual(['shot']);
    expect(told(batch)).toEqual([
      'warning docker-compose.yaml This is no shot file and is left out: it says name, services, volumes, but a shot says at least `blend:` or `script:`.',
    ]);
  });

  test('hostile keys pollute nothing', async () => {
    const batch = await shotOf(
      'params: {__proto__: {polluted: true}, constructor: {prototype: {polluted: 1}}}',
    );
    const params = batch.jobs[0]?.shotConfig?.params ?? {};
    expect(batch.jobs[0]?.status).toBe('waiting');
    expect(params.polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
