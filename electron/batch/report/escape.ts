import { stripVTControlCharacters } from 'node:util';
import { printable } from '../../../shared/printable.ts';

/**
 * Any text as one line of Markdown that shows just this text: in a table cell, a heading, a list or
 * a paragraph. Every name and sentence of a report goes through here. Escapes only what would act,
 * so that `hero_turntable` and `C:\Users` stay readable in a plain editor.
 * Syntax: CommonMark 0.31 (6.1 backslash escapes, 6.2 flanking), GFM tables and strikethrough, GitHub's `$` math.
 */
export function inline(text: string): string {
  return printable(text)
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(ALWAYS, '\\$&')
    .replace(/&(?=[#\p{L}])/gu, '\\&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/(?<=^| )#/gu, '\\#')
    .replace(/^[-+=>]/u, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/u, '$1\\$2');
}

/**
 * Lines of text as a code block that they can't end: the fence is longer than any run of backticks
 * in them.
 */
export function fenced(lines: readonly string[], language: string): string {
  const runs = lines.join('\n').match(/`+/gu) ?? [];
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

/** A line of a log as it may stand in a code block: colours and control characters taken out. */
export function logLine(text: string): string {
  const line = printable(stripVTControlCharacters(text).replaceAll('\t', '    ')).trimEnd();
  return line.length > LONGEST ? `${line.slice(0, LONGEST).replace(/\p{Cs}$/u, '')}…` : line;
}

const LONGEST = 1000;

// A backslash acts before punctuation and at the end only.
const ALWAYS = /[`*[\]<|~$]|\\(?=[!-/:-@[-`{-~]|$)/gu;
