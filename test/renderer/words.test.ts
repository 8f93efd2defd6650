import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { offeredActs } from '../../renderer/text/acts.ts';
import { typeset } from '../../renderer/text/typeset.ts';
import { aView } from './rows.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Words {
  readonly file: string;
  readonly text: string;
}

/** All that is written in the sources of the window and of the app around it, `…` where something is put in. */
let written: readonly Words[];
/** What the artist reads of it: a sentence, or a few words that begin as one. */
let sentences: readonly Words[];

beforeAll(async () => {
  const files = await glob(['renderer/**/*.{ts,tsx}', 'electron/app/**/*.ts'], { cwd: ROOT });
  const read = files.map(async (file) => textsOf(file, await readFile(join(ROOT, file), 'utf8')));
  written = (await Promise.all(read)).flat();
  sentences = written.filter(({ text }) => /^[\p{Lu}“ ,].*\s/u.test(text));
});

function textsOf(file: string, source: string): readonly Words[] {
  const found: Words[] = [];
  const see = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== null) found.push({ file, text: text.replaceAll(/\s+/g, ' ') });
    if (!ts.isImportDeclaration(node)) ts.forEachChild(node, see);
  };
  see(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found;
}

function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isJsxText(node)) return node.text.trim();
  if (!ts.isTemplateExpression(node)) return null;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}

const breaking = (rule: RegExp) =>
  sentences.filter(({ text }) => rule.test(text)).map(({ file, text }) => `${file}: ${text}`);

describe('the words of the window', () => {
  it('are found', () => {
    expect(sentences.length).toBeGreaterThan(200);
    expect(sentences.map(({ text }) => text)).toContain('Finishing the frames that are rendering');
  });

  it('have curly quotes, and none of a program', () => {
    expect(breaking(/\p{L}'\p{L}|"|`/u)).toEqual([]);
  });

  it('are of one English', () => {
    expect(
      breaking(/\b(?:colors?|minimi[zs]ed? to|center|gray|canceled|license|\w+izing)\b/i),
    ).toEqual([]);
    expect(breaking(/\b\w*(?:minimiz|synchroniz|recogniz|organiz)\w*/i)).toEqual([]);
  });

  it('have one word for what is done', () => {
    expect(breaking(/\bcompleted?\b/i)).toEqual([]);
  });

  it('name only what can be pressed or found', () => {
    const labels = new Set(written.map(({ text }) => text.replace(/[…&]/g, '').trim()));
    const named = sentences.flatMap(({ file, text }) =>
      [...text.matchAll(/“([^”…]+)”/g)].map(([, name = '']) => ({ file, name })),
    );
    expect(named.map(({ name }) => name)).toEqual(expect.arrayContaining(['Retry', 'Resume']));
    // Keys of shot files, and lines for a terminal, begin small; labels don't.
    const missing = named.filter(({ name }) => !labels.has(name) && /^\p{Lu}/u.test(name));
    expect(missing).toEqual([]);
  });

  it('name an act where it is offered', () => {
    const progress = aView().progress;
    const acts = (phase: 'cancelled' | 'partial') => offeredActs(aView({ phase, progress }));
    expect(acts('cancelled')).toContain('resume');
    expect(acts('partial')).toContain('render');
  });
});

describe('a sentence that was written for a terminal as well', () => {
  it.each([
    ["The scene can't be read.", 'The scene can’t be read.'],
    ['The scene "it\'s.blend" is gone.', "The scene “it's.blend” is gone."],
    ["`depends_on`: there is no shot `hero's`.", "“depends_on”: there is no shot “hero's”."],
    ["Blender's and the artists' words", 'Blender’s and the artists’ words'],
    ['5" and nothing else', '5" and nothing else'],
    ['It is 8000x4500.', 'It is 8000x4500.'],
    ['', ''],
  ])('%s', (sentence, shown) => {
    expect(typeset(sentence)).toBe(shown);
  });
});
