import { describe, expect, it } from 'vitest';
import { gridShape } from '../../renderer/morning/ShotGrid.tsx';
import { stillAt } from '../../renderer/morning/ShotTile.tsx';

describe('the pictures of the morning', () => {
  /** Pixels of the page with and without the inspector at 1280×800, at 1600×1000 and on a 4K screen. */
  const PAGES = [
    { width: 660, height: 420 },
    { width: 1010, height: 520 },
    { width: 1330, height: 740 },
    { width: 3580, height: 1900 },
  ];

  it.each(PAGES)('are as large as all of them fit into %o', (page) => {
    for (const shots of [2, 5, 9, 14, 20]) {
      const { columns, line } = gridShape(shots, page);
      const tile = (page.width + 10) / columns - 10;
      expect(tile).toBeGreaterThanOrEqual(200);
      const high = Math.ceil(shots / columns) * (line + 10) - 10;
      // Where they don't fit at their smallest there is something to scroll.
      if (columns < gridShape(10_000, page).columns) expect(high).toBeLessThanOrEqual(page.height);
    }
  });

  it('are few and large for few shots, many and small for many', () => {
    const page = { width: 1330, height: 740 };
    expect(gridShape(1, page).columns).toBe(3);
    expect(gridShape(6, page).columns).toBe(3);
    expect(gridShape(14, page).columns).toBe(5);
    expect(gridShape(10_000, page).columns).toBe(6);
  });

  it('are never hundreds, however large the screen is', () => {
    const { columns, line } = gridShape(10_000, { width: 7600, height: 4000 });
    expect(columns * Math.ceil(4000 / line)).toBeLessThan(80);
  });

  it('have a place also in a window that is too narrow for one', () => {
    expect(gridShape(3, { width: 120, height: 90 }).columns).toBe(1);
  });
});

describe('the pointer over a picture', () => {
  it('goes from the first frame to the last', () => {
    const reel = { first: 0, last: 3 };
    expect([0, 0.24, 0.26, 0.5, 0.99, 1].map((share) => stillAt(share, reel))).toEqual([
      ...[0, 0, 1, 2, 3, 3],
    ]);
    expect(stillAt(0.7, { first: 5, last: 5 })).toBe(5);
  });

  it('stops at a few frames of a long shot, its ends among them', () => {
    const reel = { first: 10, last: 1009 };
    const stills = new Set(Array.from({ length: 500 }, (_, x) => stillAt(x / 499, reel)));
    expect(stills.size).toBe(32);
    expect(Math.min(...stills)).toBe(10);
    expect(Math.max(...stills)).toBe(1009);
  });
});
