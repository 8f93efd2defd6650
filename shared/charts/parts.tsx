import { scaleTime } from 'd3-scale';
import stringWidth from 'fast-string-width';
import type { ReactNode } from 'react';
import { nameParts } from '../name-parts.ts';
import { isolated, printable } from '../safe-text.ts';
import { clockText } from '../schedule.ts';
import type { Stretch } from './night-charts.ts';

// Parts of charts, in pixels from the top left of an `<svg>`. Their classes get their colours from the window's tokens,
// and from a style in the file of a report.

/** A chart for the window and for reports. */
export interface Chart {
  readonly id: 'workers' | 'frame-times';
  readonly heading: string;
  /** The same as sentences, for readers who can't see it. */
  readonly text: readonly string[];
  /** What the chart had no room for; `null`: nothing. */
  readonly more: string | null;
  readonly height: number;
  readonly draw: (width: number) => ReactNode;
}

/** `shot-0` to `shot-3` are given to the shots in turn. */
export type Tone = 'shot-0' | 'shot-1' | 'shot-2' | 'shot-3' | 'failed' | 'idle' | 'line' | 'pause';

const SHOT_TONES = ['shot-0', 'shot-1', 'shot-2', 'shot-3'] as const;

/** The tone of a shot by its place among all. */
export function shotTone(place: number): Tone {
  return SHOT_TONES[Math.max(0, place) % SHOT_TONES.length] ?? 'shot-0';
}

interface BoxProps {
  readonly tone: Tone;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What pointing at it tells. */
  readonly title?: string;
}

export function Box({ tone, x, y, width, height, title }: BoxProps) {
  const place = { x: short(x), y: short(y), width: short(width), height: short(height) };
  return (
    <rect className={tone} {...place}>
      <Title>{title}</Title>
    </rect>
  );
}

const ARM = 4;

/** Something failed. */
export function Cross({ x, y, title }: Pick<BoxProps, 'x' | 'y' | 'title'>) {
  const [left, right, top, bottom] = [x - ARM, x + ARM, y - ARM, y + ARM].map(short);
  return (
    <path
      className="cross failed"
      d={`M${left} ${top}L${right} ${bottom}M${left} ${bottom}L${right} ${top}`}
    >
      <Title>{title}</Title>
    </path>
  );
}

interface RuleProps {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly dashed?: boolean;
  readonly title?: string;
}

export function Rule({ from, to, dashed = false, title }: RuleProps) {
  const ends = { x1: short(from[0]), y1: short(from[1]), x2: short(to[0]), y2: short(to[1]) };
  return (
    <line className={dashed ? 'line dashed' : 'line'} {...ends}>
      <Title>{title}</Title>
    </line>
  );
}

interface CaptionProps {
  readonly x: number;
  /** Of the line that it stands on. */
  readonly y: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly look?: 'name' | 'quiet';
  /** All of it, where it is cut. */
  readonly title?: string | undefined;
  readonly children: string;
}

export function Caption({ x, y, anchor = 'start', look = 'quiet', title, children }: CaptionProps) {
  return (
    <text className={look} x={short(x)} y={short(y)} textAnchor={anchor}>
      <Title>{title}</Title>
      {isolated(clean(children))}
    </text>
  );
}

function Title({ children }: { readonly children: string | undefined }) {
  return children === undefined ? null : <title>{clean(children)}</title>;
}

function short(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** What may stand in XML. */
export function clean(text: string): string {
  return printable(text).replace(/[\uFFFE\uFFFF]/gu, '\uFFFD');
}

/** Pixels of the letters of the captions, 11.5 high and half bold, as wide as they get: a chart can measure nothing. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijlI.,:;'’|!]/, 3.6],
  [/[ \-_/()frt]/, 5.6],
  [/[mwMW@%…]/, 10.8],
  [/[A-Z0-9]/, 7.7],
];
/** Of all other letters of one column; those of other scripts have two. */
const COLUMN = 6.8;

/** About how many pixels a caption takes, never fewer. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text)
    width += WIDTHS.find(([which]) => which.test(letter))?.[1] ?? COLUMN * stringWidth(letter);
  return width;
}

/** A caption cut to so many pixels, with an ellipsis. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let begin = '';
  for (const { segment } of LETTERS.segment(text)) {
    if (textWidth(`${begin}${segment}…`) > width) break;
    begin += segment;
  }
  return `${begin.trimEnd()}…`;
}

/** The name of a shot in so many pixels: what it has in common with the others goes first, its number and version last. */
export function cutName(name: string, width: number, common = ''): string {
  if (textWidth(name) <= width) return name;
  const parts = nameParts(name, common);
  const texts = parts.map(({ text }) => text);
  for (const kind of ['common', 'rest', 'key'] as const) {
    for (const [index, part] of parts.entries()) {
      const over = textWidth(texts.join('')) - width;
      if (over <= 0) return texts.join('');
      if (part.kind === kind) texts[index] = cutText(part.text, textWidth(part.text) - over);
    }
  }
  return cutText(texts.join(''), width);
}

const LETTERS = new Intl.Segmenter();

interface TimeAxisProps {
  readonly runs: readonly Stretch[];
  /** Places of night time. */
  readonly x: (night: number) => number;
  readonly y: number;
}

/** Pixels that a time needs for itself. */
const ROOM = 58;

/** Times of day under a night: its start and its end, and full hours or the like between them. */
export function TimeAxis({ runs, x, y }: TimeAxisProps) {
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last) return null;
  const total = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  const [start, end] = [x(0), x(total)];
  const begins = clockText(first.from);
  const between: { readonly x: number; readonly words: string }[] = [];
  let night = 0;
  for (const { from, to } of runs) {
    const most = Math.floor((x(night + to - from) - x(night)) / 110);
    const ticks = most > 0 && to > from ? scaleTime().domain([from, to]).ticks(most) : [];
    for (const tick of ticks) {
      const at = x(night + tick.getTime() - from);
      const words = clockText(tick.getTime());
      const before = between.at(-1) ?? { x: start, words: begins };
      if (at < before.x + ROOM || at > end - ROOM || words === before.words) continue;
      between.push({ x: at, words });
    }
    night += to - from;
  }
  const ends = clockText(last.to);
  const isTold = end - start <= ROOM || ends === (between.at(-1)?.words ?? begins);
  return (
    <>
      <Caption x={start} y={y}>
        {begins}
      </Caption>
      {between.map((tick) => (
        <Caption key={tick.x} x={tick.x} y={y} anchor="middle">
          {tick.words}
        </Caption>
      ))}
      {!isTold && (
        <Caption x={end} y={y} anchor="end">
          {ends}
        </Caption>
      )}
    </>
  );
}
