import { renderToStaticMarkup } from 'react-dom/server';
import { type Chart, clean, type Tone } from '../../../shared/charts/parts.tsx';

const WIDTH = 900;
const MARGIN = 20;

/** Returns a chart as an SVG file, light or dark as the reader's system is. */
export function chartSvg(chart: Chart): string {
  const [width, height] = [WIDTH + 2 * MARGIN, chart.height + 2 * MARGIN];
  const name = clean(chart.heading);
  return `${renderToStaticMarkup(
    <svg
      xmlns="http://www.w3.org/2000/svg"
      {...{ width, height }}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={name}
    >
      <title>{name}</title>
      <style>{styles()}</style>
      <rect className="ground" width={width} height={height} rx={8} />
      <g transform={`translate(${MARGIN} ${MARGIN})`}>{chart.draw(WIDTH)}</g>
    </svg>,
  )}\n`;
}

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
const TONE_COLOURS: Readonly<Record<Tone, string>> = {
  ...{ 'shot-0': 'shot-0', 'shot-1': 'shot-1', 'shot-2': 'shot-2', 'shot-3': 'shot-3' },
  ...{ failed: 'failed', idle: 'cell', line: 'line-strong', pause: 'text-2' },
};

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
