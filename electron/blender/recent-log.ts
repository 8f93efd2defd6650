import type { LogLine } from '../../shared/events.ts';

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
