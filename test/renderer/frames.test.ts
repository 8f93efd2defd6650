import { describe, expect, it } from 'vitest';
import { shownIndex } from '../../renderer/player/film.ts';
import {
  frameLine,
  frameName,
  frameNote,
  frameWord,
  noFramesText,
  shortFrameTime,
  standsText,
  statesText,
  whyNoPicture,
} from '../../renderer/text/frame-text.ts';
import { sheetTarget, stepTarget } from '../../renderer/ui/grid-keys.ts';
import { AGAIN, type FrameState } from '../../shared/frame-state.ts';
import { done, FAILED, KEPT, RUNNING, record, WAITING } from '../app/jobs.ts';

import { aRow } from './rows.ts';

const POISONED = { ...FAILED, crashes: 3 } as FrameState;
const frames = [1, 5, 9].map((frame) => ({ frame, state: done(2) }));

describe('the words for a frame', () => {
  it('has a word for each state, so that colour is never the only sign', () => {
    const states = [WAITING, RUNNING, done(2), KEPT, FAILED];
    expect(states.map(frameWord)).toEqual(['Waiting', 'Rendering', 'Done', 'Earlier', 'Failed']);
  });

  it('tells times so short that they stand under a small picture, and where a frame stands', () => {
    expect([54, 725, 3720, 36_060].map((seconds) => shortFrameTime(done(seconds)))).toEqual([
      '54 s',
      '12:05',
      '1 h 02',
      '10 h 01',
    ]);
    expect(shortFrameTime(FAILED)).toBe('');
    expect(standsText(2, 8)).toBe('3 of 8');
    const counts = { total: 8, waiting: 2, running: 0, done: 5, kept: 0, failed: 1 };
    expect(statesText(counts)).toBe('5 done, 1 failed');
  });

  it('names a frame with its state, its time and what went wrong', () => {
    expect(frameName({ frame: 148, state: done(54) })).toBe('Frame 148, done, 54 s');
    expect(frameName({ frame: 149, state: RUNNING })).toBe('Frame 149, rendering');
    expect(frameName({ frame: 71, state: POISONED })).toBe(
      'Frame 71, failed, crashes every time, 3 tries',
    );
    const elsewhere = { ...FAILED, failure: { ...FAILED.failure, node: 'n7' } };
    expect(frameNote(elsewhere)).toBe(`${frameNote(FAILED)}, last on n7`);
    // A frame that was there before anybody measured took no known time.
    expect(
      frameName({ frame: -3, state: { status: 'done', tries: 0, kept: true, record: record(0) } }),
    ).toBe('Frame -3, earlier');
  });

  it('says when a frame was done', () => {
    const at = new Date(2026, 10, 26, 0, 19).getTime();
    const state: FrameState = { status: 'done', tries: 2, kept: false, record: record(54, at) };
    expect(frameLine({ frame: 148, state })).toBe('Frame 148 · Done · 54 s · 2 tries · 00:19');
    expect(frameNote(WAITING)).toBe('');
  });

  it('says why there is no picture, and what to do where one can do something', () => {
    const why = (state: FrameState) => whyNoPicture({ frame: 7, state });
    expect(why(WAITING)).toBe('Frame 7 is not rendered yet.');
    expect(why(AGAIN)).toBe(
      'Frame 7 waits to be rendered again. Its picture from before stays in the folder until then.',
    );
    expect(why({ status: 'running', tries: 1, worker: 1, since: 0, again: true })).toBe(
      'Frame 7 is rendering again.',
    );
    expect(why({ ...WAITING, tries: 1 })).toBe('Frame 7 failed and waits for its next try.');
    expect(why(RUNNING)).toBe('Frame 7 is rendering.');
    expect(why(FAILED)).toBe('Blender crashed. Try again.');
    expect(why(done(2))).toMatch(/can’t be shown/);
  });
});

it('says of a shot without frames that its scene was looked at already, where that found what keeps it', () => {
  expect(noFramesText(aRow({}))).toBe('The frames are known once the scene is opened.');
  const blocked = aRow({ blocked: 'The scene has no camera.' });
  expect(noFramesText(blocked)).toContain('stands under Problems');
});

describe('the frame that is shown', () => {
  it('is the chosen one, else the newest, else the first', () => {
    expect(shownIndex(frames, 9, { frame: 5, at: 0 })).toBe(2);
    expect(shownIndex(frames, null, { frame: 5, at: 0 })).toBe(1);
    expect(shownIndex(frames, null, null)).toBe(0);
  });

  it('is the newest again when the chosen one is not in the shot any more', () => {
    expect(shownIndex(frames, 4, { frame: 5, at: 0 })).toBe(1);
    expect(shownIndex([], 4, null)).toBe(0);
  });
});

describe('the keys of the contact sheet', () => {
  // 0 1 2 3
  // 4 5 6 7
  // 8 9
  const shape = { count: 10, columns: 4, page: 2 };
  const to = (key: string, from: number) => sheetTarget(key, from, shape);

  it('moves by arrows, from the end of a row to the next one, and stops at the ends', () => {
    expect(to('ArrowRight', 3)).toBe(4);
    expect(to('ArrowLeft', 4)).toBe(3);
    expect(to('ArrowLeft', 0)).toBe(0);
    expect(to('ArrowRight', 9)).toBe(9);
  });

  it('stays in its column up and down, and ends in a last row that is too short for it', () => {
    expect(to('ArrowDown', 1)).toBe(5);
    expect(to('ArrowUp', 5)).toBe(1);
    expect(to('ArrowUp', 1)).toBe(1);
    expect(to('ArrowDown', 7)).toBe(9);
    expect(to('ArrowDown', 8)).toBe(8);
  });

  it('goes a screen at once, and to the first and the last frame', () => {
    expect(to('PageDown', 1)).toBe(9);
    expect(to('PageUp', 9)).toBe(1);
    expect(to('PageUp', 6)).toBe(2);
    expect(to('Home', 6)).toBe(0);
    expect(to('End', 2)).toBe(9);
  });

  it('leaves all other keys alone, and any key where there is no frame', () => {
    expect(to('x', 2)).toBeNull();
    expect(sheetTarget('End', 0, { ...shape, count: 0 })).toBeNull();
  });

  it('steps sideways only in the large preview', () => {
    expect(stepTarget('ArrowRight', 2, 10)).toBe(3);
    expect(stepTarget('End', 2, 10)).toBe(9);
    expect(stepTarget('ArrowDown', 2, 10)).toBeNull();
  });
});
