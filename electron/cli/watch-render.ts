import { join } from 'node:path';
import type { Batch, BatchResult } from '../../shared/batch.ts';
import {
  atMoment,
  type BatchProcessor,
  changedShots,
  replacedShots,
  type WallClock,
  watchShots,
} from '../engine/index.ts';
import type { Output } from './output.ts';
import { unlessInterrupted } from './waits.ts';

interface WatchRender {
  readonly first: Batch;
  /** Reads the folder anew. */
  readonly read: () => Promise<Batch>;
  readonly open: (batch: Batch) => Promise<BatchProcessor>;
  /** Renders what is left of a batch, and lets go of it. */
  readonly render: (processor: BatchProcessor) => Promise<BatchResult>;
  /** No new frames are started from then on, ms since 1970; `null`: to the end. */
  readonly until: number | null;
  readonly output: Output;
  readonly clock: WallClock;
}

/**
 * Renders a folder and what comes into it, until somebody ends it: new shots join the run that is on, those that
 * have changed are rendered again after it. Resolves with what came of the last run.
 */
export async function watchAndRender({
  first,
  read,
  open,
  render,
  until,
  output,
  clock,
}: WatchRender): Promise<BatchResult> {
  let processor = await open(first);
  let pending: Batch | null = null;
  let ring = () => {};
  const watch = watchShots(first.folder, {
    leftOut: [first.outputRoot, join(first.folder, 'renders')],
    onChange: async () => {
      const now = await read();
      const before = processor.batch.jobs;
      const ids = await processor.takeIn(now);
      for (const { id, name } of now.jobs) if (ids.includes(id)) output.note(`New: ${name}.`);
      for (const { name } of replacedShots(before, now, ids))
        output.note(`${name}, which is older now, is rendered to its end.`);
      const { added, changed } = changedShots(processor.batch.jobs, now);
      pending = added.length + changed.length > 0 ? now : null;
      if (pending) ring();
    },
    onError: ({ message }) => output.note(message),
  });
  const next = async (): Promise<Batch | null> => {
    const rung = new Promise<void>((resolve) => {
      ring = resolve;
    });
    const begin = (ended: (came: boolean) => void) => {
      void rung.then(() => ended(true));
      return until === null ? () => {} : atMoment(until, () => ended(false), clock);
    };
    const tell = () => output.note(`Watching ${first.folder}. Press Ctrl+C to end.`);
    if (!pending && !(await unlessInterrupted(output, { tell, begin }))) return null;
    const batch = pending;
    pending = null;
    return batch;
  };
  try {
    await watch.ready;
    for (;;) {
      const result = await render(processor);
      if (result.outcome === 'cancelled' || output.unread.aborted) return result;
      const batch = await next();
      if (!batch) return result;
      processor = await open(batch);
    }
  } finally {
    await watch.close();
  }
}
