import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripOf } from '../../electron/app/sessions/rows.ts';
import { FrameList } from '../../shared/frame-list.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import { DONE, FAILED, KEPT, RUNNING, WAITING } from './jobs.ts';

const states = fc.array(fc.constantFrom(WAITING, RUNNING, DONE, KEPT, FAILED), { maxLength: 500 });

const stripOfAll = (frames: readonly FrameState[]) => stripOf(FrameList.of(frames));

describe('the frame strip', () => {
  it('has one letter a frame where they fit', () => {
    expect(stripOfAll([KEPT, DONE, FAILED, RUNNING, WAITING])).toBe('kdfrw');
    expect(stripOfAll([])).toBe('');
  });

  it('never hides a lone failed or running frame among a thousand done ones', () => {
    for (const [state, letter] of [
      [FAILED, 'f'],
      [RUNNING, 'r'],
    ] as const) {
      for (const at of [0, 499, 999]) {
        const strip = stripOfAll(Array.from({ length: 1000 }, (_, i) => (i === at ? state : DONE)));
        expect(strip).toHaveLength(60);
        expect(strip.replaceAll('d', '')).toBe(letter);
      }
    }
  });

  it('calls a group done only when every frame of it is', () => {
    fc.assert(
      fc.property(states, (frames) => {
        const strip = stripOfAll(frames);
        expect(strip).toMatch(/^[wrdkf]{0,60}$/);
        expect(strip.includes('f')).toBe(frames.includes(FAILED));
        if (/^[dk]+$/.test(strip)) expect(frames.every((f) => f.status === 'done')).toBe(true);
      }),
    );
  });
});
