import { describe, expect, test } from 'vitest';
import { batchOf, told } from './folder.ts';

/** Two shots with these lines each; the statuses of both. */
async function pair(one: string, two: string): Promise<readonly string[]> {
  const batch = await batchOf({
    'a.yaml': `blend: scene.bin\n${one}`,
    'b.yaml': `blend: scene.bin\n${two}`,
  });
  return batch.jobs.map((job) => job.error?.cause ?? job.status);
}

const BOTH = ['waiting', 'waiting'];
const CLASH = ['waiting', 'duplicate-output'];

describe('two shots that would write the same files', () => {
  test('make the later one a problem that names the other, before anything is rendered', async () => {
    const batch = await batchOf({
      'a.yaml': 'blend: scene.bin\noutput: { path: out, name: x }',
      'b.yaml': 'blend: scene.bin\noutput: { path: out, name: x }',
    });
    expect(told(batch)).toEqual([
      'error b.yaml:2:17 This shot would write the same files as a.yaml; only the first of them is rendered.',
    ]);
    expect(batch.jobs[1]).toMatchObject({
      status: 'failed',
      shotConfig: null,
      error: { cause: 'duplicate-output', nextStep: expect.stringContaining('output.path') },
    });
  });

  test.each([
    [
      'in folders that differ in case only',
      'output: {path: Out, name: x}',
      'output: {path: out, name: X}',
    ],
    [
      'with and without their ####',
      'output: {path: o, name: x}',
      'output: {path: o, name: "x####"}',
    ],
    [
      'with frames that overlap',
      'output: {path: o, name: x}\nframes: 1-5',
      'output: {path: o, name: x}\nframes: 5-9',
    ],
    [
      'with frames known of one only',
      'output: {path: o, name: x}\nframes: 1',
      'output: {path: o, name: x}',
    ],
    [
      'with a format known of one only',
      'output: {path: o, name: x, format: PNG}',
      'output: {path: o, name: x}',
    ],
    [
      'as two kinds of EXR',
      'output: {path: o, name: x, format: OPEN_EXR}',
      'output: {path: o, name: x, format: OPEN_EXR_MULTILAYER}',
    ],
    [
      'by numbers that outgrow their ##',
      'output: {path: o, name: "x#"}\nframes: 100',
      'output: {path: o, name: "x##"}\nframes: 100',
    ],
    ['at the path saved in the same scene', 'output: {path: scene}', 'output: {path: scene}'],
  ])('are found %s', async (_how, one, two) => {
    expect(await pair(one, two)).toEqual(CLASH);
  });

  test.each([
    [
      'other frames',
      'output: {path: o, name: x}\nframes: 1-4',
      'output: {path: o, name: x}\nframes: 5-9',
    ],
    ['another name', 'output: {path: o, name: x}', 'output: {path: o, name: y}'],
    ['another folder', 'output: {path: o, name: x}', 'output: {path: p, name: x}'],
    [
      'another extension',
      'output: {path: o, name: x, format: PNG}',
      'output: {path: o, name: x, format: JPEG}',
    ],
    [
      'numbers of another width',
      'output: {path: o, name: "x#"}\nframes: 1-9',
      'output: {path: o, name: "x##"}\nframes: 1-9',
    ],
    ['nothing said at all', '', ''],
  ])('are not seen in %s', async (_how, one, two) => {
    expect(await pair(one, two)).toEqual(BOTH);
  });
});
