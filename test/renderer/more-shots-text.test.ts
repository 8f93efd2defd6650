import { expect, it } from 'vitest';
import { madeText, offerText } from '../../renderer/text/more-shots-text.ts';
import type { FileParts } from '../../shared/more-shots.ts';

const FILM: FileParts = {
  ...{ by: 'scenes', file: 'film.blend', scene: 'Yard' },
  parts: [
    { name: 'Attic', frames: '1-3', is: 'offered', of: null },
    { name: 'Yard', frames: '1-3', is: 'renders', of: null },
  ],
};

it('says what one file has, and of several how many have more', () => {
  expect(offerText('scenes', { count: 1, only: FILM })).toBe(
    'film.blend has 2 scenes: Yard (renders), Attic.',
  );
  expect(offerText('scenes', { count: 5, only: null })).toBe(
    '5 files have scenes without a shot of their own.',
  );
  expect(offerText('cameras', { count: 2, only: null })).toBe(
    '2 shots have several cameras, bound to markers.',
  );
});

it('says where it was written, and what became of frames that were there', () => {
  const made = { jobIds: [], renamed: [], strayFrames: 0, failed: null };
  const files = ['film.yaml', 'film_Attic.yaml'];
  expect(madeText('scenes', { ...made, files })).toBe(
    'Each scene is a shot now: film.yaml, film_Attic.yaml.',
  );
  expect(madeText('cameras', { ...made, files: files.slice(1), strayFrames: 12 })).toBe(
    'Each camera is a shot now: film_Attic.yaml. 12 frames of the other cameras stay in the folder of the first one, and are rendered again for the new shots.',
  );
  const failed = 'film_Attic.yaml could not be written: there is no room on its disk.';
  expect(madeText('scenes', { ...made, files: ['film.yaml'], failed })).toBe(
    `Written: film.yaml. ${failed}`,
  );
  expect(madeText('scenes', { ...made, files: Array(9).fill('a.yaml') })).toContain('9 files.');
});
