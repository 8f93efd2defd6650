/** What somebody quoted, and what a program would read: nothing in it is changed. */
const QUOTED = /"([^"\n]*)"|`([^`\n]+)`/g;
const APOSTROPHE = /(?<=\p{L})'(?=\p{L}|\s|$)/gu;

/**
 * A sentence that was written for a terminal as well, as a window sets it: keys and paths in curly quotes, and no
 * back quotes around them.
 */
export function typeset(sentence: string): string {
  let shown = '';
  let at = 0;
  for (const { 0: all, 1: path, 2: key, index } of sentence.matchAll(QUOTED)) {
    shown += curled(sentence.slice(at, index));
    shown += `“${path ?? key}”`;
    at = index + all.length;
  }
  return shown + curled(sentence.slice(at));
}

function curled(words: string): string {
  return words.replaceAll(APOSTROPHE, '’');
}
