import type { Readable } from 'node:stream';
import { setImmediate as immediate } from 'node:timers/promises';
import type { LogLine } from '../../shared/events.ts';

/** What one line of Blender's output says. Pure: one line in, one event out. */
export type LogEvent =
  | {
      readonly type: 'samples';
      /** `null` where the line does not say. */
      readonly frame: number | null;
      readonly done: number;
      readonly total: number;
      readonly memoryMb: number | null;
    }
  /** Blender goes on about a frame, without samples; `null`: it does not say which. */
  | { readonly type: 'status'; readonly frame: number | null }
  | { readonly type: 'saved'; readonly file: string }
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'error'; readonly text: string }
  | { readonly type: 'text'; readonly text: string };

/** Reads a line of Blender 3.4 to 4.5 (`Fra:1 Mem:…`) or 5.x (`00:01.547  render  | Fra: 1 | …`). */
export function parseLogLine(line: string): LogEvent {
  const text = line.trimEnd();
  const modern = MODERN.exec(text);
  if (modern) return parseModern(text, modern[1] ?? '', text.slice(modern[0].length));
  if (CLASSIC_FRAME.test(text)) return parseFrame(text);
  const saved = /^Saved: '(.*)'$/.exec(text);
  if (saved) return { type: 'saved', file: saved[1] ?? '' };
  if (ERROR.test(text)) return { type: 'error', text };
  if (WARNING.test(text)) return { type: 'warning', text };
  return { type: 'text', text };
}

