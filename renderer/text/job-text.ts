import { assertNever } from '../../shared/assert-never.ts';
import type { Failure } from '../../shared/failure.ts';
import type { FrameCounts } from '../../shared/frame-state.ts';
import { type JobStatus, waitsForText } from '../../shared/job.ts';
import { keptText, keptWords } from '../../shared/kept-text.ts';
import { savedText } from '../../shared/older-files.ts';
import { isolated } from '../../shared/safe-text.ts';
import type { JobRow } from '../../shared/view.ts';
import { clock, clockWithDay, count, counted, duration } from './format.ts';
import { typeset } from './typeset.ts';

/** The word for a state; colour and icon only repeat it. */
export const STATUS_WORDS: Readonly<Record<JobStatus, string>> = {
  waiting: 'Waiting',
  running: 'Rendering',
  completed: 'Done',
  failed: 'Failed',
  skipped: 'Not started',
  cancelled: 'Cancelled',
};

/** The second line of a row: the failure first, then what else is worth knowing. */
export function jobNote(row: JobRow): string {
  if (row.error) return typeset(withoutPlace(row.error.message, row.shotFile));
  if (row.blocked !== null) return typeset(withoutPlace(row.blocked, row.shotFile));
  const problems = [olderText(row), problemsText(row)].filter(Boolean).join(' · ');
  switch (row.status) {
    case 'waiting':
      return (
        [priorityText(row), waitsText(row), problems].filter(Boolean).join(' · ') || fileText(row)
      );
    case 'running':
      return (
        [priorityText(row), crashing(row), problems, retries(row), keptWords(row)]
          .filter(Boolean)
          .join(' · ') || fileText(row)
      );
    case 'completed':
      return [olderText(row) ?? ended('Done', row), warnings(row), retries(row), keptWords(row)]
        .filter(Boolean)
        .join(' · ');
    case 'failed':
      return ended('Failed', row);
    case 'skipped':
      return 'The batch stopped at another shot.';
    case 'cancelled':
      return ended('Cancelled', row);
    default:
      return assertNever(row.status);
  }
}

/** What the note says in full, where the row has no room for it, and what to do. */
export function noteHint(row: JobRow): string {
  if (row.error) return failureText(row.error);
  if (row.blocked !== null) return typeset(row.blocked);
  if (row.older !== null) return `${jobNote(row)}. ${olderSentence(row)}`;
  if (row.warning === null) {
    const kept = keptText(row);
    return kept === null ? jobNote(row) : `${jobNote(row)}. ${typeset(kept)}`;
  }
  const more = row.warnings > 1 ? ` And ${counted(row.warnings - 1, 'more warning')}.` : '';
  return `${typeset(row.warning)}${more}`;
}

/** `saved at 14:52, after these 24 frames were made`; `null`: no frame is older than the files of the shot. */
function olderText({ older }: JobRow): string | null {
  if (older === null) return null;
  if (older.saved === null) return `files changed after ${these(older.frames)} made`;
  const when = `saved ${savedAt(older.saved)}`;
  if (older.mayShow) return `${when}, while ${these(older.frames)} made`;
  if (older.wasOpen) return `${when}; ${counted(older.frames, 'frame')} of the file before`;
  return `${when}, after ${these(older.frames)} made`;
}

function these(frames: number): string {
  return frames === 1 ? 'this frame was' : `these ${count(frames)} frames were`;
}

/** What the row says of them, as a sentence; empty where there is nothing to say. */
export function olderSentence({ older }: Pick<JobRow, 'older'>): string {
  return older === null ? '' : `${savedText(older, savedAt)}.`;
}

/** `at 14:52`, `Sat 14:52`. */
export function savedAt(at: number): string {
  const now = Date.now();
  const text = clockWithDay(at, now);
  return text === clock(at) ? `at ${text}` : text;
}

/** What went wrong, and what to do now. */
export function failureText({ message, nextStep }: Pick<Failure, 'message' | 'nextStep'>): string {
  return typeset([message, nextStep].filter(Boolean).join(' '));
}

/** Under the strip: `148 of 240`, `180 waiting`; empty while the frames are unknown. */
export function framesText(row: Pick<JobRow, 'counts' | 'status' | 'frames'>): string {
  const { total, done } = row.counts;
  if (total === 0) return row.frames === null ? '' : `frames ${row.frames}`;
  if (done > 0 || row.counts.running > 0) return `${count(done)} of ${count(total)}`;
  return row.status === 'waiting' ? `${count(total)} waiting` : `${count(total)} not started`;
}

