import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fenced, inline, logLine, table } from '../../electron/engine/report/escape.ts';
import { printable } from '../../shared/safe-text.ts';
import { rendered, tablesOf, tagsOf, textOf } from './markdown.ts';
import { nasty } from './nasty.ts';

const readable = (text: string) => printable(text).replace(/\s+/gu, ' ').trim();

test('a name in a table cell reads as it was given, whatever is in it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(nasty, nasty), { maxLength: 5 }), (names) => {
      const source = table(
        ['A', '>B'],
        names.map((row) => row.map(inline)),
      );
      expect(source.split(/\r\n|[\n\r\u2028\u2029]/u)).toHaveLength(names.length + 2);
      const html = rendered(source);
      expect(tablesOf(html)).toEqual([[['A', 'B'], ...names.map((row) => row.map(readable))]]);
      expect(tagsOf(html).filter((tag) => !TABLE.includes(tag))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test('a name in a heading, a list and a paragraph reads as it was given', () => {
  fc.assert(
    fc.property(
      nasty.filter((text) => readable(text) !== ''),
      (name) => {
        for (const [before, tag] of [
          ['### ', 'h3'],
          ['- **x:** ', 'li'],
          ['', 'p'],
        ] as const) {
          const html = rendered(before + inline(name));
          const shown = textOf(html).trim().replace(/^x: /u, '');
          expect(shown).toBe(readable(name));
          expect(tagsOf(html)).toContain(tag);
          expect(tagsOf(html).filter((found) => !['strong', 'ul', tag].includes(found))).toEqual(
            [],
          );
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('no log line ends its code block', () => {
  fc.assert(
    fc.property(fc.array(nasty.map(logLine), { maxLength: 6 }), (lines) => {
      const html = rendered(`${fenced(lines, 'text')}\n\nafter`);
      expect(tagsOf(html)).toEqual(['code', 'p', 'pre']);
      expect(textOf(html)).toBe(`${lines.join('\n')}${lines.length > 0 ? '\n' : ''}\nafter`);
    }),
    { numRuns: 1000 },
  );
});

test('a plain name and a path of Windows stay readable in the source', () => {
  expect(inline('hero_turntable v2 (final) #3')).toBe('hero_turntable v2 (final) \\#3');
  expect(inline('C:\\Users\\mia\\shots')).toBe('C:\\Users\\mia\\shots');
  expect(inline('a|b')).toBe('a\\|b');
});

test('colours and carriage returns are taken out of a log line', () => {
  expect(logLine('\u001B[31mError:\u001B[0m no camera\r')).toBe('Error: no camera');
});

test('a log line that would fill pages is cut, and never inside an emoji', () => {
  expect(logLine('🎬'.repeat(1000))).toMatch(/^(?:🎬)+…$/u);
});

const TABLE = ['table', 'thead', 'tbody', 'tr', 'th', 'td'];
