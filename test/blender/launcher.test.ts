import { chmod, readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blenderInfo } from '../../electron/blender/find-blender.ts';
import { isRunning } from '../../electron/blender/process-tree.ts';
import type { BlenderWorker } from '../../electron/blender/types.ts';
import { quotePosix } from '../../electron/engine/report/repeat-command.ts';
import {
  behindLauncher,
  UnfinishedQuote,
  wordsOf,
} from '../../electron/hosts/launcher/launcher.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import {
  FAKE_BLENDER,
  failed,
  makeRig,
  pixels,
  type Rig,
  sceneRequest,
  until,
  value,
  within,
} from './rig.ts';

describe('a launcher is cut into words as a shell does it', () => {
  test.each([
    ['nice -n 10', ['nice', '-n', '10']],
    ['  ssh\thost \n', ['ssh', 'host']],
    [`env A='b c' D="e 'f'"`, ['env', 'A=b c', "D=e 'f'"]],
    [`run my\\ launcher ""`, ['run', 'my launcher', '']],
    [`a"b"'c'd \\'`, ['abcd', "'"]],
    [`"\\$HOME \\" \\n" '\\'`, ['$HOME " \\n', '\\']],
    ['echo $HOME ~ * | tee > x; y &', ['echo', '$HOME', '~', '*', '|', 'tee', '>', 'x;', 'y', '&']],
    ['srun \\\n-n1', ['srun', '-n1']],
    ['nice \\\n -n 10', ['nice', '-n', '10']],
    ['', []],
    [' \t', []],
  ])('%j', (text, words) => {
    expect(wordsOf(text, false)).toEqual(words);
  });

  test('on Windows a backslash stands in paths', () => {
    expect(wordsOf('"C:\\Program Files\\run.exe" C:\\x\\', true)).toEqual([
      'C:\\Program Files\\run.exe',
      'C:\\x\\',
    ]);
  });

  test('a quote that is not closed is told', () => {
    for (const text of ["it's", 'say "hello', `'\\'\\''`]) {
      expect(() => wordsOf(text, false)).toThrow(UnfinishedQuote);
    }
  });

  test('whatever words are quoted for a shell, they come back as they were', () => {
    const word = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(text));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(wordsOf(words.map(quotePosix).join(' '), false)).toEqual(words);
      }),
    );
  });
});

/** A launcher that stays beside what it starts, and that dies where a file `die` lies beside it. */
async function staying(rig: Rig): Promise<string> {
  const path = rig.path('staying');
  await writeFile(
    path,
    `#!/bin/sh
exec 3<&0
"$@" <&3 &
while kill -0 $! 2>/dev/null; do
  if [ -e "$0.die" ]; then kill -KILL $$; fi
  sleep 0.05
done
wait $!
`,
  );
  await chmod(path, 0o755);
  return path;
}

async function steered(rig: Rig, rules: Record<string, unknown>): Promise<void> {
  await writeFile(rig.path('steer.json'), JSON.stringify(rules));
  process.env.FAKE_BLENDER = rig.path('steer.json');
}

function startBehind(rig: Rig, launcher: string, blenderPath = FAKE_BLENDER) {
  return rig.tryStart({ host: behindLauncher(launcher), blenderPath });
}

const FRAME = { frame: 1, threads: 1 };

describe.skipIf(process.platform === 'win32')('real Blender', () => {
  test('renders the same picture behind a launcher as without one', async () => {
    const rig = await makeRig();
    const blend = await makeBlend(rig.path('a.blend'));
    const shown = async (worker: BlenderWorker, name: string) => {
      value(await worker.open(sceneRequest({ blend }), within()));
      value(await worker.render({ ...FRAME, file: rig.path(name) }, within()));
      await worker.close();
      return pixels(rig.path(name));
    };
    const plain = await shown(await rig.start(), 'plain.png');
    const launched = value(await startBehind(rig, "env 'NS_TEST=two words' nice -n 5", BLENDER));
    const environment = await readFile(`/proc/${launched.pid}/environ`, 'utf8').catch(() => null);
    if (environment !== null) expect(environment.split('\0')).toContain('NS_TEST=two words');
    expect(await shown(launched, 'launched.png')).toBe(plain);
    expect(await isRunning(launched.pid)).toBe(false);
  });
});

