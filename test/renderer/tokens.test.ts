import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { expect, test } from 'vitest';

const RENDERER = resolve(import.meta.dirname, '../../renderer');

/** What has its place in the file of tokens and nowhere else. */
const LITERALS: readonly (readonly [string, RegExp])[] = [
  ['a colour', /#[\da-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(/gi],
  ['a size of type', /font(?:-size)?:[^;]*\d(?:px|rem|pt)[^;]*;/g],
  ['a radius', /border(?:-[a-z-]+)?-radius:[^;]*[1-9]px[^;]*;/g],
  ['a time of a movement', /\b(?:transition|animation)[a-z-]*:[^;]*\d(?:ms|s)\b[^;]*;/g],
];

async function sheets(): Promise<ReadonlyMap<string, string>> {
  const files = await glob('**/*.css', { cwd: RENDERER });
  const read = files.map(
    async (file) => [file, await readFile(join(RENDERER, file), 'utf8')] as const,
  );
  return new Map(await Promise.all(read));
}

test('colours, sizes of type, radii and times stand among the tokens only', async () => {
  const strays = [...(await sheets())].flatMap(([file, text]) =>
    basename(file) === 'tokens.css'
      ? []
      : LITERALS.flatMap(([what, pattern]) =>
          [...text.matchAll(pattern)].map(([literal]) => `${file}: ${what}: ${literal}`),
        ),
  );
  expect(strays).toEqual([]);
});

test('the type changes no letter of a name: `8000x4500` stays what it is', async () => {
  const all = [...(await sheets()).values()].join('\n');
  expect(all).toMatch(/body \{[^}]*font-variant-ligatures: no-contextual;/);
  // Nothing sets it back for a part of the window.
  expect(all.match(/font-variant-ligatures|font-variant:|font-feature-settings/g)).toHaveLength(1);
});

test('each token is used, and nothing uses one that is not there', async () => {
  const all = [...(await sheets()).values()].join('\n');
  const code = await glob('**/*.{ts,tsx}', { cwd: RENDERER });
  const texts = await Promise.all(code.map((file) => readFile(join(RENDERER, file), 'utf8')));
  const tokens = await readFile(join(RENDERER, 'ui/tokens.css'), 'utf8');
  const used = new Set(
    [...`${all}${texts.join('')}`.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name),
  );
  const defined = [...tokens.matchAll(/^\s+(--[\w-]+):/gm)].map(([, name]) => name);
  const local = [...`${all}${texts.join('')}`.matchAll(/['"\s](--[\w-]+)['"]?:/g)].map(
    ([, name]) => name,
  );
  expect(defined.filter((name) => !used.has(name))).toEqual([]);
  // Base UI measures for its popups.
  const known = new Set([...defined, ...local, '--available-width', '--available-height']);
  expect([...used].filter((name) => !known.has(name))).toEqual([]);
});
