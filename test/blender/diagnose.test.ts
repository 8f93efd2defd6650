import { expect, test } from 'vitest';
import { diagnose } from '../../electron/blender/diagnose.ts';
import type { RecentLine } from '../../electron/blender/log-line.ts';
import { type Doing, sentence } from '../../electron/blender/sentences.ts';
import { CAUSE_FACTS, CAUSES, type Cause } from '../../shared/failure.ts';

const FRAME: Doing = { what: 'render', frame: 7 };
const errors = (...texts: string[]): RecentLine[] =>
  texts.map((text) => ({ level: 'error', text }));

test('every cause has a sentence and a next step, each one sentence with a full stop', () => {
  for (const cause of CAUSES) {
    const said = sentence(cause, FRAME, { detail: 'Error: so it is', seconds: 90 });
    for (const text of [said, CAUSE_FACTS[cause].nextStep]) {
      expect(text, cause).toMatch(/^[A-Z].*[^.]\.$/);
      expect(text).not.toMatch(/\n|undefined|null/);
    }
  }
});

test.each<[string, Cause]>([
  ['Error: Cannot render, no camera\n', 'no-camera'],
  ['Error: Failed to denoise, build has no OpenImageDenoise support', 'denoiser-not-available'],
  ["Error: Render error (No space left on device) cannot save: '/x.png'", 'disk-full'],
  ["Error: Render error (Permission denied) cannot save: '/x.png'", 'output-not-writable'],
  ["Error: Render error (Invalid argument) cannot save: '/x.png'", 'output-not-writable'],
  ['Error: Cannot read file "/x.blend": No such file or directory', 'missing-file'],
  ["Error: Failed to read blend file '/x.blend': Missing DNA block", 'unreadable-scene'],
  ['Error: File format is not supported in file "/x.blend"', 'unreadable-scene'],
  ['Error: Found no Cycles device of the specified type', 'device-not-available'],
  ['Error: System is out of GPU memory', 'out-of-memory'],
  ['Error: CUDA_ERROR_OUT_OF_MEMORY in cuMemAlloc', 'out-of-memory'],
  ['Error: System is out of GPU and shared host memory', 'out-of-memory'],
  ['Malloc returns null: len=4096 in buffer', 'out-of-memory'],
  ['  what():  Resource temporarily unavailable', 'out-of-memory'],
  ['Error: engine not found', 'engine-not-available'],
  [
    'The file was saved by a newer version, open it with Blender 5.1 or later',
    'newer-blender-needed',
  ],
  ['Nothing was written for frame 7', 'nothing-rendered'],
  ['Error: something new', 'render-error'],
])('Blender says %j: %s', (text, cause) => {
  const failure = diagnose({ kind: 'report', text, log: [] }, FRAME);
  expect(failure.cause).toBe(cause);
  expect(failure.evidence.join('\n')).toContain(text.trim());
});

test('nothing written has the reason that Blender printed before', () => {
  const log = errors('Error: Failed to denoise, build has no OpenImageDenoise support');
  const evidence = { kind: 'report', text: 'Nothing was written for frame 7', log } as const;
  expect(diagnose(evidence, FRAME).cause).toBe('denoiser-not-available');
});

