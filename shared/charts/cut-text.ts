import stringWidth from 'string-width';

/** Pixels of an average letter of the captions, 11.5 high. */
const LETTER = 6.3;

/** Letters at the end of a name that stay: there it differs from its neighbours (`_v017`, `_left`). */
const END = 6;
/** Shorter than this only the beginning has room. */
const BOTH_ENDS = 18;

/** A name cut to about as many pixels, with an ellipsis: in a picture nothing else can measure it. */
export function cutText(text: string, width: number): string {
  const columns = Math.max(1, Math.floor(width / LETTER));
  if (stringWidth(text) <= columns) return text;
  const letters = [...LETTERS.segment(text)].map(({ segment }) => segment);
  const end = columns < BOTH_ENDS ? '' : letters.slice(-END).join('');
  let begin = '';
  for (const letter of letters) {
    if (stringWidth(begin + letter) + stringWidth(end) >= columns) break;
    begin += letter;
  }
  return `${begin.trimEnd()}…${end}`;
}

const LETTERS = new Intl.Segmenter();
