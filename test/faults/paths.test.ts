import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { makeBlend } from '../helpers/make-blend.ts';
import { frameNames, makeLab, type Night, told, visibleFiles } from './lab.ts';

/** Windows and macOS take other names; what we make of them must suit all three. */
const onLinux = test.skipIf(process.platform !== 'linux');

const ONE = ['--workers', '1'];
const NASTY = `-a "b" 'c' 100% #### $(d) e\nf \u{1F4A1} ü`;

onLinux(
  'folders and files with spaces, quotes, line breaks, emoji, %, # and a leading dash are rendered and resumed by real Blender',
  async () => {
    const lab = await makeLab();
    const folder = join(lab.shots, NASTY);
    // A shot file takes no line break within a text; its folder may have one all the same.
    const line = NASTY.replace('\n', ' ');
    await makeBlend(join(folder, `${line}.blend`));
    await writeFile(join(folder, `${line}.py`), 'import bpy');
    await writeFile(
      join(folder, `${line}.yaml`),
      `name: nasty\nblend: ${JSON.stringify(`${line}.blend`)}\nscript: ${JSON.stringify(`${line}.py`)}\nframes: 1-3\nrender: { samples: 200 }\n`,
    );
    const out = join(lab.out, NASTY);
    const options = { out, args: [...ONE, '--trust', '--data', join(lab.data, NASTY)] };
    const night = lab.begin(options);
    await night.until(told('frame-done', 'nasty', 1));
    night.kill('SIGKILL');
    await night.end;
    await lab.expectTruth();
    const resumed = await lab.expectResume({ nasty: frameNames('nasty', 3) }, options);
    expect(await visibleFiles(lab.out)).toHaveLength(3);
    expect(resumed.done.map((file) => basename(file))).not.toContain('nasty_0001.png');
  },
);

onLinux(
  'an output folder with a backslash, which Blender takes for a border, is refused, and nothing is written anywhere',
  async () => {
    const lab = await makeLab();
    await lab.realShot('hero', { yaml: "frames: 1\noutput: { path: 'a\\..\\..\\..\\climbed' }" });
    const night = await lab.night({ args: ONE });
    expect(failed(night)).toEqual([expect.objectContaining({ cause: 'output-not-writable' })]);
    expect(String(failed(night)[0]?.message)).toMatch(/Blender takes the backslash in it/);
    expect(await readdir(lab.folder)).not.toContain('climbed');
    expect(await visibleFiles(lab.out)).toEqual([]);
  },
);

onLinux(
  'a script that writes its paths as on Windows finds its textures and its output folder',
  async () => {
    const lab = await makeLab();
    const create = { width: 4, height: 4, channels: 3, background: 'red' } as const;
    await mkdir(join(lab.folder, 'scenes/tex'), { recursive: true });
    await sharp({ create }).toFile(join(lab.folder, 'scenes/tex/wood.png'));
    await lab.file('shots/windows.py', WINDOWS);
    await lab.realShot('hero', {
      yaml: 'script: windows.py\nframes: 1\noutput: { path: scene }',
    });
    const night = await lab.night({ args: [...ONE, '--trust'] });
    expect(night.told.find(told('job-finished', 'hero'))).toMatchObject({
      status: 'completed',
      warnings: [],
    });
    expect(night.done).toEqual([join(lab.folder, 'scenes/render/hero_0001.png')]);
  },
);

/** Blender turns what a .blend has saved when it opens it, but not what a script sets. */
const WINDOWS = `
import bpy, os
folder = os.path.dirname(bpy.data.filepath)
image = bpy.data.images.load(os.path.join(folder, 'tex/wood.png'))
image.filepath = '//tex\\\\wood.png'
image.use_fake_user = True
bpy.context.scene.render.filepath = '//render\\\\hero_'
`;

const STEMS = [
  'two words',
  '"quoted" \'name\'',
  'line\nbreak',
  '\u{1F4A1} lamp \u{1F469}\u{200D}\u{1F3A8}',
  '100%d',
  '#1 ##',
  '-rf',
  '--help',
  'back\\slash',
  '$(touch x)',
  '`id`',
  'a;b|c&d',
  'l'.repeat(250),
  'ü'.repeat(125),
  '\u{1F4A1}'.repeat(62),
  'e\u0301cole',
  'CON',
  'nul.take1',
  'com1',
  'dot.',
  'space ',
  'Case',
  'cASE',
  '<html>',
  'a:b',
  'what?*',
];

