import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonBegin, nameParts, sequenceOf } from '../../shared/name-parts.ts';

/** `EP103_ sq020_ [sh0040] _lighting [_v012]`, what is common in round brackets. */
function shown(name: string, common = ''): string {
  const marks = { common: ['(', ')'], key: ['[', ']'], rest: ['', ''] } as const;
  return nameParts(name, common)
    .map(({ text, kind }) => `${marks[kind][0]}${text}${marks[kind][1]}`)
    .join(' ');
}

describe('the parts of a name', () => {
  it.each([
    [
      'EP103_sq020_sh0040_lighting_v012',
      'EP103_sq020_',
      '(EP103_sq020_) [sh0040] _lighting [_v012]',
    ],
    ['EP103_sq020_sh0040_lighting_v012', '', 'EP103_sq020_ [sh0040] _lighting [_v012]'],
    ['film-010-0040-comp', 'film-', '(film-) 010- [0040] -comp'],
    ['sh0040_v012', '', '[sh0040] [_v012]'],
    ['sh0010', '', '[sh0010]'],
    ['the_lantern_maker_seen_from_the_left', '', 'the_lantern_maker_seen_from_ [the_left]'],
    ['lantern_maker_far_v017', '', 'lantern_maker_far [_v017]'],
    ['hero', '', 'hero'],
    ['hero', 'hero', 'hero'],
    ['shot 0040 (lighting) v3', '', 'shot  [0040]  (lighting) [ v3]'],
    ['مشهد_طويل_جدا_من_الفيلم_الجديد_v012', '', 'مشهد_طويل_جدا_من_الفيلم_الجديد_v012'],
  ])('%s (common %s)', (name, common, parts) => {
    expect(shown(name, common)).toBe(parts);
  });

  it('comes apart between letters, never inside of one', () => {
    expect(shown('the_lantern_maker_on_the_moon_👩🏽‍🚀')).toContain('[e_moon_👩🏽‍🚀]');
  });

  it('are the name again, whatever it is', () => {
    const words = fc.constantFrom(
      'EP1',
      'sq02',
      'sh0040',
      '12',
      'v3',
      '_',
      '-',
      ' ',
      'ü',
      '🌙',
      '',
    );
    const names = fc.array(words, { maxLength: 14 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(names, names, fc.nat(20), (name, other, cut) => {
        for (const common of [other, name.slice(0, cut)]) {
          const parts = nameParts(name, common);
          expect(parts.map(({ text }) => text).join('')).toBe(name);
          expect(parts.every(({ text }) => text !== '')).toBe(true);
        }
      }),
    );
  });
});

it('names have in common what they all begin with, in whole words', () => {
  const film = ['EP103_sq020_sh0040_v1', 'EP103_sq020_sh0050_v1', 'EP103_sq030_sh0010_v2'];
  expect(commonBegin(film)).toBe('EP103_');
  expect(commonBegin(film.slice(0, 2))).toBe('EP103_sq020_');
  expect(commonBegin(['hero', 'hero_far'])).toBe('');
  expect(commonBegin(['hero'])).toBe('');
  expect(commonBegin([])).toBe('');
});

it('a name tells its sequence, where it has one', () => {
  expect(sequenceOf('EP103_sq020_sh0040_lighting_v012')).toBe('EP103_sq020');
  expect(sequenceOf('film_010_0040_comp')).toBe('film_010');
  expect(sequenceOf('SEQ03-shot_12')).toBe('SEQ03');
  expect(sequenceOf('sh0040_v012')).toBeNull();
  expect(sequenceOf('hero')).toBeNull();
});
