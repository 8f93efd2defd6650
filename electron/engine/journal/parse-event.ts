import { type BatchEvent, batchEvent, type JobEvent } from '../../../shared/events.ts';

/** Throws a sentence if a line, its seal taken off, is not an event. */
export function parseEvent(line: string): BatchEvent {
  const parsed = batchEvent.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') || 'the line';
  throw new Error(`It is not an event that this version knows: ${place}: ${issue?.message}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('It is not readable as JSON.');
  }
}

/** Text without escapes, a number as JSON has it, and the end of a line. */
const TEXT = '"([^"\\\\\\x00-\\x1f]+)"';
const NUMBER = '(-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)';
const END = '(?:,"crc32":"[0-9a-f]{8}")?\\}$';

const STARTED = new RegExp(
  `^\\{"type":"frame-started","job":${TEXT},"at":${NUMBER},"frame":${NUMBER},"worker":${NUMBER}${END}`,
);
const DONE = new RegExp(
  `^\\{"type":"frame-done","job":${TEXT},"at":${NUMBER},"frame":${NUMBER},"record":` +
    `\\{"file":${TEXT},"bytes":${NUMBER},"mtimeMs":${NUMBER},"sha256":${TEXT},` +
    `"seconds":${NUMBER},"memoryMb":${NUMBER},"at":${NUMBER}` +
    `(?:,"cpu":\\{"seconds":${NUMBER},"threads":${NUMBER}\\})?(?:,"blender":${TEXT})?\\}${END}`,
);

/**
 * The event of a line, where it is one of the two that nearly all lines are, written as we write it.
 * `null`: parse it. What it gives is what parsing would have given; the patterns are the schema.
 */
export function quickEvent(line: string): JobEvent | null {
  const [, job, at, frame, worker] = STARTED.exec(line) ?? [];
  if (job !== undefined) {
    const about = { job, at: Number(at), frame: Number(frame) };
    const event = { type: 'frame-started' as const, ...about, worker: Number(worker) };
    return areSound(event.frame, event.at, event.worker) ? event : null;
  }
  return doneEvent(DONE.exec(line));
}

function doneEvent(found: RegExpExecArray | null): JobEvent | null {
  if (!found) return null;
  const [, job = '', at, frame, file = '', bytes, mtimeMs, sha256 = '', ...rest] = found;
  const [seconds, memoryMb, since, cpuSeconds, threads, blender] = rest;
  const cpu =
    threads === undefined ? null : { seconds: Number(cpuSeconds), threads: Number(threads) };
  const record = {
    file,
    bytes: Number(bytes),
    mtimeMs: Number(mtimeMs),
    sha256,
    seconds: Number(seconds),
    memoryMb: Number(memoryMb),
    at: Number(since),
    ...(cpu && { cpu }),
    ...(blender !== undefined && { blender }),
  };
  const event = { type: 'frame-done' as const, job, at: Number(at), frame: Number(frame), record };
  if (!Number.isSafeInteger(record.bytes) || record.bytes < 0) return null;
  if (cpu && !(Number.isSafeInteger(cpu.threads) && cpu.threads > 0)) return null;
  const numbers = [cpu?.seconds ?? 0, record.mtimeMs, record.seconds, record.memoryMb, record.at];
  return areSound(event.frame, event.at, ...numbers) ? event : null;
}

function areSound(frame: number, ...numbers: readonly number[]): boolean {
  return Number.isSafeInteger(frame) && numbers.every(Number.isFinite);
}
