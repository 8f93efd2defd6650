import type { PictureLayer } from '../../shared/picture.ts';
import {
  type Against,
  type Change,
  comparedWith,
  exposed,
  flipped,
  type ViewerState,
  viewed,
  WIPE,
  wiped,
} from './viewer-state.ts';
import { zoomText } from './zoom.ts';

/** What keys and buttons do with the picture; each returns the scale that it then has. */
export interface StageHandle {
  readonly zoomBy: (by: number) => number;
  /** By shares of the canvas. */
  readonly panBy: (x: number, y: number) => number;
  readonly fit: () => number;
  readonly oneToOne: () => number;
}

/** What the keys act on. */
export interface Viewing {
  readonly state: ViewerState;
  readonly stage: StageHandle | null;
  readonly layers: readonly PictureLayer[];
  /** Id of the shown layer. */
  readonly layer: string;
  /** `null`: no picture is shown. */
  readonly shown: Extract<Against, { kind: 'marked' }> | null;
  /** When earlier pictures of the frame were replaced. */
  readonly versions: readonly number[];
  /** Goes to the shot before or after. */
  readonly go: (by: 1 | -1) => void;
}

type Act = (viewing: Viewing) => Change | null;

/** The keys of the viewer. Those of the player apply where it has none. */
const KEYS: Readonly<Record<string, Act>> = {
  e: ({ state }) => exposed(state, state.look.exposure + 0.5),
  'Shift+e': ({ state }) => exposed(state, state.look.exposure - 0.5),
  0: ({ state }) => exposed(state, 0),
  c: ({ state }) => viewed(state, state.look.view === 'false' ? 'picture' : 'false'),
  l: (viewing) => nextLayer(viewing, 1),
  'Shift+l': (viewing) => nextLayer(viewing, -1),
  m: ({ shown }) => shown && marked(shown),
  v: ({ shown, versions }) => {
    if (!shown || versions.length === 0) return hint('This frame has no earlier version.');
    return comparedWith({ kind: 'before', jobId: shown.jobId, name: shown.name, back: 0 });
  },
  w: ({ state }) => (state.against ? WIPE : NOTHING_TO_COMPARE),
  x: ({ state }) => (state.against ? flipped(state, state.against) : NOTHING_TO_COMPARE),
  ',': (viewing) => movedWipe(viewing, -0.02),
  '.': (viewing) => movedWipe(viewing, 0.02),
  'Shift+<': (viewing) => movedWipe(viewing, -0.1),
  'Shift+>': (viewing) => movedWipe(viewing, 0.1),
  'Shift+,': (viewing) => movedWipe(viewing, -0.1),
  'Shift+.': (viewing) => movedWipe(viewing, 0.1),
  f: (viewing) => zoomed(viewing, (stage) => stage.fit()),
  1: (viewing) => zoomed(viewing, (stage) => stage.oneToOne()),
  '+': (viewing) => zoomed(viewing, (stage) => stage.zoomBy(Math.SQRT2)),
  '=': (viewing) => zoomed(viewing, (stage) => stage.zoomBy(Math.SQRT2)),
  '-': (viewing) => zoomed(viewing, (stage) => stage.zoomBy(Math.SQRT1_2)),
  'Shift+arrowleft': (viewing) => zoomed(viewing, (stage) => stage.panBy(STEP, 0)),
  'Shift+arrowright': (viewing) => zoomed(viewing, (stage) => stage.panBy(-STEP, 0)),
  'Shift+arrowup': (viewing) => zoomed(viewing, (stage) => stage.panBy(0, STEP)),
  'Shift+arrowdown': (viewing) => zoomed(viewing, (stage) => stage.panBy(0, -STEP)),
  pagedown: ({ go }) => gone(go, 1),
  pageup: ({ go }) => gone(go, -1),
};

const STEP = 0.12;

const NOTHING_TO_COMPARE = hint(
  'Nothing to compare with. Choose a shot under “Compare with”, or mark a picture with M.',
);

/** Returns what a key changes; `null`: it is no key of the viewer. */
export function viewerKey(viewing: Viewing, key: string, shift: boolean): Change | null {
  const name = key.toLowerCase();
  const act = (shift ? KEYS[`Shift+${name}`] : undefined) ?? KEYS[name];
  return act?.(viewing) ?? null;
}

export function marked(shown: NonNullable<Viewing['shown']>): Change {
  return {
    to: { marked: shown },
    said: `Marked frame ${shown.frame} of ${shown.name} for comparing`,
  };
}

/** A message that everybody sees, for a key that can do nothing now. */
function hint(said: string): Change {
  return { to: {}, said, visible: true };
}

function nextLayer({ layers, layer }: Viewing, by: 1 | -1): Change | null {
  const now = layers.findIndex(({ id }) => id === layer);
  const next = layers.at((now + by) % layers.length);
  return layers.length > 1 && next ? { to: { layer: next.id }, said: next.name } : null;
}

function movedWipe({ state }: Viewing, by: number): Change {
  return state.against ? wiped(state.wipe + by) : NOTHING_TO_COMPARE;
}

function zoomed({ stage }: Viewing, act: (stage: StageHandle) => number): Change | null {
  return stage && { to: {}, said: `Zoom ${zoomText(act(stage))}` };
}

function gone(go: Viewing['go'], by: 1 | -1): Change {
  go(by);
  return { to: {}, said: '' };
}
