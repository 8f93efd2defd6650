import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameOf } from '../../electron/app/sessions/view.ts';
import { createBatchFromDirectory, repeatCommand } from '../../electron/engine/index.ts';
import { quotePowerShell } from '../../electron/engine/report/repeat-command.ts';
import { placeText } from '../../renderer/text/paths.ts';
import { aRowOf } from '../app/jobs.ts';
import { CLI, makeCli } from '../cli/rig.ts';
import { commandsWith } from '../engine/rig.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { madeJob, RUN } from '../helpers/results.ts';
import { rendered, tablesOf, tagsOf, textOf } from '../report/markdown.ts';
import { nasty } from '../report/nasty.ts';

const run = promisify(execFile);

/** Each could act in one of the places where a name is shown or handed on. Linux takes them all as file names. */
const NAMES = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)<!--',
  '**bold** _it_ `code` [link](javascript:alert(1))',
  '| a | b |',
  '# heading',
  '\u001B[31mred\u001B[0m\u001B]0;title\u0007',
  'two\nlines\r\nand\ttab',
  'c1\u009B31m',
  '\u202Egnp.exe\u2066',
  '$(touch SUNG) `touch SUNG`',
  '"; touch SUNG; echo "',
  "'; touch SUNG; echo '",
  '%PATH% !PATH! ^& touch SUNG',
  '--python',
  '-y',
  '#### {blend_name}',
] as const;

/** A control character or one that turns the direction of writing: nowhere shown as it is. */
const HARMFUL = /[^\P{Cc}\n]|\p{Bidi_Control}/u;

async function makeNight() {
  const rig = await makeCli();
  await rig.file('scenes/any.blend', 'BLENDER-v403RENDH');
  // Each as a file that renders, and as one that can't be read.
  for (const name of NAMES) {
    const file = name.replaceAll('/', '');
    await rig.file(`shots/${file}.yaml`, 'blend: ../scenes/any.blend\nframes: 1\n');
    await rig.file(`shots/bad ${file}.yml`, `blend: ${JSON.stringify(name)}\n`);
  }
  return rig;
}

