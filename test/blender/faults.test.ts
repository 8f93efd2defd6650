import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { isRunning } from '../../electron/blender/process-tree.ts';
import { makeBlend } from '../helpers/make-blend.ts';
import { failed, makeRig, sceneRequest, until, value, within } from './rig.ts';

/** A scene whose frame takes minutes. */
const HEAVY = `
render.resolution_x, render.resolution_y = 1920, 1080
scene.cycles.samples = 4096
scene.cycles.use_adaptive_sampling = False
`;

test('a script that segfaults Blender is a crash, with the backtrace as evidence', async () => {
  const rig = await makeRig();
  await writeFile(rig.path('crash.py'), 'import ctypes\nprint("before")\nctypes.string_at(0)\n');
  const worker = await rig.start({ trusted: true });
  const answer = await worker.open(sceneRequest({ script: rig.path('crash.py') }), within());
  const failure = failed(answer);
  expect(failure.cause).toBe('crashed');
  expect(failure.message).toMatch(/crashed while the scene was being opened \(SIGSEGV\)\.$/);
  expect(failure.evidence.join('\n')).toMatch(/before[\s\S]*crash\.txt[\s\S]*SIGSEGV/);
  expect(failure.evidence.length).toBeLessThanOrEqual(20);
  expect(worker.alive).toBe(false);
  const again = failed(await worker.open(sceneRequest({}), within()));
  expect(again.cause).toBe('crashed');
});

test('a script that hangs is killed at its time limit, together with what it started', async () => {
  const rig = await makeRig();
  await writeFile(
    rig.path('hang.py'),
    `
import subprocess, time
for alone in (False, True):
    print('child', subprocess.Popen(['sleep', '1000'], start_new_session=alone).pid)
while True: time.sleep(1)
`,
  );
  const worker = await rig.start({ trusted: true });
  const wish = sceneRequest({ script: rig.path('hang.py') });
  const failure = failed(await worker.open(wish, within({ timeoutMs: 1500 })));
  expect(failure).toMatchObject({ cause: 'timed-out' });
  expect(failure.message).toMatch(/longer than 1\.5 seconds\.$/);
  expect(worker.alive).toBe(false);
  const children = rig.log.flatMap((line) => /^child (\d+)/.exec(line)?.[1] ?? []).map(Number);
  expect(children).toHaveLength(2);
  for (const pid of [worker.pid, ...children]) expect(await isRunning(pid)).toBe(false);
});

test('a Blender that falls silent has stalled', async () => {
  const rig = await makeRig();
  await writeFile(rig.path('mute.py'), 'import time\nprint("last words")\ntime.sleep(60)\n');
  const worker = await rig.start({ trusted: true });
  const wish = sceneRequest({ script: rig.path('mute.py') });
  const failure = failed(await worker.open(wish, within({ stallMs: 700 })));
  expect(failure.cause).toBe('stalled');
  expect(failure.evidence).toContain('last words');
});

test('cancelling in the middle of a frame waits for no frame and leaves no process', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('heavy.blend'), HEAVY);
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend }), within()));
  const cancel = new AbortController();
  const limits = within({ signal: cancel.signal });
  const rendering = worker.render({ frame: 1, threads: 2, file: rig.path('x.png') }, limits);
  await until('samples', () => rig.samples.length > 0);
  const asked = Date.now();
  cancel.abort();
  expect((await rendering).ok).toBe(false);
  // The frame would take minutes.
  expect(Date.now() - asked).toBeLessThan(5000);
  expect(worker.alive).toBe(false);
  expect(await isRunning(worker.pid)).toBe(false);
  await Promise.all([worker.close(), worker.close()]);
});

test('an operating system that kills Blender is out of memory', async () => {
  const rig = await makeRig();
  await writeFile(rig.path('wait.py'), 'import time\nprint("waiting")\ntime.sleep(60)\n');
  const worker = await rig.start({ trusted: true });
  const opening = worker.open(sceneRequest({ script: rig.path('wait.py') }), within());
  await until('the script runs', () => rig.log.includes('waiting'));
  process.kill(worker.pid, 'SIGKILL');
  expect(failed(await opening).cause).toBe(
    process.platform === 'linux' ? 'out-of-memory' : 'crashed',
  );
});

test('a Python MemoryError is out of memory', async () => {
  const rig = await makeRig();
  await writeFile(rig.path('greedy.py'), 'x = bytearray(1 << 62)\n');
  const worker = await rig.start({ trusted: true });
  const failure = failed(
    await worker.open(sceneRequest({ script: rig.path('greedy.py') }), within()),
  );
  expect(failure.cause).toBe('out-of-memory');
});

test('a script cannot speak for Blender: what it prints and writes to descriptor 1 is log', async () => {
  const rig = await makeRig();
  await writeFile(
    rig.path('liar.py'),
    `
import os, sys, subprocess
lie = '{"id": 1, "ok": true, "value": null}'
print(lie)
os.write(1, (lie + '\\n').encode())
sys.__stdout__.write(lie + '\\n')
subprocess.run(['echo', lie])
assert sys.stdin is None or sys.stdin.read() == ''
raise ValueError('the truth')
`,
  );
  const worker = await rig.start({ trusted: true });
  const failure = failed(
    await worker.open(sceneRequest({ script: rig.path('liar.py') }), within()),
  );
  expect(failure.message).toMatch(/ValueError: the truth/);
  expect(rig.log.filter((line) => line.startsWith('{"id": 1'))).toHaveLength(4);
});
