import { assertNever } from '../../shared/assert-never.ts';
import type { IdleReason, WorkerState } from '../../shared/events.ts';
import type { PoolChange } from '../../shared/night.ts';
import { printable } from '../../shared/safe-text.ts';
import type { WorkerLane } from '../../shared/view.ts';
import { clock, counted, duration, memory } from '../text/format.ts';

/** What a worker does or what it renders, and the small line under it: what else is known of that. */
export function laneText({ state, jobName }: WorkerLane): readonly [string, string] {
  switch (state.status) {
    case 'asking':
      return ['Waiting for a node', state.why ?? ''];
    case 'starting':
      return ['Starting Blender', ''];
    case 'opening':
      return [`Opening ${jobName ?? 'a scene'}`, ''];
    case 'rendering':
      return [jobName ?? 'A shot', ''];
    case 'idle':
      return idleText(state.why);
    case 'gone':
      return ['Stopped', ''];
    default:
      return assertNever(state);
  }
}

/** The end of what a worker does that must not be cut off: ` · frame 12`, or nothing. */
export function laneFrame(state: WorkerState): string {
  return state.status === 'rendering' ? ` · frame ${state.frame}` : '';
}

/** `1 of 3 workers rests since 02:14. Memory ran out on frame 12 of hero.` */
export function poolLine({ workers, of, at, message }: PoolChange): string {
  const resting = of - workers;
  const rest = resting === 1 ? 'rests' : 'rest';
  return `${resting} of ${counted(of, 'worker')} ${rest} since ${clock(at)}. ${printable(message)}`;
}

function idleText(why: IdleReason | undefined): readonly [string, string] {
  if (!why) return ['Idle', 'no work left for it'];
  switch (why.kind) {
    case 'resting':
      return ['Rests', 'memory ran out'];
    case 'enough':
      return ['Rests', 'fewer Blenders with more threads are faster'];
    case 'cores':
      return ['Waits', 'the GPUs need the other cores'];
    case 'memory':
      return [
        'Waits for memory',
        `the next shot may need ${memory(why.needMb)}, ${memory(why.freeMb)} to have`,
      ];
    case 'paused':
      return ['Paused', ''];
    case 'next-try':
      return ['Waits', `tries again at ${clock(why.at)}`];
    default:
      return assertNever(why);
  }
}

/** What the trace of a worker's newest frames shows: `12 frames from 1.8 s to 2.6 s, the newest 2.1 s`. */
export function traceText(times: readonly number[]): string {
  const newest = times.at(-1);
  if (newest === undefined) return 'No frame yet';
  if (times.length === 1) return `One frame, ${duration(newest)}`;
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const span = duration(least) === duration(most) ? 'of' : `from ${duration(least)} to`;
  const words = `${counted(times.length, 'frame')} ${span} ${duration(most)}`;
  return span === 'of' ? words : `${words}, the newest ${duration(newest)}`;
}
