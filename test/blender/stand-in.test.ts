import { once } from 'node:events';
import { access, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import sharp from 'sharp';
import { describe, expect, test, vi } from 'vitest';
import { readChatter, readLines } from '../../electron/blender/log-line.ts';
import { isRunning } from '../../electron/blender/process-tree.ts';
import { spawnHere } from '../../electron/blender/spawn-here.ts';
import { failed, makeRig, type Rig, sceneRequest, startFake, until, value, within } from './rig.ts';

const frame = (rig: Rig, number: number) => ({
  frame: number,
  threads: 1,
  file: rig.path(`${number}.png`),
});

async function opened(rig: Rig, rules: Record<string, unknown>) {
  const worker = value(await startFake(rig, rules));
  value(await worker.open(sceneRequest({ blend: '/shots/a.blend' }), within()));
  return worker;
}

describe.skipIf(process.platform === 'win32')('a worker with a scripted stand-in', () => {
  test('takes only the answer to its own request; all else is log', async () => {
    const rig = await makeRig();
    const worker = await opened(rig, { render: { stray: true }, facts: { width: 16, height: 9 } });
    value(await worker.render(frame(rig, 1), within()));
    expect(await sharp(rig.path('1.png')).metadata()).toMatchObject({ width: 16, height: 9 });
    expect(rig.log).toContain('this is no JSON');
    expect(rig.samples).toEqual([{ frame: 1, done: 0, total: 4, memoryMb: 10 }]);
    await worker.close();
    expect(await isRunning(worker.pid)).toBe(false);
  });

  test('reads a hundred megabytes of chatter without keeping them, and invalid text harmlessly', async () => {
    const rig = await makeRig();
    const worker = value(
      await startFake(rig, { render: { spewBytes: 100 * 2 ** 20, badUtf8: true } }),
    );
    value(await worker.open(sceneRequest({}), within()));
    rig.log.push = () => 0;
    const before = process.memoryUsage().rss;
    value(await worker.render(frame(rig, 1), within()));
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20);
  });

  test('kills one that ignores every request to end, within a second, and its grandchild', async () => {
    const rig = await makeRig();
    const rule = { hang: true, ignoreSignals: true, grandchild: true, log: ['hanging'] };
    const worker = await opened(rig, { render: rule });
    const cancel = new AbortController();
    const rendering = worker.render(frame(rig, 1), within({ signal: cancel.signal }));
    await until('it hangs', () => rig.log.includes('hanging'));
    const asked = Date.now();
    cancel.abort();
    expect((await rendering).ok).toBe(false);
    expect(Date.now() - asked).toBeLessThan(1000);
    expect(await isRunning(worker.pid)).toBe(false);
  });

  test('a crash is told although a grandchild still holds the pipes', async () => {
    const rig = await makeRig();
    const worker = await opened(rig, { render: { frame: 2, crash: true, grandchild: true } });
    value(await worker.render(frame(rig, 1), within()));
    const failure = failed(await worker.render(frame(rig, 2), within()));
    expect(failure).toMatchObject({ cause: 'crashed' });
    expect(failure.evidence).toContain('# fake crash in frame 2');
    await worker.close();
  });

  test('chatter is a sign of life, silence is not', async () => {
    const rig = await makeRig();
    const worker = await opened(rig, { render: [{ frame: 1, seconds: 0.2 }, { hang: true }] });
    value(await worker.render(frame(rig, 1), within({ stallMs: 5000 })));
    const failure = failed(await worker.render(frame(rig, 2), within({ stallMs: 300 })));
    expect(failure.cause).toBe('stalled');
  });

  test('one that says nothing and computes is let go on, and ended once it does neither', async () => {
    const rig = await makeRig();
    const worker = await opened(rig, {
      render: [
        { frame: 1, spins: 2 },
        { frame: 2, spins: 0.5, hang: true },
      ],
    });
    // Long enough that it has a turn beside a dozen others.
    const limits = within({ stallMs: 1500 });
    value(await worker.render(frame(rig, 1), limits));
    const told = () =>
      rig.log.filter((line) => /has said nothing for .* but it computes/.test(line));
    expect(told()).toHaveLength(1);
    const failure = failed(await worker.render(frame(rig, 2), limits));
    expect(failure.cause).toBe('stalled');
    expect(await isRunning(worker.pid)).toBe(false);
  });

  test('what a program that it has started computes counts as work, while it waits for it', async () => {
    const rig = await makeRig();
    const worker = await opened(rig, { render: { helper: 2.5 } });
    value(await worker.render(frame(rig, 1), within({ stallMs: 1500 })));
    expect(rig.log.join('\n')).toMatch(/has said nothing for .* but it computes/);
  });

  test('a start that ends, hangs or is no Blender at all is told, and leaves nothing', async () => {
    const rig = await makeRig();
    const library = 'blender: error while loading shared libraries: libX.so';
    const ends = failed(await startFake(rig, { start: { exit: 127, log: [library] } }));
    expect(ends.cause).toBe('blender-not-found');
    expect(ends.evidence).toContain(library);
    const hangs = failed(await startFake(rig, { start: { hang: true } }, { timeoutMs: 500 }));
    expect(hangs.cause).toBe('timed-out');
    const missing = failed(await rig.tryStart({ blenderPath: rig.path('no-blender') }));
    expect(missing).toMatchObject({ cause: 'blender-not-found' });
    expect(missing.nextStep).toMatch(/--blender .*NIGHTSHIFT_BLENDER/);
    await writeFile(rig.path('text'), 'hello');
    expect(failed(await rig.tryStart({ blenderPath: rig.path('text') })).cause).toBe(
      'blender-not-found',
    );
  });

  test('what the stand-in does to files is what it was told', async () => {
    const rig = await makeRig();
    const worker = await opened(rig, {
      render: [
        { frame: 1, file: 'truncated' },
        { frame: 2, file: 'none' },
        { frame: 3, tries: 1, report: 'Error: only once' },
      ],
    });
    value(await worker.render(frame(rig, 1), within()));
    await expect(
      sharp(rig.path('1.png'), { failOn: 'truncated' }).raw().toBuffer(),
    ).rejects.toThrow();
    value(await worker.render(frame(rig, 2), within()));
    await expect(access(rig.path('2.png'))).rejects.toThrow();
    expect(failed(await worker.render(frame(rig, 3), within())).cause).toBe('render-error');
    value(await worker.render(frame(rig, 3), within()));
  });
});

