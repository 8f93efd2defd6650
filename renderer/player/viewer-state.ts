import { create } from 'zustand';
import { type Look, MOST_STOPS, PLAIN_LOOK, VIEWS } from './look.ts';
import type { Zoom } from './zoom.ts';

/** What a picture is held against. */
export type Against =
  /** The picture of the same frame that was there before it was rendered again. */
  | {
      readonly kind: 'before';
      readonly jobId: string;
      readonly name: string;
      /** 0: the one just before; 1: the one before that. */
      readonly back: number;
    }
  /** The same frame of another shot. */
  | { readonly kind: 'shot'; readonly jobId: string; readonly name: string }
  /** One picture that was marked for it. */
  | {
      readonly kind: 'marked';
      readonly jobId: string;
      readonly name: string;
      readonly frame: number;
      readonly at: number;
    };

export interface ViewerState {
  readonly look: Look;
  /** `null`: all of the picture. */
  readonly zoom: Zoom | null;
  /** Id of the layer that is looked at; empty: the picture. */
  readonly layer: string;
  readonly against: Against | null;
  readonly marked: Extract<Against, { kind: 'marked' }> | null;
  /** Two pictures share the canvas, or one is shown after the other. */
  readonly compare: 'wipe' | 'flip';
  /** Where the canvas is shared, from 0 to 1. */
  readonly wipe: number;
  /** Of a flip the other one is shown. */
  readonly flipped: boolean;
}

export const FRESH_VIEWER: ViewerState = {
  look: PLAIN_LOOK,
  zoom: null,
  layer: '',
  against: null,
  marked: null,
  compare: 'wipe',
  wipe: 0.5,
  flipped: false,
};

interface Said {
  /** For a screen reader: what was done. */
  readonly said: string;
  /** Everybody sees it. */
  readonly visible: boolean;
}

const NOTHING_SAID: Said = { said: '', visible: false };

/** How pictures are looked at; it stays when one goes on to another shot, and begins anew with each opening. */
export const useViewer = create<ViewerState & Said>(() => ({ ...FRESH_VIEWER, ...NOTHING_SAID }));

/** As it is before anything was done. */
export function startAnew(): void {
  useViewer.setState({ ...FRESH_VIEWER, ...NOTHING_SAID });
}

export interface Change extends Partial<Said> {
  readonly to: Partial<ViewerState>;
  readonly said: string;
}

export function apply({ to, said, visible = false }: Change): void {
  useViewer.setState({ ...to, said, visible });
}

/** `+1 stop`, `−½ stop`, `0 stops`. */
export function exposureText(stops: number): string {
  if (stops === 0) return '0 stops';
  const size = Math.abs(stops);
  const whole = Math.floor(size);
  const text = size === whole ? String(whole) : `${whole === 0 ? '' : whole}½`;
  return `${stops < 0 ? '−' : '+'}${text} ${size > 1 ? 'stops' : 'stop'}`;
}

export function exposed({ look }: Pick<ViewerState, 'look'>, exposure: number): Change {
  const within = Math.min(MOST_STOPS, Math.max(-MOST_STOPS, exposure));
  return {
    to: { look: { ...look, exposure: within } },
    said: `Exposure ${exposureText(within)}`,
  };
}

export function viewed({ look }: Pick<ViewerState, 'look'>, view: Look['view']): Change {
  return { to: { look: { ...look, view } }, said: VIEWS[view] };
}

/** The picture beside it is another one, or none any more. */
export function comparedWith(against: Against | null): Change {
  return {
    // Whatever was shown before, the choice is seen.
    to: { against, compare: 'wipe', flipped: false },
    said: against ? `Compared with ${againstText(against)}` : 'Compared with nothing',
  };
}

export function againstText(against: Against): string {
  if (against.kind === 'before') return 'the version before';
  return against.kind === 'shot' ? against.name : `${against.name}, frame ${against.frame}`;
}

export function wiped(wipe: number): Change {
  const within = Math.min(1, Math.max(0, wipe));
  return {
    to: { wipe: within, compare: 'wipe', flipped: false },
    said: `Wipe at ${Math.round(100 * within)} %`,
  };
}

export const WIPE: Change = { to: { compare: 'wipe', flipped: false }, said: 'Wipe' };

/** Shows the other picture, or this one again. */
export function flipped({ compare, flipped: was }: ViewerState, against: Against): Change {
  const now = compare === 'flip' ? !was : true;
  const said = now ? `Shows ${againstText(against)}` : 'Shows this shot';
  return { to: { compare: 'flip', flipped: now }, said };
}
