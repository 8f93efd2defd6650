import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { PROTECTIONS } from './protections.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const FILES = globSync('test/**/*.test.ts', { cwd: ROOT });

test('every protection that is taken out by npm run mutate stands in the code once, and names tests that exist', async () => {
  expect(PROTECTIONS.length).toBeGreaterThan(50);
  const names = PROTECTIONS.map(({ protection }) => protection);
  expect(new Set(names).size).toBe(names.length);
  for (const { protection, file, take, tests } of PROTECTIONS) {
    const text = await readFile(join(ROOT, file), 'utf8');
    expect(text.split(take).length - 1, `${protection}: ${file}`).toBe(1);
    for (const one of tests) {
      expect(
        FILES.some((name) => name.includes(one)),
        `${protection}: ${one}`,
      ).toBe(true);
    }
  }
});
