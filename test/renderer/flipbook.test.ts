import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  chooseFrame,
  filmKey,
  loopOrNot,
  meantFrames,
  pickAll,
  pickFrame,
  playOrStop,
  stopPlaying,
  unpick,
  useChosenFrame,
} from '../../renderer/player/film.ts';
import { needed, playFrom, reelOf, wound } from '../../renderer/player/flipbook.ts';
import { filmLine, fpsText } from '../../renderer/text/frame-text.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import { DONE, FAILED, RUNNING, WAITING } from '../app/jobs.ts';

const framesOf = (states: readonly FrameState[]) =>
  states.map((state, index) => ({ frame: 10 + index, state }));
/** 10 waits, 11 done, 12 failed, 13 done, 14 renders, 15 waits. */
const frames = framesOf([WAITING, DONE, FAILED, DONE, RUNNING, WAITING]);
const LOOPED = { fps: 10, loop: true };
const ONCE = { fps: 10, loop: false };

describe('the reel', () => {
  it('goes from the first to the last frame that is done, over those that are missing', () => {
    expect(reelOf(frames)).toEqual({ first: 1, last: 3 });
    expect(reelOf(framesOf([WAITING, RUNNING]))).toBeNull();
  });

  it('is needed from where it stands, and round the end where it loops', () => {
    const reel = { first: 1, last: 4 };
    expect(needed(3, reel, true)).toEqual([3, 4, 1, 2]);
    expect(needed(3, reel, false)).toEqual([3, 4]);
    expect(needed(5, reel, false)).toEqual([]);
  });

  it('plays from where it stands, and from its beginning where there is nothing left', () => {
    expect([0, 1, 2, 3, 5].map((at) => playFrom(at, { first: 1, last: 3 }))).toEqual([
      1, 1, 2, 1, 1,
    ]);
  });
});

describe('a film that plays', () => {
  const reel = { first: 1, last: 3 };

  it('goes on by the clock that it is given, and keeps what is left of a frame', () => {
    const first = wound({ at: 1, sinceMs: 0 }, 60, reel, LOOPED);
    expect(first).toMatchObject({ at: 1, sinceMs: 60, ended: false });
    expect(wound(first, 60, reel, LOOPED)).toMatchObject({ at: 2, sinceMs: 20, ended: false });
  });

  it('leaves frames out where the screen is too slow, so that a second stays a second, and counts them', () => {
    expect(wound({ at: 1, sinceMs: 0 }, 200, reel, LOOPED)).toMatchObject({ at: 3, dropped: 1 });
    expect(wound({ at: 1, sinceMs: 0 }, 100, reel, LOOPED).dropped).toBe(0);
    // A frame that has no picture is not missed.
    const pictureAt = (index: number) => (index === 2 ? 'broken' : 'ready');
    const speed = { ...LOOPED, pictureAt };
    expect(wound({ at: 1, sinceMs: 0 }, 200, reel, speed)).toMatchObject({ at: 3, dropped: 0 });
  });

  it('waits for a picture that is on its way, and goes on with it at once', () => {
    const coming = {
      ...LOOPED,
      pictureAt: (index: number): 'coming' | 'ready' => (index === 3 ? 'coming' : 'ready'),
    };
    const waits = wound({ at: 1, sinceMs: 0 }, 200, reel, coming);
    expect(waits).toMatchObject({ at: 2, waits: true, dropped: 0 });
    expect(wound(waits, 1, reel, LOOPED)).toMatchObject({ at: 3, waits: false, dropped: 0 });
  });

  it('takes a rate that no screen has for the fastest there is', () => {
    const pictureAt = vi.fn(() => 'ready' as const);
    const at = wound({ at: 1, sinceMs: 0 }, 250, reel, { fps: 3e9, loop: true, pictureAt });
    expect(at.ended).toBe(false);
    expect(pictureAt.mock.calls.length).toBeLessThan(1000);
  });

  it('begins anew at its end, or stops there', () => {
    expect(wound({ at: 3, sinceMs: 50 }, 60, reel, LOOPED)).toMatchObject({ at: 1, ended: false });
    expect(wound({ at: 3, sinceMs: 50 }, 60, reel, ONCE)).toMatchObject({ at: 3, ended: true });
    expect(wound({ at: 3, sinceMs: 0 }, 60, reel, ONCE)).toMatchObject({ at: 3, ended: false });
  });

  it('does not jump after the window was hidden', () => {
    expect(wound({ at: 1, sinceMs: 0 }, 3_600_000, { first: 0, last: 99 }, LOOPED).at).toBe(3);
  });

  it('takes in frames that come while it plays', () => {
    const before = { at: 3, sinceMs: 50 };
    const grown = reelOf(framesOf([WAITING, DONE, FAILED, DONE, DONE, WAITING]));
    expect(grown && wound(before, 60, grown, LOOPED).at).toBe(4);
  });

  it('tells what is missing, whose picture is shown instead, and how many are loaded', () => {
    const line = (index: number, pictured: number | null, loaded: number) =>
      frames[index] && filmLine(frames[index], pictured, loaded, 2);
    expect(line(1, 11, 2)).toBe('Frame 11');
    expect(line(2, 11, 2)).toBe('Frame 12 · Failed · shows 11');
    expect(line(3, 11, 1)).toBe('Frame 13 · shows 11 · 1 of 2 pictures loaded');
    expect(line(1, null, 0)).toBe('Frame 11 · 0 of 2 pictures loaded');
  });

  it('says its speed as people do', () => {
    expect([24, 23.976023, 29.97].map(fpsText)).toEqual(['24 fps', '23.98 fps', '29.97 fps']);
  });
});

