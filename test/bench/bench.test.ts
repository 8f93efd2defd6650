import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { figuresOf, medianOf } from './figures.ts';
import { writePage } from './page.ts';
import { type Measured, merged, readRecord, writeRecord } from './record.ts';
import { SCENARIOS } from './registry.ts';
import { linesOf, tablesOf } from './tables.ts';

const BENCH = resolve(import.meta.dirname, 'bench.mjs');

test('The short form of every scenario that needs no window gives figures, the record and the page', async () => {
  const folder = await temporary();
  const args = ['engine', 'blender', '--short', '--rounds', '1', '--out', folder];
  const { exitCode, all } = await execa(process.execPath, [BENCH, ...args], {
    reject: false,
    all: true,
  });
  expect(exitCode, all).toBe(0);
  const record = await readRecord(folder);
  const wanted = SCENARIOS.filter(({ group }) => group !== 'window').map(({ name }) => name);
  expect(record.map(({ scenario }) => scenario)).toEqual(wanted);
  for (const { scenario, rows } of record) {
    expect(rows.length, scenario).toBeGreaterThan(0);
    for (const row of rows) expect(figuresOf(row).compared, row.title).toBeGreaterThanOrEqual(0);
  }
  const page = await readFile(join(folder, 'performance.md'), 'utf8');
  for (const row of record.flatMap(({ rows }) => rows)) expect(page).toContain(row.title);
}, 300_000);

test('A scenario that fails is a row that says so, and the others keep theirs', async () => {
  const folder = await temporary();
  const failed = { ...measured('b', [2]), rows: [], error: 'Blender ended with 1.' };
  await writeRecord(folder, [measured('a', [1]), measured('b', [2])]);
  const all = merged(await readRecord(folder), [failed], ['b', 'a', 'never-ran']);
  expect(all.map(({ scenario, error }) => [scenario, error])).toEqual([
    ['b', 'Blender ended with 1.'],
    ['a', null],
  ]);
  expect(linesOf(failed).join()).toContain('b: failed, Blender ended with 1.');
});

test('The page keeps what a person wrote around the tables', async () => {
  const folder = await temporary();
  const file = await writePage(folder, 'first table');
  const before = await readFile(file, 'utf8');
  await writeFile(file, `Before.\n${before}\nAfter.`);
  await writePage(folder, tablesOf([measured('a', [3, 1, 2])]));
  const after = await readFile(file, 'utf8');
  expect(after).toMatch(/^Before\.[\s\S]*After\.$/);
  expect(after).not.toContain('first table');
  expect(after).toContain('2.00 s (1.00–3.00)');
});

test('The median is that of the numbers, and a round without a figure is no row', () => {
  expect(medianOf([10, 9, 1])).toBe(9);
  expect(medianOf([10, 2])).toBe(6);
  const row = { ...theRow, ours: [1, 3], theirs: [4, 4] };
  expect(figuresOf(row)).toMatchObject({ compared: 0.5, reached: true });
  expect(figuresOf({ ...row, target: 0.4 }).reached).toBe(false);
  expect(() => figuresOf({ ...row, theirs: [4, Number.NaN] })).toThrow('has no figure');
  expect(() => figuresOf({ ...row, ours: [] })).toThrow('has no figure');
});

const theRow = {
  title: 'A row',
  baseline: 'another',
  unit: 's',
  compare: 'ratio',
  target: 1,
  note: null,
} as const;

function measured(scenario: string, ours: number[]): Measured {
  return {
    scenario,
    group: 'engine',
    date: '2026-02-28',
    commit: 'abc',
    seed: 1,
    rounds: ours.length,
    short: false,
    seconds: 1,
    load: 0,
    coresBusy: 0,
    setting: {
      cpu: 'a cpu',
      cores: 2,
      memoryGb: 8,
      system: 'a system',
      node: '20',
      blender: '4.3.2',
      electron: '33',
    },
    rows: [{ ...theRow, ours, theirs: ours }],
    error: null,
  };
}

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-bench-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
