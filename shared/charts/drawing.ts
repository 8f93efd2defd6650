/**
 * A chart as shapes, in pixels from the top left. What draws it gives each tone its colour: the window from its
 * tokens, the report from a style of its own.
 */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

/** `shot-0` to `shot-3` are given to the shots in turn; `failed` is always drawn as a cross, too. */
export type Tone = 'shot-0' | 'shot-1' | 'shot-2' | 'shot-3' | 'failed' | 'idle' | 'line' | 'pause';

/** `title` is what pointing at it tells. */
export type Shape =
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly tone: Tone;
      readonly title?: string;
    }
  | {
      readonly kind: 'line';
      readonly from: readonly [x: number, y: number];
      readonly to: readonly [x: number, y: number];
      readonly tone: Tone;
      readonly dashed?: boolean;
      readonly title?: string;
    }
  | {
      readonly kind: 'cross';
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly tone: Tone;
      readonly title?: string;
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      /** Of the line that it stands on. */
      readonly y: number;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly look: 'name' | 'quiet';
      readonly text: string;
    };

export type Text = Extract<Shape, { readonly kind: 'text' }>;

/** How a face says times, so that a chart speaks as what stands around it. */
export interface ChartWords {
  /** Seconds. */
  readonly duration: (seconds: number) => string;
  /** ms since 1970. */
  readonly clock: (at: number) => string;
}

/** The tone of a shot by its place among all. */
export function shotTone(place: number): Tone {
  return TONES[Math.max(0, place) % TONES.length] ?? 'shot-0';
}

const TONES = ['shot-0', 'shot-1', 'shot-2', 'shot-3'] as const;
