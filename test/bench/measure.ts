import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figuresOf } from './figures.ts';
import type { Measured } from './record.ts';
import type { Bench, Row, Scenario } from './scenario.ts';
import { commitOf, coresBusy, loadNow, settingOf } from './setting.ts';

export interface Measuring extends Omit<Bench, 'folder'> {
  /** Told of each scenario as soon as it has ended. */
  readonly onMeasured: (measured: Measured) => Promise<void>;
}

/** Runs one scenario after the other, each in a folder of its own; one that fails stops no other. */
export async function measureAll(
  scenarios: readonly Scenario[],
  measuring: Measuring,
): Promise<readonly Measured[]> {
  const { say, signal } = measuring;
  const about = {
    commit: await commitOf(),
    setting: await settingOf(measuring.blender),
    load: loadNow(),
    seed: measuring.seed,
    short: measuring.short,
  };
  const all: Measured[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    if (signal.aborted) break;
    say(`== ${scenario.name} (${index + 1} of ${scenarios.length})`);
    // Nobody reads how quiet it was around the figures of a short form.
    const busy = measuring.short ? 0 : await coresBusy();
    const began = performance.now();
    const { rows, error } = await measured(scenario, measuring);
    if (signal.aborted) break;
    const one: Measured = {
      scenario: scenario.name,
      group: scenario.group,
      date: new Date().toISOString().slice(0, 10),
      ...about,
      rounds: measuring.rounds,
      seconds: (performance.now() - began) / 1000,
      coresBusy: busy,
      rows,
      error,
    };
    all.push(one);
    await measuring.onMeasured(one);
  }
  return all;
}

async function measured(
  scenario: Scenario,
  { onMeasured: _, ...bench }: Measuring,
): Promise<Pick<Measured, 'rows' | 'error'>> {
  const folder = await realpath(
    await mkdtemp(join(tmpdir(), `nightshift-bench-${scenario.name}-`)),
  );
  try {
    const rows = await scenario.measure({ ...bench, folder });
    // A row without figures is a failure too, told now and not when the table is made.
    for (const row of rows) figuresOf(row);
    return { rows: rows.map(copied), error: null };
  } catch (error) {
    if (!bench.signal.aborted) bench.say(error instanceof Error ? (error.stack ?? '') : `${error}`);
    return { rows: [], error: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function copied(row: Row): Measured['rows'][number] {
  return { ...row, ours: [...row.ours], theirs: [...row.theirs] };
}
