import { describe, expect, it } from 'vitest';
import {
  placesOf,
  quietBegin,
  ROW_HEIGHT,
  SEQUENCE_HEIGHT,
  shotAt,
} from '../../renderer/table/row-places.ts';

const FILM = [
  ...['EP103_sq020_sh0040_lighting_v012', 'EP103_sq020_sh0050_lighting_v003'],
  ...['EP103_sq030_sh0010_lighting_v001', 'EP103_sq030_sh0020_fx_v002'],
];

const of = (names: readonly string[], byName = true) => placesOf(names, (id) => id, byName);
const headings = (names: readonly string[], byName = true) =>
  of(names, byName).items.flatMap((item) => (item.kind === 'sequence' ? [item.name] : []));

describe('the shots of a table', () => {
  it('stand under the headings of their sequences', () => {
    const { items, isGrouped, common } = of(FILM);
    expect(items.map((item) => (item.kind === 'shot' ? item.id : item.ids))).toEqual([
      ...[FILM.slice(0, 2), FILM[0], FILM[1]],
      ...[FILM.slice(2), FILM[2], FILM[3]],
    ]);
    expect({ isGrouped, common }).toEqual({ isGrouped: true, common: 'EP103_' });
    expect(quietBegin(FILM[0] ?? '', { isGrouped, common })).toBe('EP103_sq020_');
  });

  it('have none where that would help nobody', () => {
    // One sequence, none, one shot each, mostly others, and sorted by something else.
    expect(headings(FILM.slice(0, 2))).toEqual([]);
    expect(headings(['hero', 'lamp'])).toEqual([]);
    expect(headings(['sq1_a', 'sq2_a', 'sq3_a'])).toEqual([]);
    expect(headings([...FILM, 'a', 'b', 'c', 'd', 'e'])).toEqual([]);
    expect(headings(FILM, false)).toEqual([]);
    expect(quietBegin(FILM[0] ?? '', of(FILM, false))).toBe('EP103_');
    expect(headings([])).toEqual([]);
  });

  it('of which one was moved away stand under a heading of the same name once more', () => {
    const more = [...FILM, ...FILM.map((name) => name.replace('_v', '_b_v'))].sort();
    const moved = [more.at(-1) ?? '', ...more.slice(0, -1)];
    expect(headings(moved)).toEqual(['EP103_sq030', 'EP103_sq020', 'EP103_sq030']);
    expect(headings([...more, 'title'])).toEqual(['EP103_sq020', 'EP103_sq030', '']);
  });

  it.each([true, false])('are found again where they stand (under headings: %s)', (byName) => {
    const places = of(FILM, byName);
    const heights = places.items.map(({ kind }) =>
      kind === 'shot' ? ROW_HEIGHT : SEQUENCE_HEIGHT,
    );
    for (const [shot, id] of FILM.entries()) {
      const item = places.itemOf(shot);
      expect(places.items[item]).toEqual({ kind: 'shot', id });
      const top = heights.slice(0, item).reduce((sum, height) => sum + height, 0);
      expect(places.topOf(shot)).toBe(top);
      expect(shotAt(places, FILM.length, top + 10)).toBe(shot);
      expect(shotAt(places, FILM.length, top + ROW_HEIGHT - 10)).toBe(shot + 1);
    }
    expect(places.topOf(FILM.length)).toBe(heights.reduce((sum, height) => sum + height, 0));
    expect(shotAt(places, FILM.length, -50)).toBe(0);
    expect(shotAt(places, FILM.length, 99_999)).toBe(FILM.length);
  });

  it('are ten thousand in no time, and in less the next time', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => {
      const [sequence, shot] = [Math.floor(index / 50), index % 50];
      return `EP103_sq${String(sequence).padStart(4, '0')}_sh${shot}0_lighting_v001`;
    });
    expect(of(names).items).toHaveLength(10_200);
    expect(of(names).topOf(10_000)).toBe(10_000 * ROW_HEIGHT + 200 * SEQUENCE_HEIGHT);
  });
});
