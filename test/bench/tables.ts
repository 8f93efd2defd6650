import { figuresOf, type Spread } from './figures.ts';
import { numberText } from './number-text.ts';
import type { Measured } from './record.ts';
import type { Row } from './scenario.ts';
import type { Setting } from './setting.ts';

/** Above this many cores busy with something else, figures say more of that than of us. */
export const QUIET_CORES = 0.15;

/** The tables in Markdown: one for each machine that something was measured on. */
export function tablesOf(scenarios: readonly Measured[]): string {
  const bySetting = new Map<string, Measured[]>();
  for (const one of scenarios) {
    const key = JSON.stringify(one.setting);
    bySetting.set(key, [...(bySetting.get(key) ?? []), one]);
  }
  return [...bySetting.values()].map(table).join('\n\n');
}

function table(scenarios: readonly Measured[]): string {
  const [first] = scenarios;
  if (!first) return '';
  const head = [
    settingLine(first.setting),
    '',
    '| | Nightshift | baseline | compared | target | reached | rounds | measured |',
    '|---|--:|--:|--:|--:|---|--:|---|',
  ];
  const notes = scenarios.flatMap(({ rows }) =>
    rows.flatMap(({ title, note }) => (note === null ? [] : [`- **${title}**: ${note}`])),
  );
  const told = notes.length === 0 ? [] : ['', ...notes];
  return [...head, ...scenarios.flatMap(linesOf), ...told].join('\n');
}

/** The lines of one scenario; one that says so where it failed. */
export function linesOf(measured: Measured): readonly string[] {
  if (measured.error !== null) {
    const why = cell(measured.error.split('\n')[0] ?? '');
    return [`| ${measured.scenario}: failed, ${why} | | | | | no | | ${whenOf(measured)} |`];
  }
  return measured.rows.map((row) => lineOf(row, measured));
}

function lineOf(row: Row, measured: Measured): string {
  const { ours, theirs, compared, reached } = figuresOf(row);
  const against = row.baseline === null ? '' : ` ÷ ${row.baseline}`;
  const title = row.compare === 'difference' ? against.replace('÷', '−') : against;
  const cells = [
    cell(row.title + title),
    spread(ours, row.unit),
    theirs === null ? '' : spread(theirs, row.unit),
    comparedText(row, compared),
    row.target === null ? '' : `≤ ${targetText(row, row.target)}`,
    reached === null ? '' : reached ? 'yes' : '**no**',
    String(row.ours.length),
    whenOf(measured),
  ];
  return `| ${cells.join(' | ')} |`;
}

function comparedText({ compare, unit }: Row, compared: number): string {
  if (compare === 'ratio') return `**${compared.toFixed(2)}**`;
  const sign = compare === 'difference' && compared >= 0 ? '+' : '';
  return `**${sign}${numberText(compared)} ${unit}**`;
}

function targetText({ compare, unit }: Row, target: number): string {
  if (compare === 'ratio') return target.toFixed(2);
  return `${compare === 'difference' ? '+' : ''}${target} ${unit}`;
}

function spread({ median, min, max }: Spread, unit: string): string {
  const whole = `${numberText(median)} ${unit}`;
  return min === max ? whole : `${whole} (${numberText(min)}–${numberText(max)})`;
}

function whenOf({ date, commit, load, coresBusy, short }: Measured): string {
  const loud =
    coresBusy > QUIET_CORES ? `, **${coresBusy.toFixed(1)} cores busy with others**` : '';
  return `${date}, ${commit}, load ${load.toFixed(1)}${loud}${short ? ', short form' : ''}`;
}

function settingLine({ cpu, cores, memoryGb, system, node, blender, electron }: Setting): string {
  return (
    `Machine: ${cpu}, ${cores} cores, ${memoryGb} GB; ${system}. ` +
    `Node ${node}, Blender ${blender}, Electron ${electron}.`
  );
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
