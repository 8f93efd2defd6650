import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_DEPTH, MAX_TOKENS } from '../../electron/engine/folder/parse-yaml.ts';
import { MAX_VALUES, readTree } from '../../electron/engine/folder/shot-tree.ts';
import { batchOf, told } from './folder.ts';

const FILE = { path: '/shots/bad.yaml', name: 'bad.yaml' };
const flawOf = (text: string) => readTree(text, FILE).error?.message ?? 'no error';

/** Nine levels of nine aliases each: 9^9 values when written out. */
const LAUGHS = [
  'a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]',
  ...Array.from({ length: 8 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`),
].join('\n');

const TOO_MUCH = 'Written out, the aliases of this file are far too much for a shot.';
const TOO_LONG = 'This file is far too long for a shot; nothing of it is read.';
const TOO_DEEP = `This file nests deeper than ${MAX_DEPTH} levels, which no shot does.`;

describe('a YAML bomb is refused by counting, before the work is done', () => {
  test.each([
    ['a billion laughs', LAUGHS, TOO_MUCH],
    [
      'a long list of aliases to a big list',
      `a: &a [${'1,'.repeat(900)}]\nb: [${'*a,'.repeat(900)}]`,
      TOO_MUCH,
    ],
    [
      'merge keys over and over',
      `a: &a {${Array.from({ length: 900 }, (_, i) => `k${i}: 1`).join()}}\nb:\n${'  - <<: *a\n'.repeat(900)}`,
      TOO_MUCH,
    ],
    ['an alias to itself', 'a: &a [*a]', 'This alias leads into itself, or too deep.'],
    ['a merge of itself', 'a: &a {<<: *a}', 'This alias leads into itself, or too deep.'],
    ['brackets without end', '['.repeat(900_000), TOO_DEEP],
    ['braces without end', '{'.repeat(900_000), TOO_DEEP],
    ['braces and brackets', '[{'.repeat(400_000), TOO_DEEP],
    ['dashes nested on one line', '- '.repeat(9_000), TOO_DEEP],
    ['questions nested on one line', '? '.repeat(9_000), TOO_DEEP],
    [
      'deeper and deeper lines',
      Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      TOO_DEEP,
    ],
    ['dashes nested without end', '- '.repeat(450_000), TOO_LONG],
    ['a million numbers', `frames: [${'1,'.repeat(400_000)}]`, TOO_LONG],
    ['a million keys', Array.from({ length: 90_000 }, (_, i) => `k${i}: 1`).join('\n'), TOO_LONG],
    ['a million brackets closed', ']'.repeat(900_000), TOO_LONG],
    ['a million anchors', '&a '.repeat(300_000), TOO_LONG],
    ['a million documents', '---\n'.repeat(200_000), TOO_LONG],
  ])('%s', (_what, text, message) => {
    expect(flawOf(text)).toBe(message);
  });

  test('the bounds are far above any real shot: a list of 8,000 frames is read', async () => {
    const list = Array.from({ length: 8_000 }, (_, i) => i * 3);
    const batch = await batchOf({ 'a.yaml': `blend: scene.bin\nframes: [${list.join(', ')}]` });
    expect(batch.jobs[0]?.shotConfig?.frames).toEqual(list);
    expect(MAX_TOKENS).toBeGreaterThan(3 * list.length);
    expect(MAX_VALUES).toBeGreaterThan(3 * list.length);
  });

  test('a bomb in the folder is one problem and stops no other shot', async () => {
    const batch = await batchOf({ 'a.yaml': LAUGHS, 'b.yaml': 'blend: scene.bin' });
    expect(batch.jobs.map((job) => job.status)).toEqual(['failed', 'waiting']);
    expect(told(batch)).toHaveLength(1);
    expect(told(batch)[0]).toMatch(/^error a\.yaml:\d+:\d+ Written out/);
  });

  test('a chain of files is read to its end, and refused where it is longer than any real one', async () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, i) => [
          `${i}.yaml`,
          i === length - 1 ? 'blend: scene.bin' : `abstract: ${i > 0}\nextends: ${i + 1}.yaml`,
        ]),
      );
    expect((await batchOf(chain(9))).problems).toEqual([]);
    const batch = await batchOf(chain(40));
    expect(batch.jobs[0]?.error?.message).toContain(
      'More than 32 files in a row extend each other.',
    );
  });

  test('files that add up to too much are refused', async () => {
    const big = (key: string) =>
      `x: &x [${'1,'.repeat(999)}]\nparams: {${key}: [${'*x,'.repeat(40)}]}\n`;
    const batch = await batchOf({
      'a.yaml': `${big('a')}extends: b.yaml\nblend: scene.bin`,
      'b.yaml': `${big('b')}extends: c.yaml\nabstract: true`,
      'c.yaml': `${big('c')}abstract: true`,
    });
    expect(batch.jobs[0]?.error?.message).toContain(
      'With all that it extends, this file is far too much',
    );
  });

  test('a key or a path of a million letters makes a short problem', async () => {
    const long = 'k'.repeat(900_000);
    const batch = await batchOf({
      'a.yaml': `blend: ${long}`,
      'b.yaml': `? ${long}\n: 1\nblend: x`,
    });
    for (const problem of batch.problems) expect(problem.message.length).toBeLessThan(700);
  });
});

describe('any file at all is read to values or refused in a sentence', () => {
  const pieces = fc.constantFrom(
    ...['blend: scene.bin', 'frames: ', 'render:', '\n', '\n  ', '\t', ': ', '- ', '? ', '<<: '],
    ...[
      '&a ',
      '*a',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '|',
      '>',
      '#',
      '!',
      '%',
      '---',
      '...',
      '\r',
    ],
    ...[
      '__proto__',
      'extends: ',
      'shot: ',
      'defaults',
      '~',
      'null',
      '0x1',
      '.nan',
      '!!binary ',
      '\u2028',
    ],
  );
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );

  test('as text', () => {
    fc.assert(
      fc.property(text, (content) => {
        const { tree, error } = readTree(content, FILE);
        if (error) expect(error.message).toMatch(/[.?]$/);
        else expect(tree === null || tree.size >= 1).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('as a file in a shot folder, beside a good one', async () => {
    const bytes = fc.oneof(text, fc.uint8Array({ maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const batch = await batchOf({ 'bad.yaml': content, 'good.yaml': 'blend: scene.bin' });
        expect(batch.jobs.at(-1)).toMatchObject({ name: 'good', status: 'waiting' });
        for (const job of batch.jobs) {
          expect(job.status === 'failed').toBe(job.error !== null);
          const told = batch.problems.some(
            (one) => one.jobId === job.id && one.severity === 'error',
          );
          expect(told).toBe(job.error !== null);
        }
        if (batch.jobs.length === 1) expect(batch.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});
