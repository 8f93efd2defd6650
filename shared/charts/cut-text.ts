import stringWidth from 'string-width';

/** Pixels of an average letter of the captions, 11.5 high. */
const LETTER = 6.3;

/** A text cut to about as many pixels, with an ellipsis: in a picture nothing else can measure it. */
export function cutText(text: string, width: number): string {
  const columns = Math.max(1, Math.floor(width / LETTER));
  if (stringWidth(text) <= columns) return text;
  let cut = '';
  for (const letter of text) {
    if (stringWidth(cut + letter) >= columns) break;
    cut += letter;
  }
  return `${cut.trimEnd()}…`;
}
