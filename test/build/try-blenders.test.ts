import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { chosenKinds, kinds, longTermOthers, whyNot } from '../../build/blenders/catalog.mjs';
import { launcherOfPackage, launcherOfRoot, shell } from '../../build/blenders/launchers.mjs';
import { onPath } from '../../build/blenders/machine.mjs';
import { tableText, withRow } from '../../build/blenders/table.mjs';
import { failuresIn, parts, shotsIn, startsBlender } from '../../build/blenders/trial.mjs';

const EVERYTHING = {
  platform: 'linux',
  arch: 'x64',
  root: true,
  apt: true,
  ownMounts: true,
  blender: '/usr/bin/blender',
  pythons: {
    '3.10': '/usr/bin/python3.10',
    '3.11': '/usr/bin/python3.11',
    '3.13': '/usr/bin/python3.13',
  },
} as const;

const kind = (id: string) => {
  const found = kinds.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no kind ${id}`);
  return found;
};
const ids = (chosen: readonly { readonly id: string }[]) => chosen.map(({ id }) => id);

describe('what is asked for', () => {
  test.each([
    [[], ids(kinds)],
    [['5.2'], ['debian-unstable']],
    [['4.3'], ['machine']],
    [
      ['4.3', 'bpy-4.5'],
      ['machine', 'bpy-4.5'],
    ],
    [['bookworm'], ['debian-bookworm']],
    [
      ['machine', 'debian-unstable'],
      ['machine', 'debian-unstable'],
    ],
  ])('%j chooses %j', (words, expected) => {
    expect(chosenKinds(words, '4.3')).toMatchObject({ unknown: [] });
    expect(ids(chosenKinds(words, '4.3').chosen)).toEqual(expected);
  });

  test('a word that fits nothing is told, also a series that this machine does not have', () => {
    expect(chosenKinds(['4.1', '5.2'], '4.3').unknown).toEqual(['4.1']);
    expect(chosenKinds(['4.3'], '')).toEqual({ chosen: [], unknown: ['4.3'] });
  });
});

describe('what a machine can have', () => {
  test('one with everything has all of them', () => {
    expect(kinds.map((one) => whyNot(one, EVERYTHING))).toEqual(kinds.map(() => undefined));
  });

  test.each([
    ['debian-unstable', { root: false }, /root/],
    ['debian-unstable', { apt: false }, /Debian or Ubuntu/],
    ['debian-unstable', { platform: 'darwin', apt: false }, /Debian or Ubuntu/],
    ['debian-bookworm', { ownMounts: false }, /container forbids/],
    ['bpy-4.5', { pythons: { '3.13': '/usr/bin/python3' } }, /needs Python 3\.11/],
    ['bpy-5.2', { platform: 'win32' }, /Linux and macOS/],
    ['bpy-5.2', { arch: 'arm64' }, /x86-64/],
    ['machine', { blender: undefined }, /no Blender/],
  ] as const)('%s with %j is not had, with a reason', (id, lacks, reason) => {
    expect(whyNot(kind(id), { ...EVERYTHING, ...lacks })).toMatch(reason);
  });

  test('the second Blender of a test run is the newest long-term release that the machine can have, and never the one tested anyway', () => {
    const order = ids(longTermOthers(EVERYTHING, '4.3'));
    // The package first: it is there soonest.
    expect(order).toEqual(['bpy-5.2', 'debian-unstable', 'bpy-4.5']);
    expect(ids(longTermOthers({ ...EVERYTHING, root: false }, '4.3'))).toEqual([
      'bpy-5.2',
      'bpy-4.5',
    ]);
    expect(ids(longTermOthers(EVERYTHING, '5.2'))).toEqual(['bpy-4.5']);
    const none = { ...EVERYTHING, root: false, pythons: {} };
    expect(longTermOthers(none, '4.3')).toEqual([]);
  });
});

describe('the record and the table', () => {
  const result = (passed: number, failed: number) => ({
    ...{ passed, failed, date: '2026-01-02' },
    failures: Array.from({ length: failed }, (_, at) => ({
      title: `test ${at} of a|b`,
      why: 'no file /var/tmp/somebody/x.png',
    })),
  });
  const order = ids(kinds);
  const unstable = { id: 'debian-unstable', from: 'Debian unstable', build: '' };

  test('a part that is tried again takes the place of its old result, the others stay', () => {
    const first = { ...unstable, version: '5.2.2', results: { contract: result(3, 1) } };
    const second = { ...unstable, version: '5.2.2', results: { blender: result(9, 0) } };
    const third = { ...unstable, version: '5.2.2', results: { contract: result(4, 0) } };
    const rows = [first, second, third].reduce<ReturnType<typeof withRow>>(
      (now, row) => withRow(now, row, order),
      [],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.results).toEqual({ contract: result(4, 0), blender: result(9, 0) });
  });

  test('what was found on another version of it is forgotten', () => {
    const old = { ...unstable, version: '5.2.1', results: { blender: result(9, 0) } };
    const now = { ...unstable, version: '5.2.2', results: { contract: result(4, 0) } };
    expect(withRow([old], now, order)[0]?.results).toEqual({ contract: result(4, 0) });
  });

  test('a machine that can not have it forgets nothing that another one tried', () => {
    const tried = { ...unstable, version: '5.2.2', results: { contract: result(4, 0) } };
    const problem = { ...unstable, problem: 'needs root', results: {} };
    expect(withRow([tried], problem, order)).toEqual([tried]);
    expect(withRow([], problem, order)).toEqual([problem]);
  });

  test('rows stand in the order of the catalogue', () => {
    const rows = ['bpy-5.2', 'machine', 'debian-unstable']
      .map((id) => ({ id, from: '', problem: 'x', results: {} }))
      .reduce<ReturnType<typeof withRow>>((now, row) => withRow(now, row, order), []);
    expect(ids(rows)).toEqual(['machine', 'debian-unstable', 'bpy-5.2']);
  });

  test('the table tells what passed, what failed, what was not run and what could not be had', () => {
    const text = tableText(
      [
        { ...unstable, version: '5.2.2', results: { contract: result(3, 1), shots: result(7, 0) } },
        { id: 'bpy-4.5', from: 'Python package bpy', problem: 'needs Python 3.11', results: {} },
      ],
      parts,
      { 'debian-unstable': 'It has no denoiser.' },
    );
    const lines = text.split('\n').filter((line) => line.startsWith('|'));
    expect(lines).toHaveLength(4);
    expect(lines[2]).toBe(
      '| 5.2.2 | Debian unstable | 3 / **1** | – | – | – | – | 7 | 2026-01-02 |',
    );
    expect(lines[3]).toMatch(/^\| bpy-4\.5 \|.*\| not had: needs Python 3\.11 \|$/);
    expect(text).toContain('It has no denoiser.');
    // A test's words are no Markdown, and no folder of this machine gets into the repository.
    expect(text).toContain('- test 0 of a\\|b (no file …/x.png)');
    expect(text).not.toContain('/var/tmp');
  });
});

describe('what a run came to', () => {
  test('failed tests are named with the first words of why, a file that could not be loaded by its path', () => {
    const colour = `${String.fromCharCode(27)}[31m`;
    const report = {
      testResults: [
        {
          ...{ name: `${process.cwd()}/test/contract/a.test.ts`, status: 'failed' },
          assertionResults: [
            { status: 'passed', title: 'one' },
            { status: 'failed', title: 'two', failureMessages: [`${colour}Error: no\nat x`] },
          ],
        },
        {
          ...{ name: `${process.cwd()}/test/contract/b.test.ts`, status: 'failed' },
          ...{ assertionResults: [], message: 'SyntaxError' },
        },
      ],
    };
    expect(failuresIn(report)).toEqual([
      { title: 'test/contract/a.test.ts: two', why: 'Error: no' },
      { title: 'test/contract/b.test.ts', why: 'SyntaxError' },
    ]);
    expect(failuresIn(undefined)).toEqual([]);
  });

  test('shots count by what became of them; a command that rendered nothing has failed', () => {
    const output = [
      'words',
      '{"type":"job-finished","name":"a","status":"completed","message":null}',
      '{"type":"job-finished","name":"b","status":"failed","message":"No camera."}',
      '{"type":"job-',
    ].join('\n');
    expect(shotsIn(output)).toEqual({
      ...{ passed: 1, failed: 1 },
      failures: [{ title: 'sample shot b', why: 'No camera.' }],
    });
    expect(shotsIn('it broke')).toMatchObject({ passed: 0, failed: 1 });
  });

  test('only files that start a real Blender say something of a version', () => {
    expect(startsBlender("import { makeBlend } from '../helpers/make-blend.ts';")).toBe(true);
    expect(startsBlender('const rig = await makeRig();')).toBe(true);
    expect(startsBlender('const lab = await makeLab();')).toBe(true);
    expect(startsBlender("const lab = await makeLab('stand-in');")).toBe(false);
    expect(startsBlender('const rig = await makeEngine();')).toBe(false);
  });
});

describe('the executable files', () => {
  test.each(['plain', "it's", 'a "b" $c `d`', 'ü\nx'])(
    '%j is one word for a shell',
    async (text) => {
      const { stdout } = await execa('sh', ['-c', `printf %s ${shell(text)}`]);
      expect(stdout).toBe(text);
    },
  );

  test('are shell scripts that a shell can read', async () => {
    const texts = [
      launcherOfRoot("/cache/it's here/root"),
      launcherOfPackage('/cache/b/blender', '/cache/b/venv/bin/python', '/cache/b/launcher.py'),
    ];
    for (const text of texts) {
      expect(text.startsWith('#!/bin/sh\n')).toBe(true);
      // One process from beginning to end, so that signals reach Blender.
      expect(text).toMatch(/exec .*"\$@"\n$/);
      await execa('sh', ['-n'], { input: text });
    }
  });
});

const python = onPath('python3');

describe.skipIf(python === undefined)('the command line of the Python package', () => {
  const ask = async (code: string, args: readonly string[]) => {
    const load = `
import importlib.util, json, sys
given, sys.argv = sys.argv[1:], ["x"]
spec = importlib.util.spec_from_file_location("launcher", "build/blenders/bpy-launcher.py")
launcher = importlib.util.module_from_spec(spec)
spec.loader.exec_module(launcher)
`;
    const { stdout } = await execa(python ?? '', ['-c', load + code, ...args]);
    return JSON.parse(stdout);
  };
  const parsed = (...args: string[]) => ask('print(json.dumps(launcher.parse(given)))', args);

  test('what Nightshift starts is understood', async () => {
    const args =
      '-b -Y --factory-startup --log render --python-exit-code 97 --python r.py -- nightshift t';
    expect(await parsed(...args.split(' '))).toEqual([
      {
        ...{ background: true, untrusted: true, scripts: false, factory: true },
        ...{ log: 'render', exit_code: '97' },
      },
      [['python', 'r.py']],
    ]);
  });

  test('what is done in turn keeps its order, and what stands behind -- is left alone', async () => {
    const args = ['-b', 'a.blend', '-o', '//x_#', '-F', 'PNG', '-x', '1', '-s', '2', '-f', '1..3'];
    const [settings, steps] = await parsed(...args, '-y', '--', '-a');
    expect(settings).toEqual({ background: true, trusted: true, scripts: true });
    expect(steps).toEqual([
      ...[
        ['open', 'a.blend'],
        ['output', '//x_#'],
        ['format', 'PNG'],
      ],
      ...[
        ['extension', '1'],
        ['first_frame', '2'],
        ['frames', '1..3'],
      ],
    ]);
  });

  test('an argument that it does not know is refused instead of left out', async () => {
    const args = ['build/blenders/bpy-launcher.py', '-b', '--gpu-backend', 'vulkan'];
    const { exitCode, stderr } = await execa(python ?? '', args, { reject: false });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/does not know the argument --gpu-backend/);
  });

  test.each([
    ['3', [[3, 3]]],
    [
      '1,3,5..7',
      [
        [1, 1],
        [3, 3],
        [5, 7],
      ],
    ],
    [
      '+1,-2',
      [
        [11, 11],
        [18, 18],
      ],
    ],
  ])('the frames %s', async (text, expected) => {
    expect(await ask('print(json.dumps(launcher.frames_of(given[0], 10, 20)))', [text])).toEqual(
      expected,
    );
  });
});