describe.skipIf(process.platform !== 'linux')('a launcher', () => {
  test('is put before a Blender that is asked for its version too', async () => {
    const rig = await makeRig();
    await steered(rig, { version: '9.1.0' });
    await writeFile(rig.path('counted'), `#!/bin/sh\necho "$@" >> "$0.log"\nexec "$@"\n`);
    await chmod(rig.path('counted'), 0o755);
    const host = behindLauncher(rig.path('counted'));
    expect(value(await blenderInfo(FAKE_BLENDER, host)).version).toBe('9.1.0');
    const log = await readFile(rig.path('counted.log'), 'utf8');
    expect(log).toBe(`${FAKE_BLENDER} --version\n`);
  });

  test.each(['setsid --wait', 'STAYING'])(
    'that starts Blender in a group or as a process of its own (%s) is ended with it by a cancel',
    async (name) => {
      const rig = await makeRig();
      await steered(rig, { render: { hang: true } });
      const launcher = name === 'STAYING' ? await staying(rig) : name;
      const worker = value(await startBehind(rig, launcher));
      value(await worker.open(sceneRequest({ blend: '/any.blend' }), within()));
      const cancel = new AbortController();
      const file = rig.path('x.png');
      const answer = worker.render({ ...FRAME, file }, within({ signal: cancel.signal }));
      cancel.abort();
      expect((await answer).ok).toBe(false);
      await worker.close();
      expect(worker.alive).toBe(false);
      // It was killed; that no process of ours is its parent makes the system take a moment longer.
      await until('Blender has gone', async () => !(await isRunning(worker.pid)));
    },
  );

  test('that is killed in the middle of a frame takes Blender with it, and is named', async () => {
    const rig = await makeRig();
    await steered(rig, { render: { hang: true } });
    const launcher = await staying(rig);
    const worker = value(await startBehind(rig, launcher));
    value(await worker.open(sceneRequest({ blend: '/any.blend' }), within()));
    const answer = worker.render({ ...FRAME, file: rig.path('x.png') }, within());
    await writeFile(`${launcher}.die`, '');
    const failure = failed(await answer);
    expect(failure.cause).toBe('crashed');
    expect(failure.message).toBe(
      `The launcher ${launcher} ended while frame 1 was being rendered, and Blender with it (SIGKILL).`,
    );
    await until('Blender has gone', async () => !(await isRunning(worker.pid)));
  });

  test('that becomes Blender is not blamed for what kills Blender', async () => {
    const rig = await makeRig();
    await steered(rig, { render: { hang: true } });
    const worker = value(await startBehind(rig, 'nice -n 5'));
    value(await worker.open(sceneRequest({ blend: '/any.blend' }), within()));
    const answer = worker.render({ ...FRAME, file: rig.path('x.png') }, within());
    process.kill(worker.pid, 'SIGSEGV');
    expect(failed(await answer).message).toBe(
      'Blender crashed while frame 1 was being rendered (SIGSEGV).',
    );
  });

  test('that is not there says so, to who starts Blender and to who asks it', async () => {
    const rig = await makeRig();
    const host = behindLauncher('/no/launcher --fast');
    const both = [
      failed(await rig.tryStart({ host, blenderPath: FAKE_BLENDER })),
      failed(await blenderInfo(FAKE_BLENDER, host)),
    ];
    for (const failure of both) {
      expect(failure).toMatchObject({
        cause: 'blender-not-found',
        message:
          "Blender could not be started: the launcher /no/launcher --fast can't be run, because /no/launcher is not there.",
      });
      expect(failure.nextStep).toContain('--launcher');
    }
  });

  test.each([
    ['false', 'exit code 1'],
    // It stays beside nothing: Blender would go on where nobody sees it.
    ['setsid --fork', 'exit code 0'],
  ])('that ends before Blender has come up (%s) says so, and leaves nothing', async (text, how) => {
    const rig = await makeRig();
    // A Blender that is there first would be up.
    await steered(rig, { start: { hang: true } });
    const token = `ns-launcher-${process.pid}-${text.length}`;
    const host = behindLauncher(text);
    const failure = failed(await rig.tryStart({ host, blenderPath: FAKE_BLENDER, token }));
    expect(failure.cause).toBe('blender-not-found');
    expect(failure.message).toBe(
      `Blender could not be started: the launcher ${text} ended before Blender came up (${how}).`,
    );
    expect(failure.nextStep).toContain(`Try ${text} blender --version in a terminal`);
    const { stdout } = await execa('ps', ['-ww', '-A', '-o', 'stat=,args=']);
    const left = stdout.split('\n').filter((line) => line.includes(token) && !/^Z/.test(line));
    expect(left).toEqual([]);
  });
});