describe('names that could act', () => {
  test('reach a terminal and a report as text only, and run nothing', async () => {
    const rig = await makeNight();
    await rig.steer({
      render: { frame: 1, report: 'Error: \u001B[2J<b>no\u202E' },
      open: { log: ['\u001B[2J'] },
    });
    const report = join(rig.folder, 'night.md');
    const args = ['--workers', '2', '--retries', '0', '--report', report];
    const said = [
      await rig.run('check', rig.shots),
      await rig.run('render', rig.shots, '-o', rig.out, ...args),
      await rig.run('list'),
      await rig.run('report'),
      await rig.run('render', join(rig.folder, NAMES[5])),
      await rig.run('render', rig.shots, '--only', NAMES[6]),
      await rig.run('render', rig.shots, `--${NAMES[5]}`),
      await rig.run('report', NAMES[8]),
    ];
    for (const { out, err } of said) expect(`${out}${err}`).not.toMatch(HARMFUL);
    expect(await readdir(rig.folder)).not.toContain('SUNG');

    const html = rendered(await readFile(report, 'utf8'));
    // The only pictures are our own, beside the report.
    const pictures = [...html.matchAll(/<img[^>]*src="([^"]*)"/gu)].map(
      ([, source]) => source ?? '',
    );
    for (const picture of pictures) expect(picture).toMatch(/^night-pictures\/[\w%.-]+$/);
    expect(tagsOf(html).filter((tag) => ['script', 'a', 'b', 'em', 'del'].includes(tag))).toEqual(
      [],
    );
    const shots = tablesOf(html)[1] ?? [];
    expect(shots.map((row) => row.length)).toEqual(
      Array(2 * NAMES.length + 1).fill(shots[0]?.length),
    );
    const headings = [...html.matchAll(/<h3>(.*?)<\/h3>/gsu)].map(([, text]) => textOf(text ?? ''));
    const { jobs } = await createBatchFromDirectory(rig.shots, { output: rig.out });
    expect(headings.sort()).toEqual(jobs.map(({ name }) => name.replace(/\s+/gu, ' ')).sort());
  });

  test('never stand on Blender’s own command line', async () => {
    const rig = await makeNight();
    await rig.run('render', rig.shots, '-o', rig.out);
    const starts = (await rig.blenderLog()).filter((noted) => noted.do === 'start');
    expect(starts.length).toBeGreaterThan(0);
    for (const start of starts) {
      const { argv } = start as unknown as { argv: string[] };
      const [runner, token] = [argv[7] ?? '', argv[10] ?? ''];
      expect(argv).toEqual([
        ...['-b', '-Y', '--log', 'render', '--python-exit-code', '97', '--python', runner],
        ...['--', 'nightshift', token],
      ]);
      expect(runner).toMatch(/runner\.py$/);
      expect(token).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(await commandsWith(rig.folder)).toEqual([]);
  });

  test('are shown as plain text in the rows, the problems and the title of the window', async () => {
    const rig = await makeNight();
    const { jobs, problems } = await createBatchFromDirectory(rig.shots);
    for (const job of jobs) {
      const { name, shotFile, error } = aRowOf(job);
      expect(`${name}${shotFile}${error?.message ?? ''}`).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
    for (const problem of problems) {
      expect(placeText(problem) + problem.message).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
    for (const name of NAMES)
      expect(nameOf(`/shots/${name}`)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});

test('the line that repeats a shot reaches the program as it was meant, through a real shell', async () => {
  const rig = await makeCli();
  const bin = join(rig.folder, 'bin');
  await mkdir(bin);
  // No word holds a NUL. Node would take twenty times as long to say the same.
  const program = `#!/bin/sh\nprintf '%s\\0' "$@"\n`;
  await writeFile(join(bin, 'npx'), program);
  await chmod(join(bin, 'npx'), 0o755);
  for (const name of NAMES) {
    const folder = join(rig.folder, name.replaceAll('/', ''));
    const line = repeatCommand(madeJob({ name }), { ...RUN, folder, outputRoot: `${folder}/out` });
    const only = name.startsWith('-') ? [`--only=${name}`] : ['--only', name];
    const expected = ['nightshift', 'render', folder, '-o', `${folder}/out`, ...only];
    // Plain sh knows no $'…', which only control characters need.
    const shells = /[\p{Cc}\p{Bidi_Control}]/u.test(name) ? ['bash'] : ['sh', 'bash'];
    for (const shell of shells) {
      const options = {
        cwd: rig.folder,
        env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
      };
      const { stdout } = await run(shell, ['-c', line], options);
      expect(stdout.split('\0'), `${shell}: ${line}`).toEqual([...expected, '']);
    }
  }
  expect(await readdir(rig.folder)).not.toContain('SUNG');
});

test('PowerShell gets one word whatever is in it', () => {
  fc.assert(
    fc.property(fc.oneof(nasty, fc.constantFrom(...NAMES)), (word) => {
      expect(readPowerShell(quotePowerShell(word))).toBe(word);
    }),
    { numRuns: 500 },
  );
});

test('real Blender takes names with #, {}, % and a dash in front as they are', async () => {
  const rig = await makeCli();
  const name = '-## {blend_name} %d `x` $(x)';
  await makeBlend(join(rig.shots, `${name}.blend`), "scene.render.filepath = '//{x}/##/%d'");
  const args = [CLI, 'render', rig.shots, '-o', join(rig.out, '--python #1'), '--factory-startup'];
  const env = { ...process.env, ...rig.env, NIGHTSHIFT_BLENDER: BLENDER } as NodeJS.ProcessEnv;
  await run(process.execPath, args, { cwd: rig.folder, env });
  const found = (await readdir(rig.out, { recursive: true })).filter((file) =>
    file.endsWith('.png'),
  );
  expect(found.sort()).toEqual(
    [1, 2, 3].map((frame) => join('--python #1', name, `${name}_000${frame}.png`)),
  );
  expect((await readdir(rig.folder)).sort()).toEqual(['data', 'out', 'shots', 'steer.json']);
});

/** One word as PowerShell reads it: bare, in single or in double quotes (about_Quoting_Rules). */
function readPowerShell(text: string): string {
  if (text.startsWith("'")) {
    const inside = text.slice(1, -1);
    expect(inside.replace(/['\u2018-\u201B]{2}/gu, '')).not.toMatch(/['\u2018-\u201B]/u);
    return inside.replace(/(['\u2018-\u201B])['\u2018-\u201B]/gu, '$1');
  }
  if (!text.startsWith('"')) {
    expect(text).not.toMatch(/[\s"'`$(){};,|&<>@#]/u);
    return text;
  }
  const pieces = [
    ...text.slice(1, -1).matchAll(/`(.)|\$\(\[char\]0x([0-9a-f]+)\)|([^"`$\u201C-\u201E])/gsu),
  ];
  expect(pieces.map(([all]) => all).join('')).toBe(text.slice(1, -1));
  return pieces
    .map(([, escaped, code, plain]) =>
      code === undefined
        ? (escaped ?? plain ?? '')
        : String.fromCharCode(Number.parseInt(code, 16)),
    )
    .join('');
}
