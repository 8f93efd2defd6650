import { describe, expect, it } from 'vitest';
import { viewerKey } from '../../renderer/player/viewer-keys.ts';
import { FRESH_VIEWER, type ViewerState } from '../../renderer/player/viewer-state.ts';
import {
  fitted,
  panned,
  placeOf,
  pointAt,
  visible,
  zoomed,
  zoomText,
} from '../../renderer/player/zoom.ts';

const PICTURE = { width: 8000, height: 4500 };
const CANVAS = { width: 1600, height: 1000 };

describe('the zoom', () => {
  it('at first shows all of a picture, as large as it goes', () => {
    const zoom = fitted(PICTURE, CANVAS);
    expect(zoom.scale).toBe(0.2);
    expect(placeOf(zoom, { x: 0, y: 0, ...PICTURE }, CANVAS)).toEqual({
      x: 0,
      y: 50,
      width: 1600,
      height: 900,
    });
    expect(visible(zoom, PICTURE, CANVAS)).toEqual({ x: 0, y: 0, ...PICTURE });
  });

  it('keeps the point that is under the pointer where it is', () => {
    const zoom = fitted(PICTURE, CANVAS);
    const at = { x: 1200, y: 300 };
    const under = pointAt(zoom, at, CANVAS);
    const near = zoomed(zoom, 5, at, PICTURE, CANVAS);
    expect(near.scale).toBe(1);
    expect(pointAt(near, at, CANVAS).x).toBeCloseTo(under.x);
    expect(pointAt(near, at, CANVAS).y).toBeCloseTo(under.y);
    expect(visible(near, PICTURE, CANVAS)?.width).toBeLessThanOrEqual(1601);
  });

  it('never loses the picture, neither by dragging nor by the wheel', () => {
    const near = zoomed(fitted(PICTURE, CANVAS), 5, { x: 0, y: 0 }, PICTURE, CANVAS);
    const far = panned(near, { x: 1e6, y: -1e6 }, PICTURE);
    expect(visible(far, PICTURE, CANVAS)).toMatchObject({ x: 0, width: 801 });
    expect(zoomed(near, 1e9, { x: 0, y: 0 }, PICTURE, CANVAS).scale).toBe(64);
    expect(zoomed(near, 1e-9, { x: 0, y: 0 }, PICTURE, CANVAS).scale).toBeGreaterThan(0);
    expect(visible({ scale: 1, centre: { x: -9000, y: 0 } }, PICTURE, CANVAS)).toBeNull();
  });

  it('is told as people tell it', () => {
    expect([1, 0.2, 0.055, 8].map(zoomText)).toEqual(['1:1', '20 %', '5.5 %', '800 %']);
  });
});

describe('the keys of the viewer', () => {
  const against = { kind: 'shot', jobId: '0123456789ab', name: 'lamp' } as const;
  const depth = { id: 'z', name: 'Depth', channels: ['Z'], colour: false };
  const layers = [{ ...depth, id: 'p', name: 'Picture' }, depth];
  const marking = { kind: 'marked', jobId: '0123456789ab', name: 'hero', frame: 7, at: 1 } as const;
  const change = (state: ViewerState, key: string) =>
    viewerKey(
      { state, stage: null, layers, layer: 'p', shown: marking, versions: [], go: () => undefined },
      key,
      /[A-Z]/.test(key),
    );
  const pressed = (keys: string, from: ViewerState = FRESH_VIEWER): ViewerState => {
    let state = from;
    for (const key of keys) state = { ...state, ...change(state, key)?.to };
    return state;
  };

  it('change exposure by half a stop, take it back, and turn false colour on and off', () => {
    expect(pressed('eee').look.exposure).toBe(1.5);
    expect(pressed('eEE').look.exposure).toBe(-0.5);
    expect(pressed('eee0').look.exposure).toBe(0);
    expect(pressed('c').look.view).toBe('false');
    expect(pressed('cc').look.view).toBe('picture');
    expect(change(FRESH_VIEWER, 'e')?.said).toBe('Exposure +½ stop');
  });

  it('wipe and flip only where there is something to compare with', () => {
    for (const key of ['w', 'x', ',', '.']) {
      expect(pressed(key)).toEqual(FRESH_VIEWER);
      expect(change(FRESH_VIEWER, key)).toMatchObject({
        said: expect.stringMatching(/^Nothing to compare with\. Choose a shot/),
        visible: true,
      });
    }
    const both = { ...FRESH_VIEWER, against };
    expect(pressed('x', both)).toMatchObject({ compare: 'flip', flipped: true });
    expect(pressed('xx', both)).toMatchObject({ compare: 'flip', flipped: false });
    expect(pressed('xw', both)).toMatchObject({ compare: 'wipe', flipped: false });
    expect(pressed('...', both).wipe).toBeCloseTo(0.56);
    expect(change(both, 'x')?.said).toBe('Shows lamp');
  });

  it('go through the layers, mark the picture, and leave other keys to the player', () => {
    expect(pressed('l').layer).toBe('z');
    expect(pressed('L').layer).toBe('z');
    expect(pressed('m').marked).toEqual(marking);
    expect(change(FRESH_VIEWER, 'v')?.said).toBe('This frame has no earlier version.');
    expect(change(FRESH_VIEWER, 'a')).toBeNull();
  });
});
