import { join } from 'node:path';
import { styleText } from 'node:util';
import stringWidth from 'fast-string-width';
import { printable } from '../../shared/safe-text.ts';
import type { ShotProblem } from '../../shared/shot.ts';
import type { JsonLine } from './json-line.ts';

type Style = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

/** Where the command line writes. Once the reader of a stream is gone, writing to it does nothing. */
export interface Output {
  /** Bars and colours make sense: a terminal reads standard output. */
  readonly terminal: boolean;
  /** Aborted when nobody reads standard output any more, as in `| head -1`. */
  readonly unread: AbortSignal;
  /** Text on standard output; a line end is added. */
  line(text: string): void;
  /** Text on standard error; a line end is added. */
  note(text: string): void;
  /** One line of `--json` on standard output. */
  json(line: JsonLine): void;
  /** Coloured where a person sees it and wants it. */
  paint(style: Style, text: string): string;
  /** Resolves when all that was written has left this process, or can't. */
  drained(): Promise<void>;
}

export function processOutput(): Output {
  const { stdout, stderr } = process;
  const unread = new AbortController();
  // EPIPE, or EIO from a terminal that was closed: the same to us.
  stdout.on('error', () => unread.abort());
  stderr.on('error', () => {});
  const write = (stream: NodeJS.WriteStream, text: string) => {
    if (stream.writable) stream.write(text);
  };
  const terminal = stdout.isTTY === true && process.env.TERM !== 'dumb';
  const colours = terminal && !process.env.NO_COLOR;
  return {
    terminal,
    unread: unread.signal,
    line: (text) => write(stdout, `${text}\n`),
    note: (text) => write(stderr, `${text}\n`),
    json: (line) => write(stdout, `${JSON.stringify(line)}\n`),
    paint: (style, text) => (colours ? styleText(style, text) : text),
    drained: async () => {
      await Promise.all([stdout, stderr].map(drained));
    },
  };
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) return resolve();
    stream.once('error', () => resolve());
    stream.once('close', () => resolve());
    stream.write('', () => resolve());
  });
}

/** `shots/hero.yaml:3:5: error: …`: the form that terminals and editors make clickable. */
export function problemLine(folder: string, problem: ShotProblem): string {
  const { file, line, column, severity, message } = problem;
  const place = [join(folder, file), line, line === null ? null : column];
  const where = place.filter((part) => part !== null).join(':');
  return printable(`${where}: ${severity}: ${message}`);
}

/** Columns for a terminal, two spaces apart; the last one is not padded. */
export function textTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [titles, ...rows];
  const widths = titles.map((_, column) =>
    all.reduce((most, row) => Math.max(most, stringWidth(row[column] ?? '')), 0),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

/** What the commands share: where to write, and how the process will end. */
export interface Session {
  readonly output: Output;
  exitCode: number;
}
