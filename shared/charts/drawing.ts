import { scaleTime } from 'd3-scale';
import stringWidth from 'string-width';
import type { Stretch } from './night-charts.ts';

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

type Text = Extract<Shape, { readonly kind: 'text' }>;

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

/** Pixels of an average letter of the captions, 11.5 high. */
const LETTER = 6.3;

/** Letters at the end of a name that stay: there it differs from its neighbours (`_v017`, `_left`). */
const END = 6;
/** Shorter than this only the beginning has room. */
const BOTH_ENDS = 18;

/** A name cut to about as many pixels, with an ellipsis: in a picture nothing else can measure it. */
export function cutText(text: string, width: number): string {
  const columns = Math.max(1, Math.floor(width / LETTER));
  if (stringWidth(text) <= columns) return text;
  const letters = [...LETTERS.segment(text)].map(({ segment }) => segment);
  const end = columns < BOTH_ENDS ? '' : letters.slice(-END).join('');
  let begin = '';
  for (const letter of letters) {
    if (stringWidth(begin + letter) + stringWidth(end) >= columns) break;
    begin += letter;
  }
  return `${begin.trimEnd()}…${end}`;
}

const LETTERS = new Intl.Segmenter();

/** Pixels that a time needs for itself. */
const ROOM = 58;

/**
 * Times of day under a night: its start and its end, and full hours or the like between them.
 * @param x places of night time
 */
export function timeAxis(
  runs: readonly Stretch[],
  x: (night: number) => number,
  y: number,
  clock: (at: number) => string,
): readonly Shape[] {
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last) return [];
  const total = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  const ends = [x(0), x(total)] as const;
  const text = { kind: 'text', y, look: 'quiet' } as const;
  const shapes: Text[] = [{ ...text, x: ends[0], anchor: 'start', text: clock(first.from) }];
  let night = 0;
  let free = ends[0] + ROOM;
  for (const { from, to } of runs) {
    const width = x(night + to - from) - x(night);
    const most = Math.floor(width / 110);
    const ticks = most > 0 && to > from ? scaleTime().domain([from, to]).ticks(most) : [];
    for (const tick of ticks) {
      const at = x(night + tick.getTime() - from);
      const words = clock(tick.getTime());
      if (at < free || at > ends[1] - ROOM || words === shapes.at(-1)?.text) continue;
      shapes.push({ ...text, x: at, anchor: 'middle', text: words });
      free = at + ROOM;
    }
    night += to - from;
  }
  const end = clock(last.to);
  if (ends[1] - ends[0] > ROOM && end !== shapes.at(-1)?.text) {
    shapes.push({ ...text, x: ends[1], anchor: 'end', text: end });
  }
  return shapes;
}
