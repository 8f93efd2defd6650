import { App } from '../../e2e/app.ts';
import { inTurn } from '../in-turn.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { type Display, openDisplay } from './display.ts';
import { startRendering } from './open-batch.ts';
import { makePlace, type Place, shotName } from './place.ts';
import { scriptedBlender } from './scripted-blender.ts';

const LONGEST_MS = 180_000;

/** From the start of the app until it can be used: with nothing in it, and with an interrupted night of 10,000 shots. */
export const windowStart: Scenario = {
  name: 'window-start',
  group: 'window',
  measure: async (bench) => {
    const shots = bench.short ? 300 : 10_000;
    const display = await openDisplay();
    try {
      const empty = await makePlace(`${bench.folder}/empty`, { shots: 0, framesEach: 1 });
      const many = await makePlace(`${bench.folder}/many`, {
        shots,
        framesEach: 240,
        settings: { workers: 2 },
      });
      const env = { ...display.env, ...(await scriptedBlender(bench.folder, HANGING)) };
      await interrupt(many, env);
      const checked: number[] = [];
      const figures = await inTurn(bench, {
        ours: () =>
          timed(many, env, async (app, since) => {
            const usable = await usableTable(app, since);
            checked.push(await readyToResume(app, since));
            return usable;
          }),
        theirs: () =>
          timed(empty, env, async (app, since) => {
            const choose = app.window.getByRole('button', { name: 'Choose a folder…' });
            await choose.click({ trial: true });
            return since();
          }),
      });
      return rowsOf(figures, checked, `${shots} shots × 240 frames`, display, bench);
    } finally {
      await display.close();
    }
  },
};

const HANGING = { render: { hang: true } };

/** Leaves a night that broke off in the middle, as a power cut does. */
async function interrupt(place: Place, env: Readonly<Record<string, string>>): Promise<void> {
  const app = await App.start(place.data, [place.shots], env);
  try {
    await app.row(shotName(1)).waitFor({ timeout: LONGEST_MS });
    await startRendering(app);
  } finally {
    await app.kill();
  }
}

async function timed(
  place: Place,
  env: Readonly<Record<string, string>>,
  measure: (app: App, since: () => number) => Promise<number>,
): Promise<number> {
  const began = performance.now();
  const app = await App.start(place.data, [], env);
  app.window.setDefaultTimeout(LONGEST_MS);
  try {
    return await measure(app, () => performance.now() - began);
  } finally {
    await app.close();
  }
}

/** Rows are painted, and a click selects one. */
async function usableTable(app: App, since: () => number): Promise<number> {
  await app.window.getByRole('button', { name: 'Show the shots' }).click();
  const row = app.row(shotName(3));
  await row.click();
  await row.and(app.window.locator('[aria-selected=true]')).waitFor();
  return since();
}

/** Every frame on disk was looked at: the night can go on. */
async function readyToResume(app: App, since: () => number): Promise<number> {
  await app.window
    .getByRole('button', { name: 'Resume', exact: true, disabled: false })
    .click({ trial: true });
  return since();
}

function rowsOf(
  { ours, theirs }: { readonly ours: readonly number[]; readonly theirs: readonly number[] },
  checked: readonly number[],
  what: string,
  { words }: Display,
  { short }: Bench,
): readonly Row[] {
  return [
    {
      title: 'Start to a usable table, of a night that broke off',
      baseline: 'start of an empty app to its usable window',
      unit: 'ms',
      ours,
      theirs,
      compare: 'ratio',
      target: short ? null : 1.5,
      note: `${what}; usable: rows are painted and a click selects one; they are the first 500, as they were seen last, and nothing can be started before the next line; with some 0.3 s of Playwright on both sides; ${words}`,
    },
    {
      title: 'Start until the night can be resumed',
      baseline: null,
      unit: 'ms',
      ours: checked,
      theirs: [],
      compare: 'value',
      target: null,
      note: 'the folder is read anew and what the journal says is held against the disk',
    },
  ];
}
