import { cpus, release, totalmem, type } from 'node:os';
import { execa } from 'execa';
import { NIGHTSHIFT_VERSION } from '../../electron/engine/index.ts';
import { BLENDER } from '../helpers/make-blend.ts';
import type { Soak } from './soak.ts';
import { VIOLATIONS } from './violations.ts';

/** Where and with what it was run. */
export interface Setting {
  readonly nightshift: string;
  readonly commit: string;
  readonly blender: string;
  readonly node: string;
  readonly machine: string;
}

export async function settingOf(): Promise<Setting> {
  const [commit, blender] = await Promise.all([
    execa('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, reject: false }),
    execa(BLENDER, ['--version'], { reject: false }),
  ]);
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    nightshift: NIGHTSHIFT_VERSION,
    commit: commit.stdout ?? 'unknown',
    blender: blender.stdout?.split('\n')[0]?.replace(/^Blender /, '') ?? 'unknown',
    node: process.versions.node,
    machine: `${type()} ${release()}, ${cpus().length} cores, ${memory} GiB`,
  };
}

/** The result as two tables in Markdown: what was run with what result, and the faults by kind. */
export function tablesOf(soak: Soak, setting: Setting): string {
  const { roundsByScenario, faults, violations } = soak;
  const scenarios = Object.entries(roundsByScenario).map(([name, rounds]) => `${rounds} ${name}`);
  const result: [string, string | number][] = [
    ['seed', soak.seed],
    ['minutes', soak.minutes.toFixed(1)],
    ['Nightshift', `${setting.nightshift} (${setting.commit})`],
    ['Blender', setting.blender],
    ['Node', setting.node],
    ['machine', setting.machine],
    ['batches', `${soak.rounds} (${scenarios.join(', ')})`],
    ['nights (runs of the command)', soak.nights],
    ['faults injected', sum(Object.values(faults))],
    ['frames', soak.frames],
    ['frames rendered', soak.rendered],
    ['frames rendered again because a fault took them', soak.renderedAgain],
    ['frames found whole and kept by a resume', soak.kept],
    ...VIOLATIONS.map((kind): [string, number] => [`**${kind}**`, violations[kind]]),
  ];
  const kinds = Object.entries(faults).sort(([a], [b]) => a.localeCompare(b));
  return [table(['', 'result'], result), table(['fault', 'injected'], kinds)].join('\n');
}

export function broken(soak: Soak): boolean {
  return VIOLATIONS.some((kind) => soak.violations[kind] > 0);
}

function table(
  head: readonly [string, string],
  rows: readonly (readonly [string, string | number])[],
): string {
  const lines = [head, ['---', '--:'], ...rows].map(([a, b]) => `| ${a} | ${b} |`);
  return `${lines.join('\n')}\n`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