onLinux(
  'every name of a shot becomes a folder and files that Linux, macOS and Windows all take, no two the same',
  async () => {
    const lab = await makeLab('stand-in');
    await lab.shot('plain', 'frames: 1');
    for (const stem of STEMS) {
      await writeFile(join(lab.shots, `${stem}.yaml`), 'blend: ../scenes/any.blend\nframes: 1\n');
    }
    const night = await lab.night({ args: ONE });
    expect(night.code, JSON.stringify(failed(night))).toBe(0);
    expect(night.done).toHaveLength(STEMS.length + 1);
    const files = await visibleFiles(lab.out);
    expect([...files].sort()).toEqual([...night.done].sort());
    const names = files.flatMap((file) => file.slice(lab.out.length + 1).split('/'));
    for (const name of names) expect(name).toSatisfy(isPortable);
    const folders = (await readdir(lab.out)).map((name) => name.normalize('NFC').toLowerCase());
    expect(new Set(folders).size).toBe(STEMS.length + 1);
    expect((await lab.expectResume({ plain: ['plain_0001.png'] }, { args: ONE })).done).toEqual([]);
  },
);

/** Source: Microsoft, "Naming Files, Paths, and Namespaces". */
function isPortable(name: string): boolean {
  const device = /^(?:con|prn|aux|nul|(?:com|lpt)[0-9])(?:\.|$)/i;
  return (
    Buffer.byteLength(name) <= 255 &&
    !/[<>:"/\\|?*\p{Cc}]/u.test(name) &&
    !/[. ]$/.test(name) &&
    !device.test(name)
  );
}

function failed({ told: all }: Night) {
  return all.filter((event) => event.type === 'job-finished' && event.status !== 'completed');
}

test('two shots that differ in case or in how their letters are composed get outputs of their own; where they ask for the same one, that is told before anything is rendered', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('one', 'frames: 1\noutput: { path: Same, name: Hero_é# }');
  await lab.shot('two', 'frames: 1\noutput: { path: sAME, name: hERO_e\u0301# }');
  const night = await lab.night({ args: ONE });
  expect(night.code).toBe(1);
  expect(failed(night)).toEqual([
    expect.objectContaining({ name: 'two', cause: 'duplicate-output' }),
  ]);
  expect(String(failed(night)[0]?.message)).toMatch(/would write the same files as one\.yaml/);
  const renders = (await lab.blenderLog()).filter((noted) => noted.do === 'render');
  expect(renders).toHaveLength(1);
});

const REFUSED = [
  ['241 bytes', 'ü'.repeat(121), /at most 240 bytes/],
  ['a device of Windows', 'nul.####', /does not keep for a device/],
  ['a device of Windows once it has its number', 'com#', /does not keep for a device/],
  ['a path', 'a/b', /without any of/],
  ['a dot at its end', 'take.', /does not end in a dot/],
] as const;

test.each(REFUSED)(
  'an output name of %s is refused before anything is rendered',
  async (_what, name, words) => {
    const lab = await makeLab('stand-in');
    await lab.shot('hero', `frames: 1\noutput: { name: ${JSON.stringify(name)} }`);
    const night = await lab.night({ args: ONE });
    expect(failed(night)).toEqual([expect.objectContaining({ cause: 'unreadable-shot' })]);
    expect(String(failed(night)[0]?.message)).toMatch(words);
    expect(await lab.blenderLog()).toEqual([]);
  },
);

test('the longest output names that are taken can be written, with the largest number and in letters of many bytes', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('a', `frames: 1048574\noutput: { name: ${'n'.repeat(240)} }`);
  await lab.shot('b', `frames: -1048574\noutput: { name: '${'ü'.repeat(119)}##' }`);
  const night = await lab.night({ args: ONE });
  expect(night.code, JSON.stringify(failed(night))).toBe(0);
  const sizes = night.done.map((file) => Buffer.byteLength(basename(file)));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(255);
});

test('an output folder whose name is too long for the disk fails its shot before a frame is rendered, and no other', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('long', `frames: 1-2\noutput: { path: ${'p'.repeat(300)} }`);
  await lab.shot('other', 'frames: 1');
  const night = await lab.night({ args: ONE });
  expect(failed(night)).toEqual([
    expect.objectContaining({ name: 'long', cause: 'output-not-writable' }),
  ]);
  expect(String(failed(night)[0]?.message)).toMatch(/too long/);
  expect(night.done).toHaveLength(1);
});

onLinux('a file whose name is no text is told and stops nothing', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', 'frames: 1');
  const raw = Buffer.concat([
    Buffer.from(`${lab.shots}/`),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('.yaml'),
  ]);
  await writeFile(raw, 'blend: ../scenes/any.blend\nframes: 1\n');
  const night = await lab.night({ args: ONE });
  expect(night.told.find(told('job-finished', 'hero'))).toMatchObject({ status: 'completed' });
});
