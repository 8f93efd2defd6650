import { type Offer, partsSentence, type ShotsMade, type Split } from '../../shared/more-shots.ts';
import { isolated, printable } from '../../shared/safe-text.ts';
import { counted } from './format.ts';
import { typeset } from './typeset.ts';

/** What its files hold besides the shots of a batch. */
export function offerText(by: Split, { count, only }: Offer): string {
  if (only) return typeset(partsSentence(only));
  return by === 'scenes'
    ? `${counted(count, 'file')} have scenes without a shot of their own.`
    : `${counted(count, 'shot')} have several cameras, bound to markers.`;
}

/** The act that makes shots of them. */
export const SPLIT_WORDS: Readonly<Record<Split, string>> = {
  scenes: 'Make a shot for each scene',
  cameras: 'Make a shot for each camera',
};

/** More files than these are counted. */
const NAMED = 6;

/** Where they were written, and what becomes of frames that were there. */
export function madeText(by: Split, { files, strayFrames, failed }: ShotsMade): string {
  const names = files.map((file) => isolated(printable(file)));
  const where = names.length > NAMED ? counted(names.length, 'file') : names.join(', ');
  const of = by === 'scenes' ? 'Each scene' : 'Each camera';
  const sentences = [
    ...(files.length === 0
      ? []
      : [failed === null ? `${of} is a shot now: ${where}.` : `Written: ${where}.`]),
    ...(failed === null ? [] : [typeset(failed)]),
    ...(strayFrames === 0 ? [] : [strayText(strayFrames)]),
  ];
  return sentences.join(' ');
}

function strayText(frames: number): string {
  const [which, stay, are] =
    frames === 1 ? ['One frame', 'stays', 'is'] : [counted(frames, 'frame'), 'stay', 'are'];
  return `${which} of the other cameras ${stay} in the folder of the first one, and ${are} rendered again for the new shots.`;
}
