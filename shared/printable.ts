/**
 * Text that is safe on one line of a terminal or a document: line breaks and tabs become a space;
 * control characters, lone surrogates and marks that turn the direction of writing become `�`.
 * Joiners stay, since emoji are made with them.
 */
export function printable(text: string): string {
  return text.replace(LINE_BREAKS, ' ').replace(HARMFUL, '\uFFFD');
}

const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;
const HARMFUL = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;
