import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';
import { printable } from '../../../shared/safe-text.ts';

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

/**
 * Returns a Markdown table, padded so that its source reads well too. Cells are Markdown already.
 * @param titles with `>` before the title of a column of numbers
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = titles.map((title, at) => {
    const isRight = title.startsWith('>');
    const cells = rows.map((row) => stringWidth(row[at] ?? '')).filter((width) => width <= WIDEST);
    const text = isRight ? title.slice(1) : title;
    return { text, isRight, width: Math.max(3, stringWidth(text), ...cells) };
  });
  const line = (cells: readonly string[]) => {
    const padded = columns.map(({ isRight, width }, at) => {
      const cell = cells[at] ?? '';
      const space = ' '.repeat(Math.max(0, width - stringWidth(cell)));
      return isRight ? space + cell : cell + space;
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = columns.map(
    ({ isRight, width }) => `${'-'.repeat(width + 1)}${isRight ? ':' : '-'}`,
  );
  return [line(columns.map(({ text }) => text)), `|${rule.join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
}

/** A wider cell sticks out instead of widening every row. */
const WIDEST = 60;

/** Returns a list, a line each; `null`: there is none. */
export function bullets(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : lines.map((line) => `- ${line}`).join('\n');
}

/** `1 shot`, `2 shots`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `hero, lamp, and 3 more shots`. */
export function named(shots: readonly string[], most = 20): string {
  const more = shots.length - most;
  return [...shots.slice(0, most), ...(more > 0 ? [`and ${counted(more, 'more shot')}`] : [])].join(
    ', ',
  );
}

/** A moment (ms since 1970) in this machine's time zone: `2026-03-01 06:12:09`. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** The time zone that `localTime` uses at a moment: `Europe/Berlin, UTC+01:00`. */
export function timeZone(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  const offset = `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return name === 'UTC' || name === undefined ? 'UTC' : `${name}, ${offset}`;
}

/** Returns a file beside the report as the destination of a link, whatever is in its name. */
export function linkTo(folder: string, file: string): string {
  return [folder, file]
    .map((part) =>
      encodeURIComponent(part.replace(/\p{Cs}/gu, '\uFFFD')).replace(
        /[()!'*]/gu,
        (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}