test('lines are cut at their limit, whatever the chunks are', async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, 10, (line) => lines.push(line));
  for (const part of ['ab', 'c\r\n\nlong', 'er than ten', '\rlast ü', ''])
    stream.write(part || ' ');
  stream.end();
  await new Promise((resolve) => stream.on('close', resolve));
  expect(lines).toEqual(['abc', 'longer tha', 'last ü ']);
});

test('what a process says is taken together, and all of it as soon as somebody asks', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const stream = new PassThrough();
    const lines: string[] = [];
    const caughtUp = readChatter(stream, 100, (line) => lines.push(line));
    const say = async (text: string) => {
      stream.write(text);
      await new Promise((resolve) => setImmediate(resolve));
    };
    for (const text of ['one\n', 'tw', 'o\n', 'three\n']) await say(text);
    expect(lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    expect(lines).toEqual(['one', 'two', 'three']);
    await say('four\nfi');
    await caughtUp();
    expect(lines).toEqual(['one', 'two', 'three', 'four']);
    const closed = once(stream, 'close');
    stream.end('ve');
    await vi.advanceTimersByTimeAsync(10);
    await closed;
    expect(lines.at(-1)).toBe('five');
  } finally {
    vi.useRealTimers();
  }
});

test('all that a process said before it answered is taken when that is asked for', async () => {
  const said = 4000;
  const script = `let text = ''; for (let n = 0; n < ${said}; n++) text += 'line ' + n + '\\n'; require('fs').writeSync(2, text); require('fs').writeSync(1, 'answer'); setInterval(() => {}, 1000)`;
  const child = spawnHere({ program: process.execPath, args: ['-e', script] });
  try {
    let lines = 0;
    const caughtUp = readChatter(child.stderr, 100, () => {
      lines += 1;
    });
    await once(child.stdout, 'data');
    await caughtUp();
    expect(lines).toBe(said);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});
