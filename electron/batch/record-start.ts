import type { Batch } from '../../shared/batch.ts';
import { MOST_SHOTS, type Recovery, type ShotFrames } from '../../shared/night.ts';
import type { BatchStore } from './batch-store.ts';
import type { Replayed } from './checkpoint/replay.ts';
import type { ResumedJob } from './resume.ts';

/** Tells what the start of a run found left over from the one before, if there is something. */
export function recordRecovery(
  resumed: readonly ResumedJob[],
  { setAside, night }: Pick<Replayed, 'setAside' | 'night'>,
  orphansStopped: number,
  store: BatchStore,
): void {
  const again = shotsWith(resumed, (one) => one.again ?? 0);
  const found: Recovery = {
    orphansStopped,
    linesSetAside: Math.max(0, setAside.length - night.linesTold),
    lost: shotsWith(resumed, ({ lost }) => lost.length),
    stale: shotsWith(resumed, ({ stale }) => stale),
    ...(again.length > 0 && { again }),
  };
  const shots = found.lost.length + found.stale.length + again.length;
  const isNothing = found.orphansStopped + found.linesSetAside + shots === 0;
  if (!isNothing) tellFound(found, store);
}

/** Tells what was found out of order and is set right. */
export function tellFound(found: Partial<Recovery>, store: BatchStore): void {
  const whole = { ...NOTHING_FOUND, ...found };
  store.record({ type: 'batch-recovered', at: Date.now(), found: whole });
}

const NOTHING_FOUND: Recovery = { orphansStopped: 0, linesSetAside: 0, lost: [], stale: [] };

/**
 * Tells which recorded shots are not in the folder any more, so that lists and reports leave them
 * out. What is known of their frames stays: a folder that was not mounted comes back.
 */
export function recordGone(batch: Batch, known: Replayed, store: BatchStore): void {
  if (batch.partial) return;
  const here = new Set(batch.jobs.map(({ id }) => id));
  const jobs = [...known.jobs.keys()].filter((id) => !here.has(id));
  const isKnown = jobs.length === known.gone.size && jobs.every((id) => known.gone.has(id));
  if (!isKnown) store.record({ type: 'jobs-gone', at: Date.now(), jobs });
}

/** The shots with the most frames; what does not fit is summed up in the last one. */
function shotsWith(
  resumed: readonly ResumedJob[],
  count: (one: ResumedJob) => number,
): readonly ShotFrames[] {
  const shots = resumed
    .map((one) => ({ name: one.job.name, frames: count(one) }))
    .filter(({ frames }) => frames > 0)
    .sort((a, b) => b.frames - a.frames);
  if (shots.length <= MOST_SHOTS) return shots;
  const rest = shots.slice(MOST_SHOTS - 1);
  const frames = rest.reduce((sum, shot) => sum + shot.frames, 0);
  return [...shots.slice(0, MOST_SHOTS - 1), { name: `${rest.length} more shots`, frames }];
}
