import type { Output } from '../../electron/cli/output.ts';

/** Collects what a command writes. */
export function fakeOutput(): Output & { readonly lines: string[]; readonly notes: string[] } {
  const lines: string[] = [];
  const notes: string[] = [];
  return {
    lines,
    notes,
    terminal: false,
    unread: new AbortController().signal,
    line: (text) => void lines.push(text),
    note: (text) => void notes.push(text),
    json: (value) => void lines.push(JSON.stringify(value)),
    paint: (_style, text) => text,
    drained: async () => {},
  };
}
