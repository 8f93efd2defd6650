import type { FrameState } from '../../shared/frame-state.ts';
import type { BatchJob } from '../../shared/job.ts';
import { done, jobWith } from '../app/jobs.ts';
import { type Random, randomOf } from '../chaos/random.ts';

/** A night whose whole course is known. */
export interface MadeNight {
  readonly workers: number;
  /** Seconds from its start to its end. */
  readonly seconds: number;
  /** The jobs as they are so many seconds after the start. */
  readonly at: (seconds: number) => readonly BatchJob[];
}

interface Made {
  readonly takes: readonly number[];
  readonly began: number[];
  readonly ended: number[];
  next: number;
}

/**
 * Shots as artists have them: some take a hundred times what others do, frames become slower or faster on their
 * way, single ones stick out. Workers go through them as the pool does: on with the open scene, else a shot that
 * nobody has begun, else help where most is left.
 */
export function madeNight(seed: number): MadeNight {
  const random = randomOf(seed);
  const workers = random.whole(1, 4);
  const shots = Array.from({ length: random.whole(2, 30) }, () => madeShot(random));
  const lanes = Array.from({ length: workers }, () => ({ free: 0, shot: null as Made | null }));
  for (;;) {
    const lane = lanes.reduce((first, one) => (one.free < first.free ? one : first));
    lane.shot = nextShot(shots, lane.shot);
    if (lane.shot === null) break;
    const { shot } = lane;
    const frame = shot.next++;
    shot.began[frame] = lane.free;
    lane.free += shot.takes[frame] ?? 0;
    shot.ended[frame] = lane.free;
  }
  return {
    workers,
    seconds: Math.max(...lanes.map(({ free }) => free)),
    at: (seconds) => shots.map((shot, index) => jobAt(shot, index, seconds)),
  };
}

function madeShot(random: Random): Made {
  const level = 5 * Math.exp(0.9 * normal(random));
  const trend = 0.6 * (random.next() - 0.5);
  const length = random.whole(4, 80);
  const takes = Array.from({ length }, (_, index) => {
    const along = index / length - 0.5;
    const odd = random.chance(0.01) ? 5 : 1;
    return odd * level * (1 + trend * along) * Math.exp(0.08 * normal(random));
  });
  return { takes, began: [], ended: [], next: 0 };
}

function nextShot(shots: readonly Made[], open: Made | null): Made | null {
  const left = (shot: Made) => shot.takes.length - shot.next;
  if (open && left(open) > 0) return open;
  const unbegun = shots.find(({ next }) => next === 0);
  if (unbegun) return unbegun;
  const most = shots.reduce((best, shot) => (work(shot) > work(best) ? shot : best));
  return left(most) > 0 ? most : null;
}

function work({ takes, next }: Made): number {
  return (takes[0] ?? 0) * (takes.length - next);
}

function jobAt({ takes, began, ended }: Made, index: number, seconds: number): BatchJob {
  const frames = takes.map((took, frame): FrameState => {
    if ((ended[frame] ?? Number.POSITIVE_INFINITY) <= seconds) return done(took);
    const since = began[frame] ?? Number.POSITIVE_INFINITY;
    if (since > seconds) return { status: 'waiting', tries: 0 };
    return { status: 'running', tries: 1, worker: 1, since: since * 1000 };
  });
  const status = frames.every((frame) => frame.status === 'done')
    ? 'completed'
    : frames.every((frame) => frame.status === 'waiting')
      ? 'waiting'
      : 'running';
  return jobWith(frames, { id: String(index).padStart(12, '0'), status });
}

/** Box and Muller. */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}
