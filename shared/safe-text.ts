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

/**
 * A name for the middle of a sentence. One that is read from the right is fenced off (Unicode's FSI and PDI), so
 * that it can't turn around the numbers and signs beside it; any other stays as it is.
 */
export function isolated(name: string): string {
  return READ_FROM_RIGHT.test(name) ? `\u2068${name}\u2069` : name;
}

/** Hebrew, Arabic and their relatives: the blocks that Unicode keeps for scripts of this direction. */
export const READ_FROM_RIGHT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
