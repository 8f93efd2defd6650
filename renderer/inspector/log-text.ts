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

/** The line with its level in words, so that colour is not the only sign; Blender often says it itself. */
export function lineText({ level, text }: LogLine): string {
  if (level === 'info' || text.toLowerCase().includes(level)) return text;
  return `${level === 'error' ? 'Error' : 'Warning'}: ${text}`;
}
