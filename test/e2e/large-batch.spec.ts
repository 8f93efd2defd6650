import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { windowEvents } from '../bench/window/events.ts';
import { windowStart } from '../bench/window/start.ts';
import { BLENDER } from '../helpers/make-blend.ts';

// Between them they take every step of the others: events through the store, an interrupted night, a click in the table.
for (const scenario of [windowEvents, windowStart]) {
  test(`${scenario.name} of the benchmark gives figures in its short form`, async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-large-')));
    // Two rounds, since the second one begins where the first one has left the batch.
    const bench = { rounds: 2, short: true, folder, blender: BLENDER, seed: 1, say: () => {} };
    try {
      const rows = await scenario.measure({ ...bench, signal: new AbortController().signal });
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row.ours.every(Number.isFinite), row.title).toBe(true);
      const happened = rows.some(({ note }) => note?.includes('500 events/s'));
      expect(happened).toBe(scenario === windowEvents);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
}
