import type { LogLine } from '../../shared/events.ts';

/** The lines that hold every word of the search; all of them for an empty one. */
export function foundLines(log: readonly LogLine[], search: string): readonly LogLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return log;
  return log.filter((line) => {
    const text = `${line.level} ${line.text}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
