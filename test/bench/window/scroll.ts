import { setTimeout as pause } from 'node:timers/promises';
import type { App } from '../../e2e/app.ts';
import type { Row, Scenario } from '../scenario.ts';
import { STORM } from './events.ts';
import { letHappen } from './inside.ts';
import { openBatch, startRendering } from './open-batch.ts';

/** Pixels that one turn of the wheel scrolls, so many times a second. */
const WHEEL = { pixels: 240, everyMs: 50 } as const;

/** With fewer pictures nothing was shown, or nothing was scrolled. */
const FEWEST = 30;

/** Time from picture to picture while somebody scrolls and 500 events a second come in. */
export const windowScroll: Scenario = {
  name: 'window-scroll',
  group: 'window',
  measure: async (bench) => {
    const shots = bench.short ? 300 : 10_000;
    const seconds = bench.short ? 2 : 8;
    const open = await openBatch(bench, { shots, framesEach: 240, settings: { workers: 2 } });
    try {
      await startRendering(open.app);
      const rounds: Rounds = { busy: [], quiet: [] };
      for (let round = 0; round < bench.rounds; round += 1) {
        bench.signal.throwIfAborted();
        const quiet = async () => rounds.quiet.push(await scroll(open.app, seconds));
        const busy = async () => {
          const storm = letHappen(open.app, { ...STORM, seconds });
          rounds.busy.push(await scroll(open.app, seconds));
          await storm;
        };
        for (const side of round % 2 === 0 ? [quiet, busy] : [busy, quiet]) await side();
        bench.say(`${told('quiet', rounds.quiet)}; ${told('500 events/s', rounds.busy)}`);
      }
      return rowsOf(rounds, `${shots} shots, ${STORM.events} events/s; ${open.where}`);
    } finally {
      await open.close();
    }
  },
};

/** Milliseconds between pictures. */
interface Intervals {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly count: number;
}

interface Rounds {
  readonly busy: Intervals[];
  readonly quiet: Intervals[];
}

async function scroll({ window }: App, seconds: number): Promise<Intervals> {
  const grid = window.getByRole('grid', { name: 'Shots' });
  await grid.press('Home');
  await grid.hover();
  await window.evaluate(watchPictures);
  const end = performance.now() + seconds * 1000;
  let down = true;
  for (let turn = 0; performance.now() < end; turn += 1) {
    // To the end of the table and back would be the same rows again: most of the time it goes on.
    if (turn % 40 === 39) down = !down;
    await window.mouse.wheel(0, down ? WHEEL.pixels : -WHEEL.pixels / 2);
    await pause(WHEEL.everyMs);
  }
  return summed(await window.evaluate(pictures));
}

interface Watching {
  nightshiftPictures?: { readonly at: number[]; going: boolean };
}

function watchPictures(): void {
  const watching = { at: [] as number[], going: true };
  (globalThis as Watching).nightshiftPictures = watching;
  const next = (now: number) => {
    watching.at.push(now);
    if (watching.going) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

function pictures(): readonly number[] {
  const watching = (globalThis as Watching).nightshiftPictures;
  if (!watching) return [];
  watching.going = false;
  return watching.at;
}

function summed(at: readonly number[]): Intervals {
  const between = at.slice(1).map((time, index) => time - (at[index] as number));
  if (between.length < FEWEST) throw new Error(`Only ${between.length} pictures were shown.`);
  const sorted = between.sort((a, b) => a - b);
  const part = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: part(0.5), p95: part(0.95), max: part(1), count: sorted.length };
}

function told(what: string, rounds: readonly Intervals[]): string {
  const { p50, p95, max, count } = rounds.at(-1) as Intervals;
  return `${what}: ${count} pictures, p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)}, longest ${max.toFixed(0)} ms`;
}

function rowsOf({ busy, quiet }: Rounds, note: string): readonly Row[] {
  const row = (title: string, of: (one: Intervals) => number, more: Partial<Row> = {}): Row => ({
    title: `Scrolling under events: ${title}`,
    baseline: null,
    unit: 'ms',
    ours: busy.map(of),
    theirs: [],
    compare: 'value',
    target: null,
    note: null,
    ...more,
  });
  return [
    row('time to the next picture, 95th percentile', ({ p95 }) => p95, { target: 32, note }),
    row('time to the next picture, median', ({ p50 }) => p50),
    row('time to the next picture, longest', ({ max }) => max),
    row('95th percentile when nothing happens', ({ p95 }) => p95, {
      ours: quiet.map(({ p95 }) => p95),
    }),
  ];
}
