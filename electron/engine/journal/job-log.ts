import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLine } from '../../../shared/events.ts';
import { renameFile } from '../lib/publish.ts';

/** One job's text that waits to be written. */
interface Lane {
  pending: string;
  /** Of the newest file; -1: not looked at yet. */
  size: number;
  writing: Promise<void> | null;
  /** Lets what waits be written now. */
  hurry: () => void;
}

/** What Blender says comes line by line, and each writing costs as much as hundreds of lines. */
const TOGETHER_MS = 250;

/**
 * What Blender said, one plain text file a job under `logs/`. A log that grows past its bound keeps
 * its beginning (`.start.log`) and its end (`.before.log`, `.log`), a third of the bound each.
 */
export class JobLogs {
  readonly #directory: string;
  readonly #part: number;
  readonly #lanes = new Map<string, Lane>();
  #dropped = 0;

  /** `bound`: bytes that one job may take. */
  constructor(directory: string, bound = 5 * 1024 * 1024) {
    this.#directory = join(directory, 'logs');
    this.#part = Math.floor(bound / 3);
  }

  /** Writes that failed (a full disk). The render goes on without them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Returns at once and never throws. What is no warning and no error is written a quarter of a second later. */
  append(jobId: string, line: LogLine): void {
    const nothing: Lane = { pending: '', size: -1, writing: null, hurry: () => {} };
    const lane = this.#lanes.get(jobId) ?? nothing;
    this.#lanes.set(jobId, lane);
    lane.pending += formatLogLine(line);
    // A disk that hangs must not fill the memory.
    if (lane.pending.length > this.#part) {
      lane.pending = lane.pending.slice(lane.pending.indexOf('\n', this.#part / 2) + 1);
    }
    lane.writing ??= this.#write(jobId, lane);
    if (line.level !== 'info') lane.hurry();
  }

  /** The newest lines of a job, oldest first. Empty if there are none. */
  async read(jobId: string, lastLines: number): Promise<LogLine[]> {
    const lane = this.#lanes.get(jobId);
    lane?.hurry();
    await lane?.writing;
    const lines: LogLine[] = [];
    for (const suffix of ['.log', '.before.log', '.start.log']) {
      if (lines.length >= lastLines) break;
      const text = await readFile(this.#file(jobId, suffix), 'utf8').catch(() => '');
      lines.unshift(...parsedLines(text).slice(-(lastLines - lines.length)));
    }
    return lines;
  }

  /** Writes what is still waiting. Idempotent. */
  async close(): Promise<void> {
    const lanes = [...this.#lanes.values()];
    for (const lane of lanes) lane.hurry();
    await Promise.all(lanes.map((lane) => lane.writing));
  }

  async #write(jobId: string, lane: Lane): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TOGETHER_MS);
      lane.hurry = () => {
        clearTimeout(timer);
        // Also in a hurry lines come in bursts.
        setImmediate(resolve);
      };
    });
    while (lane.pending !== '') {
      const text = lane.pending;
      lane.pending = '';
      try {
        await this.#rotate(jobId, lane);
        await appendFile(this.#file(jobId, '.log'), text, 'utf8');
        lane.size += Buffer.byteLength(text);
      } catch {
        this.#dropped += 1;
      }
    }
    lane.writing = null;
  }

  async #rotate(jobId: string, lane: Lane): Promise<void> {
    const file = this.#file(jobId, '.log');
    if (lane.size < 0) {
      await mkdir(this.#directory, { recursive: true });
      lane.size = await sizeOf(file);
    }
    if (lane.size < this.#part) return;
    const start = this.#file(jobId, '.start.log');
    const to = (await sizeOf(start)) > 0 ? this.#file(jobId, '.before.log') : start;
    await renameFile(file, to);
    lane.size = 0;
  }

  #file(jobId: string, suffix: string): string {
    return join(this.#directory, `${safeName(jobId)}${suffix}`);
  }
}

function parsedLines(text: string): LogLine[] {
  return text.split('\n').flatMap((row) => parseLogLine(row) ?? []);
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.size,
    () => 0,
  );
}

/** A name that every file system takes, and no two jobs share. */
function safeName(jobId: string): string {
  if (/^[a-z0-9][a-z0-9_-]{3,99}$/.test(jobId)) return jobId;
  const hash = createHash('sha256').update(jobId).digest('hex').slice(0, 8);
  return `${jobId.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 80)}-${hash}`;
}

const LEVELS = ['info', 'warning', 'error'] as const;
const ROW = /^(\S+Z) {2}worker (\d+) {2}(info|warning|error) +(.*)$/;

/** A line of a job's log as a person reads it, with its line end. */
function formatLogLine({ at, worker, level, text }: LogLine): string {
  const oneLine = text.trimEnd().replace(/\r\n|\r|\n/g, ' ⏎ ');
  return `${new Date(at).toISOString()}  worker ${worker}  ${level.padEnd(7)}  ${oneLine}\n`;
}

/** `null` for a line that is not one of ours, such as one that was cut off. */
function parseLogLine(row: string): LogLine | null {
  const [, time, worker, level, text] = ROW.exec(row) ?? [];
  const known = LEVELS.find((one) => one === level);
  if (!time || !known || text === undefined) return null;
  return { at: Date.parse(time), worker: Number(worker), level: known, text };
}
