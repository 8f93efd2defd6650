import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { figuresOf } from '../bench/figures.ts';
import { windowEvents } from '../bench/window/events.ts';
import { windowStart } from '../bench/window/start.ts';
import { BLENDER } from '../helpers/make-blend.ts';

// Between them they take every step of the others: events through the store, an interrupted night, a click in the table.
for (const scenario of [windowEvents, windowStart]) {
  test(`${scenario.name} of the benchmark gives figures in its short form`, async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-large-')));
    const bench = { rounds: 1, short: true, folder, blender: BLENDER, seed: 1, say: () => {} };
    try {
      const rows = await scenario.measure({ ...bench, signal: new AbortController().signal });
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(figuresOf(row).ours.median, row.title).toBeGreaterThan(-100);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
}
