import type { LogLine } from '../../../shared/events.ts';

const LEVELS = ['info', 'warning', 'error'] as const;
const ROW = /^(\S+Z) {2}worker (\d+) {2}(info|warning|error) +(.*)$/;

/** A line of a job's log as a person reads it, with its line end. */
export function formatLogLine({ at, worker, level, text }: LogLine): string {
  const oneLine = text.trimEnd().replace(/\r\n|\r|\n/g, ' ⏎ ');
  return `${new Date(at).toISOString()}  worker ${worker}  ${level.padEnd(7)}  ${oneLine}\n`;
}

/** `null` for a line that is not one of ours, such as one that was cut off. */
export function parseLogLine(row: string): LogLine | null {
  const [, time, worker, level, text] = ROW.exec(row) ?? [];
  const known = LEVELS.find((one) => one === level);
  if (!time || !known || text === undefined) return null;
  return { at: Date.parse(time), worker: Number(worker), level: known, text };
}