const SHIFT = { shift: true, ctrl: false };

describe('the keys of the player', () => {
  const initial = useChosenFrame.getState();
  afterEach(() => useChosenFrame.setState(initial, true));
  const of = 'film/hero';
  const at = (index: number) => ({ of, frames, at: index });

  it('plays with Space and stops with Space, and never starts by itself', () => {
    chooseFrame(at(0), 3);
    expect(useChosenFrame.getState()).toMatchObject({ frame: 13, playing: false });
    expect(filmKey(at(3), ' ')).toBe(true);
    expect(useChosenFrame.getState()).toMatchObject({ frame: 11, playing: true });
    filmKey(at(1), ' ');
    expect(useChosenFrame.getState()).toMatchObject({ frame: 11, playing: false });
  });

  it('steps by arrows, goes to the ends, and stops the film for it', () => {
    playOrStop(at(1));
    filmKey(at(1), 'ArrowRight');
    expect(useChosenFrame.getState()).toMatchObject({ frame: 12, playing: false });
    filmKey(at(2), 'End');
    expect(useChosenFrame.getState().frame).toBe(15);
    filmKey(at(5), 'Home');
    expect(useChosenFrame.getState().frame).toBe(10);
    expect(filmKey(at(0), 'Enter')).toBe(false);
  });

  it('plays nothing where nothing is done, and another shot where one plays', () => {
    playOrStop({ of, frames: framesOf([WAITING]), at: 0 });
    expect(useChosenFrame.getState().playing).toBe(false);
    playOrStop(at(1));
    playOrStop({ of: 'film/lamp', frames, at: 1 });
    expect(useChosenFrame.getState()).toMatchObject({ of: 'film/lamp', playing: true });
    stopPlaying();
  });

  it('picks a range with Shift, one more with Ctrl, and none any more where one goes on alone', () => {
    const meant = (index: number) => meantFrames(at(index)).map(({ frame }) => frame);
    pickFrame(at(1), 3, SHIFT);
    expect(meant(3)).toEqual([11, 12, 13]);
    pickFrame(at(3), 0, SHIFT);
    expect(meant(0)).toEqual([10, 11]);
    pickFrame(at(0), 4, { shift: false, ctrl: true });
    expect(meant(4)).toEqual([10, 11, 14]);
    pickFrame(at(4), 5, { shift: true, ctrl: true });
    expect(meant(5)).toEqual([10, 11, 14, 15]);
    filmKey(at(5), 'ArrowLeft');
    expect(meant(4)).toEqual([14]);
  });

  it('picks in one shot alone, and lets go', () => {
    pickFrame(at(0), 2, SHIFT);
    const other = { of: 'film/lamp', frames, at: 1 };
    expect(meantFrames(other).map(({ frame }) => frame)).toEqual([11]);
    pickFrame(other, 2, SHIFT);
    expect(meantFrames(other).map(({ frame }) => frame)).toEqual([11, 12]);
    expect(unpick(of)).toBe(false);
    expect(unpick(other.of)).toBe(true);
    expect(unpick(other.of)).toBe(false);
    pickAll(other);
    expect(meantFrames(other)).toHaveLength(frames.length);
  });

  it('loops until it is told not to', () => {
    expect(useChosenFrame.getState().loop).toBe(true);
    loopOrNot();
    expect(useChosenFrame.getState().loop).toBe(false);
  });
});