/** To the right under the strip: `48 earlier`, `2 failed`. Not kept: beside it a scene may be. */
export function framesAside({ kept, done, failed }: FrameCounts, rejected = 0): string {
  if (failed > 0) return `${count(failed)} failed`;
  if (rejected > 0) return `${count(rejected)} rejected`;
  if (kept === 0) return '';
  return kept < done ? `${count(kept)} earlier` : 'all earlier';
}

/** Of a frame on average: `6.0 s`; of one that was only tried `≈ 6.0 s`. */
export function frameSecondsText({
  averageSeconds,
  triedSeconds,
}: Pick<JobRow, 'averageSeconds' | 'triedSeconds'>): string {
  if (averageSeconds !== null) return duration(averageSeconds);
  return triedSeconds === null ? '' : `≈ ${duration(triedSeconds)}`;
}

/** `CYCLES` → `Cycles`, as Blender's own menus say. */
export function engineName(engine: string | null): string {
  if (engine === null) return '';
  const known = ENGINES[engine.toLowerCase().replace(/^blender_/, '')];
  return known ?? engine;
}

/** `1080p`, `2K`, `4K`, `8K` where pictures have such a name, else `1200 × 1200`. */
export function sizeName(width: number | null, height: number | null): string {
  if (width === null || height === null) return '';
  return SIZES[`${width}x${height}`] ?? `${width} × ${height}`;
}

/** Seconds since this job's newest start, pauses left out; `null` while there is nothing to say. */
export function elapsedSeconds(row: JobRow, now: number): number | null {
  if (row.startTime === null) return null;
  const end = row.endTime ?? (row.status === 'running' ? now : null);
  return end === null ? null : Math.max(0, (end - row.startTime - row.pausedMs) / 1000);
}

const ENGINES: Readonly<Record<string, string>> = {
  cycles: 'Cycles',
  eevee: 'EEVEE',
  eevee_next: 'EEVEE',
  workbench: 'Workbench',
};

const SIZES: Readonly<Record<string, string>> = {
  '960x540': '540p',
  '1280x720': '720p',
  '1920x1080': '1080p',
  '2048x1080': '2K',
  '2560x1440': '1440p',
  '3840x2160': '4K',
  '7680x4320': '8K',
};

/** `priority 2`; `null` for the normal one. */
function priorityText({ priority }: JobRow): string | null {
  return priority === 0 ? null : `priority ${priority < 0 ? `−${-priority}` : priority}`;
}

function waitsText({ waitsFor }: JobRow): string | null {
  return waitsForText(waitsFor);
}

/** The shot file, without what the row has said already: `lighting/`, `.blend`, or all of it where it has another name. */
function fileText({ name, shotFile }: Pick<JobRow, 'name' | 'shotFile'>): string {
  const slash = shotFile.lastIndexOf('/') + 1;
  const dot = shotFile.lastIndexOf('.');
  const stem = shotFile.slice(slash, dot > slash ? dot : undefined);
  if (!name.endsWith(stem)) return isolated(shotFile);
  return slash > 0 ? isolated(shotFile.slice(0, slash)) : shotFile.slice(slash + stem.length);
}

function ended(word: string, row: JobRow): string {
  return row.endTime === null ? fileText(row) : `${word} at ${clock(row.endTime)}`;
}

/** `1 problem, 2 warnings`, as the bar above the table counts them. */
function problemsText({ problems, errors }: JobRow): string {
  const parts = [
    errors > 0 && counted(errors, 'problem'),
    problems > errors && counted(problems - errors, 'warning'),
  ];
  return parts.filter(Boolean).join(', ');
}

function warnings(row: JobRow): string | null {
  return row.warnings > 0 ? counted(row.warnings, 'warning') : null;
}

function crashing({ poisoned }: JobRow): string | null {
  if (poisoned === 0) return null;
  return `${counted(poisoned, 'frame')} ${poisoned === 1 ? 'crashes' : 'crash'} Blender every time`;
}

function retries(row: JobRow): string | null {
  return row.retryCount > 0 ? counted(row.retryCount, 'retry', 'retries') : null;
}

/** The row names its shot already: file, line and column would push the reason out of sight. */
function withoutPlace(message: string, shotFile: string): string {
  if (!message.startsWith(shotFile)) return message;
  const place = /^(, line \d+, column \d+)?: /.exec(message.slice(shotFile.length));
  return place ? message.slice(shotFile.length + place[0].length) : message;
}
