import { setTimeout as pause } from 'node:timers/promises';
import type { CDPSession } from '@playwright/test';
import type { App } from '../../e2e/app.ts';
import type { Row, Scenario } from '../scenario.ts';
import { letHappen } from './inside.ts';
import { openBatch, startRendering } from './open-batch.ts';

export const STORM = { events: 500, workers: 8 } as const;

/** What 500 events a second cost the main process and the window's, beside the same window at rest. */
export const windowEvents: Scenario = {
  name: 'window-events',
  group: 'window',
  measure: async (bench) => {
    const shots = bench.short ? 300 : 10_000;
    const seconds = bench.short ? 2 : 10;
    const settings = { workers: 2 };
    const open = await openBatch(bench, { shots, framesEach: 240, settings });
    try {
      await startRendering(open.app);
      const page = await open.app.window.context().newCDPSession(open.app.window);
      await page.send('Performance.enable');
      const ours: number[] = [];
      const theirs: number[] = [];
      const window: number[] = [];
      let happened = 0;
      for (let round = 0; round < bench.rounds; round += 1) {
        bench.signal.throwIfAborted();
        const atRest = () => cost(open.app, page, () => pause(seconds * 1000));
        const underEvents = () =>
          cost(open.app, page, async () => {
            happened += await letHappen(open.app, { ...STORM, seconds });
          });
        const restFirst = round % 2 === 0;
        const first = await (restFirst ? atRest : underEvents)();
        const second = await (restFirst ? underEvents : atRest)();
        const [rest, busy] = restFirst ? [first, second] : [second, first];
        ours.push(busy.main);
        theirs.push(rest.main);
        window.push(busy.window - rest.window);
        bench.say(
          `main ${busy.main.toFixed(1)} % (at rest ${rest.main.toFixed(1)} %), window +${window.at(-1)?.toFixed(1)} %`,
        );
      }
      const rate = happened / (seconds * bench.rounds);
      return rowsOf(
        { ours, theirs, window },
        `${shots} shots, ${rate.toFixed(0)} events/s`,
        open.where,
      );
    } finally {
      await open.close();
    }
  },
};

interface Cost {
  /** Percent of a core. */
  readonly main: number;
  readonly window: number;
}

async function cost(app: App, page: CDPSession, work: () => Promise<unknown>): Promise<Cost> {
  const before = await used(app, page);
  const began = performance.now();
  await work();
  const elapsed = (performance.now() - began) / 1000;
  const after = await used(app, page);
  const percent = (spent: number) => (100 * spent) / elapsed;
  return { main: percent(after.main - before.main), window: percent(after.window - before.window) };
}

/** Processor seconds that the main process and the main thread of the window have used so far. */
async function used(app: App, page: CDPSession): Promise<Cost> {
  const { metrics } = await page.send('Performance.getMetrics');
  const window = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  const main = await app.main.evaluate(() => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  return { main, window };
}

function rowsOf(
  { ours, theirs, window }: Record<'ours' | 'theirs' | 'window', readonly number[]>,
  what: string,
  where: string,
): readonly Row[] {
  return [
    {
      title: 'Main process while events come',
      baseline: 'the same batch, nothing happens',
      unit: '%',
      ours,
      theirs,
      compare: 'difference',
      target: 10,
      note: `of one core; ${what}, half of them frames done, written to the journal, synced and told to the window`,
    },
    {
      title: 'Window while events come, beyond its rest',
      baseline: null,
      unit: '%',
      ours: window,
      theirs: [],
      compare: 'value',
      target: null,
      note: `of one core, its main thread only; ${where}`,
    },
  ];
}
