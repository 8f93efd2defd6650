import { expect, test } from 'vitest';
import { movedFrom } from '../../renderer/header/MovedLine.tsx';
import type { BatchSummary, BatchView } from '../../shared/view.ts';

const before = (more: Partial<BatchSummary>): BatchSummary => ({
  id: 'film-1',
  folder: '/old/film',
  name: 'film',
  phase: 'completed',
  framesDone: 8,
  framesTotal: 8,
  jobs: { waiting: 0, running: 0, completed: 1, failed: 0, skipped: 0, cancelled: 0 },
  lastAt: 1,
  problem: null,
  isGone: true,
  ...more,
});

const view = { id: 'film-2', name: 'film', phase: 'unread' } satisfies Partial<BatchView>;

test.each<[string, Partial<BatchView>, readonly BatchSummary[], string | null]>([
  ['is the one of its name that is gone', {}, [before({})], 'film-1'],
  ['is the newest of several', {}, [before({}), before({ id: 'film-0', lastAt: 2 })], 'film-0'],
  ['is none that is still there', {}, [before({ isGone: false })], null],
  ['is none of another name', {}, [before({ name: 'titles' })], null],
  ['is none without a frame', {}, [before({ framesDone: 0 })], null],
  ['is no test pass', {}, [before({ test: { step: 8 } })], null],
  ['is not asked for once it is rendered here', { phase: 'completed' }, [before({})], null],
  ['is not asked for of scenes that were picked', { files: ['a.blend'] }, [before({})], null],
])('what a folder was before it was moved %s', (_what, more, batches, id) => {
  expect(movedFrom({ ...view, ...more }, batches)?.id ?? null).toBe(id);
});
