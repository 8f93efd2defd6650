import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { schemaFiles } from '../../electron/cli/json-schemas.ts';
import type { resultShape } from '../../electron/cli/result-schema.ts';
import type { BatchResult } from '../../shared/batch.ts';
import type { FrameList } from '../../shared/frame-list.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import type { Frozen } from '../../shared/frozen.ts';
import { events, makeCli, type Told } from './rig.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SCHEMAS = join(ROOT, 'assets/schemas');
const SAMPLES = join(import.meta.dirname, 'samples');
const JOURNALS = [
  'test/faults/recorded/version-1/journal.jsonl',
  'test/journal/samples/before-rebuild/whole/checkpoint/journal.jsonl',
  'test/journal/samples/before-rebuild/broken-off/checkpoint/journal.jsonl',
];

async function schema(name: string): Promise<ValidateFunction> {
  const text = await readFile(join(SCHEMAS, `${name}.schema.json`), 'utf8');
  return new Ajv2020({ strict: false }).compile(JSON.parse(text));
}

async function linesOf(file: string): Promise<readonly Told[]> {
  return events(await readFile(file, 'utf8'));
}

/** Lines that a schema refuses, with what it says. */
function refused(isValid: ValidateFunction, lines: readonly Told[]): readonly unknown[] {
  return lines.flatMap((line) => (isValid(line) ? [] : [{ line, errors: isValid.errors }]));
}

test('the schemas that ship are those of the definitions', async () => {
  const files = schemaFiles();
  for (const [name, text] of files) await expect(text).toMatchFileSnapshot(join(SCHEMAS, name));
});

test('a result is what its schema says, by their types', () => {
  type Json<T> = T extends FrameList
    ? readonly FrameState[]
    : T extends object
      ? { readonly [K in keyof T]: Json<T[K]> }
      : T;
  type Shape = { readonly [K in keyof typeof resultShape]: z.input<(typeof resultShape)[K]> };
  expectTypeOf<Json<BatchResult>>().toExtend<Frozen<Shape>>();
  expectTypeOf<Frozen<Shape>>().toExtend<Json<BatchResult>>();
});

test('the journals of every version so far are what the schema says', async () => {
  const isValid = await schema('journal-2');
  for (const file of JOURNALS) {
    const lines = await linesOf(join(ROOT, file));
    expect(lines.length).toBeGreaterThan(5);
    expect(refused(isValid, lines), file).toEqual([]);
  }
});

test('what --json wrote in this version is what its schema says, and says no less now', async () => {
  const isValid = await schema('events-1');
  const isResult = await schema('result-1');
  /** What every line of a kind had. */
  const before = new Map<string, readonly string[]>();
  for (const name of await readdir(join(SAMPLES, 'events-1'))) {
    const lines = await linesOf(join(SAMPLES, 'events-1', name));
    expect(lines[0]).toMatchObject({ type: 'nightshift', json: 1 });
    expect(refused(isValid, lines), name).toEqual([]);
    for (const line of lines) {
      const all = before.get(line.type) ?? Object.keys(line);
      before.set(
        line.type,
        all.filter((key) => key in line),
      );
    }
  }

  const { cli, crash } = await troubledNight();
  const check = await cli.run('check', cli.shots, '--json', '--estimate');
  await crash();
  const render = await cli.run('render', cli.shots, '-o', cli.out, '--json', '--workers', '1');
  const now = [...events(check.out), ...events(render.out)];
  expect(refused(isValid, now)).toEqual([]);
  expect(refused(isResult, [now.at(-1) as Told])).toEqual([]);
  expect([...new Set(now.map(({ type }) => type))].sort()).toEqual([...before.keys()].sort());
  for (const line of now) {
    const lacks = before.get(line.type)?.filter((key) => !(key in line));
    expect(lacks, line.type).toEqual([]);
  }
});

/** A night that the samples tell of too: a shot with a warning and a crash that heals, one that can't be opened. */
async function troubledNight() {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-3');
  await cli.file('scenes/lost.blend', 'BLENDER-v403RENDH');
  await cli.file('shots/lost.yaml', 'blend: ../scenes/lost.blend\nframes: 1-2\n');
  await cli.file('shots/unreadable.yaml', 'blend: [\n');
  const warning = { severity: 'warning', cause: 'missing-file', message: 'wood.png is missing.' };
  const rules = {
    open: { blend: 'lost', fail: { cause: 'no-camera', message: 'The scene has no camera.' } },
    inspect: { findings: [warning] },
  };
  await cli.steer(rules);
  return {
    cli,
    crash: () => cli.steer({ ...rules, render: { frame: 2, crash: true, tries: 1 } }),
  };
}