test.each<[string, number | null, string | null, string, RecentLine[], Doing['what'], Cause]>([
  ['a segfault', null, 'SIGSEGV', 'linux', [], 'render', 'crashed'],
  ['an abort', null, 'SIGABRT', 'linux', [], 'render', 'crashed'],
  [
    'bad_alloc',
    null,
    'SIGABRT',
    'linux',
    errors('terminate called: std::bad_alloc'),
    'render',
    'out-of-memory',
  ],
  [
    'no malloc',
    null,
    'SIGSEGV',
    'linux',
    errors('Malloc returns null: len=1'),
    'render',
    'out-of-memory',
  ],
  ['the kernel', null, 'SIGKILL', 'linux', [], 'render', 'out-of-memory'],
  ['a shell that tells', 137, null, 'linux', [], 'render', 'out-of-memory'],
  ['a person on a Mac', null, 'SIGKILL', 'darwin', [], 'render', 'crashed'],
  ['a Windows crash', 0xc0000005, null, 'win32', [], 'render', 'crashed'],
  ['Windows memory', 0xc0000017, null, 'win32', [], 'render', 'out-of-memory'],
  [
    'an abort without libEGL',
    null,
    'SIGABRT',
    'linux',
    errors("Couldn't open libEGL.so.1: cannot open shared object file: No such file or directory"),
    'render',
    'graphics-not-available',
  ],
  [
    'a segfault without a driver',
    139,
    null,
    'linux',
    [
      {
        level: 'info',
        text: 'EGL Error (0x300C): EGL_BAD_PARAMETER: One or more argument values …',
      },
    ],
    'render',
    'graphics-not-available',
  ],
  [
    'a segfault where the fallback of EGL went well',
    139,
    null,
    'linux',
    [{ level: 'info', text: 'EGL Error (0x3009): EGL_BAD_MATCH: Arguments are inconsistent' }],
    'render',
    'crashed',
  ],
  ['an exit in the middle', 0, null, 'linux', [], 'render', 'crashed'],
  ['a start without a library', 127, null, 'linux', [], 'start', 'blender-not-found'],
  ['a runner that fails', 97, null, 'linux', [], 'start', 'render-error'],
])('the process ends by %s', (_name, code, signal, platform, log, what, cause) => {
  const evidence = { kind: 'exit', code, signal, platform, log, crash: [] } as const;
  const failure = diagnose(evidence, { what, frame: what === 'render' ? 7 : null });
  expect(failure.cause).toBe(cause);
  expect(failure.evidence.at(-1)).toMatch(/^Blender ended: /);
});

test('evidence is at most 20 lines, and an early error is not pushed out by chatter', () => {
  const chatter = Array.from(
    { length: 500 },
    (_, at) => ({ level: 'info', text: `${at}` }) as const,
  );
  const log = [...errors('Error: the first'), ...chatter];
  const crash = Array.from({ length: 8 }, (_, at) => `# ${at}`);
  const exit = { kind: 'exit', code: null, signal: 'SIGSEGV', platform: 'linux', crash } as const;
  const { evidence } = diagnose({ ...exit, log }, FRAME);
  expect(evidence.length).toBeLessThanOrEqual(20);
  expect(evidence[0]).toBe('Error: the first');
  expect(evidence).toContain('499');
});

test('a limit says how long it was', () => {
  const limit = { kind: 'limit', log: [] } as const;
  expect(diagnose({ ...limit, limit: 'timed-out', seconds: 7200 }, FRAME).message).toBe(
    'Blender was stopped while frame 7 was being rendered, because it took longer than 2 hours.',
  );
  expect(diagnose({ ...limit, limit: 'stalled', seconds: 600 }, FRAME).message).toMatch(
    /10 minutes/,
  );
});

test.each([
  'System is out of GPU memory',
  'System is out of GPU and shared host memory',
  'Out of memory in cuStreamCreate(&cuda_stream_, CU_STREAM_NON_BLOCKING) (intern/cycles/device/cuda/queue.cpp:21)',
  'Out of memory in CUDA queue copy_from_device (integrator_shade_surface)',
  'Out of memory in HIP queue synchronize (integrator_init_from_camera)',
  'Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)',
])('when Cycles says %j, it was the memory of the GPU', (words) => {
  const failure = diagnose({ kind: 'report', text: `Error: ${words}`, log: [] }, FRAME);
  expect(failure).toMatchObject({ cause: 'out-of-memory', ofGpu: true });
  expect(failure.message).toBe('The GPU ran out of memory while frame 7 was being rendered.');
  expect(failure.nextStep).toContain('gpu-or-cpu');
  // The same where the process died of it.
  const exit = {
    kind: 'exit',
    code: null,
    signal: 'SIGABRT',
    platform: 'linux',
    crash: [],
  } as const;
  const died = diagnose({ ...exit, log: errors(words) }, FRAME);
  expect(died).toMatchObject({ cause: 'out-of-memory', ofGpu: true });
});

test('memory of the machine is not taken for that of the GPU', () => {
  const text = 'Malloc returns null: len=4096 in buffer';
  const failure = diagnose({ kind: 'report', text, log: [] }, FRAME);
  expect(failure.ofGpu).toBeUndefined();
  expect(failure.message).toMatch(/^Blender ran out of memory/);
});
