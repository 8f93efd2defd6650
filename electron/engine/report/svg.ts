import type { Drawing, Shape, Tone } from '../../../shared/charts/drawing.ts';
import { printable } from '../../../shared/safe-text.ts';

/** The window's own colours, light and dark; a test holds them to its tokens. */
export const PALETTE: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  ground: ['#fbfbfc', '#1b1e23'],
  text: ['#1b1f24', '#e6e8eb'],
  'text-2': ['#515a66', '#a3aab4'],
  cell: ['#dcdfe4', '#31373e'],
  'line-strong': ['#cdd2d8', '#3a4048'],
  failed: ['#bf261f', '#f0655a'],
  'shot-0': ['#4a7be0', '#6488d1'],
  'shot-1': ['#2f8c69', '#4b997a'],
  'shot-2': ['#3f7f94', '#3f7f94'],
  'shot-3': ['#847d9e', '#827c9b'],
};

/** Which colour a tone has. */
export const TONE_COLOURS: Readonly<Record<Tone, string>> = {
  'shot-0': 'shot-0',
  'shot-1': 'shot-1',
  'shot-2': 'shot-2',
  'shot-3': 'shot-3',
  failed: 'failed',
  idle: 'cell',
  line: 'line-strong',
  pause: 'text-2',
};

const MARGIN = 20;

/** A drawing as a file of its own, light or dark as the reader's system is. */
export function svgText({ width, height, shapes }: Drawing, title: string): string {
  const [outerWidth, outerHeight] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const size = `width="${outerWidth}" height="${outerHeight}" viewBox="0 0 ${outerWidth} ${outerHeight}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${styles()}</style>`,
    `<rect class="ground" width="${outerWidth}" height="${outerHeight}" rx="8"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...shapes.map(element),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function styles(): string {
  return [
    'rect{stroke-width:0}',
    '.pause{fill-opacity:.28}',
    'text{font:11.5px Inter,system-ui,sans-serif}',
    'text.name{font-weight:500}',
    '.cross{stroke-width:2;stroke-linecap:round}',
    '.dashed{stroke-dasharray:3 3}',
    colours(0),
    `@media (prefers-color-scheme:dark){${colours(1)}}`,
  ].join('');
}

/** Written out one by one: not every reader of SVG knows variables. */
function colours(which: 0 | 1): string {
  const of = (name: string) => PALETTE[name]?.[which] ?? '';
  const tones = Object.entries(TONE_COLOURS).map(
    ([tone, name]) => `.${tone}{fill:${of(name)};stroke:${of(name)}}`,
  );
  const texts = `text{fill:${of('text-2')}}text.name{fill:${of('text')}}`;
  return [`.ground{fill:${of('ground')}}`, texts, ...tones].join('');
}

function element(shape: Shape): string {
  if (shape.kind === 'text') {
    const { x, y, anchor, look, text } = shape;
    return `<text class="${look}" x="${short(x)}" y="${short(y)}" text-anchor="${anchor}">${escaped(text)}</text>`;
  }
  const inner = shape.title === undefined ? '' : `<title>${escaped(shape.title)}</title>`;
  if (shape.kind === 'rect') {
    const { x, y, width, height, tone } = shape;
    return `<rect class="${tone}" x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}">${inner}</rect>`;
  }
  if (shape.kind === 'cross') {
    const { x, y, size, tone } = shape;
    const [left, right, top, bottom] = [x - size, x + size, y - size, y + size].map(short);
    return `<path class="cross ${tone}" d="M${left} ${top}L${right} ${bottom}M${left} ${bottom}L${right} ${top}">${inner}</path>`;
  }
  const { from, to, tone, dashed } = shape;
  const ends = `x1="${short(from[0])}" y1="${short(from[1])}" x2="${short(to[0])}" y2="${short(to[1])}"`;
  return `<line class="${tone}${dashed ? ' dashed' : ''}" ${ends}>${inner}</line>`;
}

function short(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}

/** Safe in a text and in an attribute of XML. */
function escaped(text: string): string {
  return printable(text)
    .replace(/[\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
