import { create } from 'zustand';
import type { LogLine } from '../../shared/events.ts';
import type { JobDetail } from '../../shared/view.ts';

/** Older lines stay in the log file; the window keeps the newest. */
export const LOG_LIMIT = 20_000;

interface DetailStore {
  readonly detail: JobDetail | null;
  /** The job whose log is followed. */
  readonly logJob: string | null;
  readonly log: readonly LogLine[];
}

/** What the inspector shows of the one job that it follows. */
export const useDetail = create<DetailStore>(() => ({ detail: null, logJob: null, log: [] }));

/**
 * The answer to `job:log` and the lines that were pushed before it came. The answer may hold some of
 * those as well; they end with its last line.
 */
export function joinedLog(
  answer: readonly LogLine[],
  pushed: readonly LogLine[],
): readonly LogLine[] {
  const last = answer.at(-1);
  const known = pushed.findLastIndex((line) => line.at === last?.at && line.text === last.text);
  return appended(answer, pushed.slice(known + 1));
}

/** The log after new lines, cut to the newest `LOG_LIMIT`. */
export function appended(log: readonly LogLine[], lines: readonly LogLine[]): readonly LogLine[] {
  const all = [...log, ...lines];
  return all.length > LOG_LIMIT ? all.slice(-LOG_LIMIT) : all;
}