/** Such as `00:01.547  render           | `; hours in front where there are any. */
const MODERN = /^(?:\d+:)?\d{2}:\d{2}\.\d{2,3}\s+(\S+)\s+\|\s+/;
const CLASSIC_FRAME = /^Fra:\s*-?\d+ /;
const ERROR =
  /^(?:Error\b|ERROR\b|Fatal|Traceback|\w*Error: |Malloc returns null|Writing: .*\.crash\.txt|terminate called|Couldn't open lib|.*: Assertion .* failed|\s*what\(\): |.*\bout of memory\b|System is out of GPU)/i;
const WARNING = /^(?:Warning\b|WARN\b|WARNING\b|\w*Warning: )/i;

/** How far a frame is, which 5.x says with its number in front or without, and what it is about to do next. */
const STEP =
  /^(?:Fra:|Remaining:|Mem:|Sample \d|Rendering \d+ \/|Compositing\b|Rendering frame |Start rendering: |Engine: |Executing compositor$)/;

function parseModern(text: string, topic: string, rest: string): LogEvent {
  if (/^ERROR\b|^FATAL\b/.test(rest)) return { type: 'error', text };
  if (/^WARN(?:ING)?\b/.test(rest)) return { type: 'warning', text };
  const saved = /^Saved: '(.*)'$/.exec(rest);
  if (saved) return { type: 'saved', file: saved[1] ?? '' };
  if (topic === 'render' && STEP.test(rest)) return parseFrame(rest);
  return { type: 'text', text };
}

function parseFrame(text: string): LogEvent {
  const number = /^Fra:\s*(-?\d+)/.exec(text)?.[1];
  const frame = number === undefined ? null : Number(number);
  const sample =
    /\bSample (\d+)\/(\d+)/.exec(text) ?? /\bRendering (\d+) \/ (\d+) samples/.exec(text);
  if (!sample) return { type: 'status', frame };
  const [, done, total] = sample.map(Number) as [number, number, number];
  return { type: 'samples', frame, done, total, memoryMb: memoryOf(text) };
}

/** Blender's own count, in MiB; the last one in the line is the engine's. */
function memoryOf(text: string): number | null {
  const found = [...text.matchAll(/\bMem:\s*([\d.,]+)\s*([KMG])/g)].at(-1);
  if (!found) return null;
  const value = Number((found[1] ?? '').replaceAll(',', ''));
  const unit = { K: 1 / 1024, M: 1, G: 1024 }[found[2] ?? 'M'] ?? 1;
  return Number.isFinite(value) ? value * unit : null;
}

// ---- The last of what it said

type Level = LogLine['level'];
export type RecentLine = { readonly level: Level; readonly text: string };

/** The last words of a Blender, bounded: what a failure may need as evidence. */
export class RecentLog {
  private lines: RecentLine[] = [];
  private status: string | null = null;

  add(level: Level, text: string): void {
    this.lines.push({ level, text: text.slice(0, LONGEST) });
    if (this.lines.length > 2 * KEPT) this.lines = thinned(this.lines);
  }

  /** Progress chatter: only the newest counts, it says where Blender was. */
  note(status: string): void {
    this.status = status.slice(0, LONGEST);
  }

  clear(): void {
    this.lines = [];
    this.status = null;
  }

  /** Oldest first. */
  read(): readonly RecentLine[] {
    const lines = thinned(this.lines);
    return this.status === null ? lines : [...lines, { level: 'info', text: this.status }];
  }
}

const KEPT = 200;
const LONGEST = 2000;

/** Chatter must not push out the error that came before it. */
function thinned(lines: readonly RecentLine[]): RecentLine[] {
  const loud = new Set(lines.filter((line) => line.level !== 'info').slice(-KEPT / 2));
  const last = new Set(lines.slice(-KEPT / 2));
  return lines.filter((line) => loud.has(line) || last.has(line));
}

// ---- Lines out of bytes

/**
 * Cuts a stream of bytes into lines and never keeps more than one line of at most `limit` bytes:
 * the rest of a longer line is dropped. A carriage return ends a line too. Invalid UTF-8 becomes U+FFFD.
 */
export function readLines(stream: Readable, limit: number, onLine: (line: string) => void): void {
  const lines = cutter(limit, onLine);
  stream.on('data', lines.take);
  stream.on('end', lines.end);
  // A broken pipe is no news: the process's own end is.
  stream.on('error', () => {});
}

/**
 * The same of a process that talks much, as Blender does, which tells of each object of a scene: its words are taken a
 * hundred times a second at most. To wake up for each of the eighty lines of a frame took 4 ms of a core.
 * @returns takes all that was said so far
 */
export function readChatter(
  stream: Readable,
  limit: number,
  onLine: (line: string) => void,
): () => Promise<void> {
  const lines = cutter(limit, onLine);
  let timer: NodeJS.Timeout | null = null;
  /** So many pieces are taken as they come: who says that much would wait for us. */
  let atOnce = 0;
  const take = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    for (let chunk: Buffer | null = stream.read(); chunk !== null; chunk = stream.read()) {
      atOnce = chunk.length >= MUCH ? AT_ONCE : Math.max(0, atOnce - 1);
      lines.take(chunk);
    }
  };
  stream.on('readable', () => {
    if (atOnce > 0) take();
    else timer ??= setTimeout(take, CHATTER_MS);
  });
  stream.on('end', lines.end);
  stream.on('error', () => {});
  return async () => {
    for (let turn = 0; turn === 0 || (turn < MOST_TURNS && stream.readableLength > 0); turn += 1) {
      take();
      // The system is asked once in between what else there is.
      await immediate();
      await immediate();
    }
    take();
  };
}

/** So much later than it was said a word of who talks much is taken. */
export const CHATTER_MS = 10;
/** Bytes of one piece. */
const MUCH = 16 * 1024;
const AT_ONCE = 16;
/** More than a pipe holds: who never stops talking holds nobody up. */
const MOST_TURNS = 16;

function cutter(limit: number, onLine: (line: string) => void) {
  let kept: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer) => {
    const room = limit - size;
    if (room <= 0 || part.length === 0) return;
    // A copy: a slice would hold the whole chunk in memory.
    kept.push(Buffer.from(part.subarray(0, room)));
    size += Math.min(room, part.length);
  };
  const end = () => {
    if (size > 0) onLine(Buffer.concat(kept).toString('utf8'));
    kept = [];
    size = 0;
  };
  const take = (chunk: Buffer) => {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] !== LINE_FEED && chunk[at] !== CARRIAGE_RETURN) continue;
      if (size > 0) {
        keep(chunk.subarray(from, at));
        end();
      } else if (at > from) onLine(chunk.toString('utf8', from, Math.min(at, from + limit)));
      from = at + 1;
    }
    keep(chunk.subarray(from));
  };
  return { take, end };
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
