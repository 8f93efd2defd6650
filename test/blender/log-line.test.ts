import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogEvent, parseLogLine } from '../../electron/blender/log-line.ts';

function recorded(name: string): LogEvent[] {
  const text = readFileSync(join(import.meta.dirname, 'recorded', name), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLogLine);
}

const loud = (events: readonly LogEvent[]) =>
  events.filter((event) => event.type === 'error' || event.type === 'warning');

test('4.3: samples of two frames, and the files that were saved', () => {
  const events = recorded('4.3.2-cycles.txt');
  const samples = events.filter((event) => event.type === 'samples');
  expect(samples[0]).toEqual({ type: 'samples', frame: 1, done: 0, total: 4, memoryMb: 0.09 });
  expect(samples.at(-1)).toMatchObject({ frame: 2, done: 4, total: 4 });
  expect(events.filter((event) => event.type === 'saved')).toEqual([
    { type: 'saved', file: '/render/hero_0001.png' },
    { type: 'saved', file: '/render/hero_0002.png' },
  ]);
  expect(loud(events)).toEqual([]);
});

test('4.3: errors stand out of the chatter', () => {
  expect(loud(recorded('4.3.2-denoiser.txt'))).toEqual([
    { type: 'error', text: 'Traceback (most recent call last):' },
    { type: 'error', text: "FileNotFoundError: [Errno 2] No such file or directory: '/nope'" },
    { type: 'error', text: 'Error: Failed to denoise, build has no OpenImageDenoise support' },
  ]);
  expect(loud(recorded('4.3.2-not-writable.txt'))).toEqual([
    {
      type: 'error',
      text: "Error: Render error (Invalid argument) cannot save: '/proc/hero_0001.png'",
    },
  ]);
  expect(loud(recorded('4.3.2-unreadable.txt'))).toHaveLength(2);
  expect(loud(recorded('4.3.2-crash.txt'))).toEqual([
    { type: 'error', text: 'Writing: /render/blender.crash.txt' },
  ]);
});

test('5.x: the same things in other words', () => {
  const text = '00:00.891  reports          | ERROR Cannot render, no camera';
  const warning = "00:01.203  bke.main         | WARNING Unable to open '/render/lib.blend'";
  expect(recorded('5.0.txt').slice(1)).toEqual([
    { type: 'error', text },
    { type: 'warning', text: warning },
    { type: 'samples', frame: 1, done: 1, total: 16, memoryMb: 360 },
    { type: 'status', frame: 12 },
    { type: 'samples', frame: -3, done: 25, total: 64, memoryMb: null },
    { type: 'saved', file: '/render/hero_0001.png' },
  ]);
});

/** The same night on each: two frames, a third with the compositor, then what goes wrong, and a library that is gone. */
const VERSIONS = ['3.4.1', '4.2.23', '4.3.2', '4.5.15', '5.2.2', '5.3.0'];

test.each(VERSIONS)('%s: what it says of a whole night', (version) => {
  const events = recorded(`${version}.txt`);
  // 5.3 as a Python module does not say which frame it is.
  const numbered = version !== '5.3.0';
  const samples = events.filter((event) => event.type === 'samples');
  expect(samples.slice(0, 6)).toMatchObject(
    [1, 2].flatMap((frame) =>
      [0, 1, 4].map((done) => ({ frame: numbered ? frame : null, done, total: 4 })),
    ),
  );
  expect(samples[2]?.memoryMb).toBeGreaterThan(0);
  const saved = events.flatMap((event) => (event.type === 'saved' ? [event.file] : []));
  expect(saved.slice(0, 3)).toEqual(['/render/a.png', '/render/b.png', '/render/c.png']);
  const errors = events.flatMap((event) => (event.type === 'error' ? [event.text] : []));
  expect(errors.join('\n')).toMatch(/Cannot render, no camera/);
  expect(errors.join('\n')).toMatch(/cannot save: '\/proc\/x.png'/);
  expect(errors.join('\n')).toMatch(/Missing DNA block/);
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.text] : []));
  expect(warnings.join('\n')).toContain("Unable to open '/render/lib.blend'");
  // The log of a job holds no chatter about the frame's progress.
  const texts = events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
  expect(texts.filter((text) => /Fra:|Sample|Mem:|Engine:|Start rendering/.test(text))).toEqual([]);
});

test.each(['4.3.2', '5.2.2'])('%s: samples of EEVEE', (version) => {
  const events = recorded(`${version}.txt`);
  const of = events.filter((event) => event.type === 'samples').slice(-2);
  expect(of).toMatchObject([
    { frame: 2, done: 1, total: 4 },
    { frame: 2, done: 4, total: 4 },
  ]);
});

test('no line can break it', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (line) => Boolean(parseLogLine(line).type)));
});
