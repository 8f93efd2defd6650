import { assertNever } from './assert-never.ts';
import { durationText } from './duration-text.ts';
import { pastOf } from './failure.ts';
import { formatFrames } from './frames.ts';
import type { BatchJob, JobStatus, RetryTally } from './job.ts';
import { MOST_RETRIED } from './job-state.ts';
import type { Incident, PoolChange, Recovery, ShotFrames } from './night.ts';
import { clockText } from './schedule.ts';

/** Returns an incident as sentences, for the window and the report. */
export function incidentText(incident: Incident): string {
  switch (incident.kind) {
    case 'interrupted':
      return `The run broke off: a crash, a power cut or a kill. It went on at ${clockText(incident.until)}.`;
    case 'paused':
      return pauseText(incident);
    case 'pool-changed':
      return poolText(incident);
    case 'place-lost': {
      const { message, times } = incident;
      return times === 1 ? message : `${message} That happened ${times} times in a row.`;
    }
    case 'node-left-out':
      return incident.message;
    case 'recovered':
      return recoveryText(incident.found);
    default:
      return assertNever(incident);
  }
}

function pauseText(pause: Extract<Incident, { kind: 'paused' }>): string {
  const full = pause.reason === 'disk-full';
  const reason = full ? ` ${pause.message}` : '';
  if (pause.until === null) {
    return `${full ? 'The disk is full, and the run is paused.' : 'Paused by hand, and not resumed yet.'}${reason}`;
  }
  const lost = durationText(pause.pausedMs / 1000);
  const times = pause.times === 1 ? '' : `, ${pause.times} times`;
  const what = full ? 'The disk was full: no frame was started' : 'Paused by hand';
  return `${what} for ${lost}${times}.${reason}`;
}

/** Returns what the start of a run found left over; empty: nothing. */
export function recoveryText(found: Recovery): string {
  const { orphansStopped, linesSetAside, lost, stale, again = [] } = found;
  const sentences: string[] = [];
  if (orphansStopped === 1) sentences.push('A Blender left over from the run before was stopped.');
  if (orphansStopped > 1) {
    sentences.push(`${orphansStopped} Blenders left over from the run before were stopped.`);
  }
  if (linesSetAside > 0) {
    const one = linesSetAside === 1;
    sentences.push(
      `${one ? '1 line' : `${linesSetAside} lines`} of the checkpoint could not be read and ${one ? 'was' : 'were'} kept aside; the files on disk say what is done.`,
    );
  }
  if (lost.length > 0) {
    sentences.push(
      `${framesOf(lost)} finished before ${isOne(lost) ? 'is gone or was' : 'are gone or were'} changed since, and ${isOne(lost) ? 'is' : 'are'} rendered again: ${listed(lost)}.`,
    );
  }
  if (stale.length > 0) {
    sentences.push(
      `${framesOf(stale)} ${isOne(stale) ? 'is' : 'are'} rendered again because ${stale.length === 1 ? 'the shot was' : 'their shots were'} changed: ${listed(stale)}.`,
    );
  }
  if (again.length > 0) {
    sentences.push(
      `${framesOf(again)} of another Blender ${isOne(again) ? 'is' : 'are'} rendered again, as was chosen: ${listed(again)}.`,
    );
  }
  return sentences.join(' ');
}

function framesOf(shots: readonly ShotFrames[]): string {
  const count = shots.reduce((sum, { frames }) => sum + frames, 0);
  return count === 1 ? '1 frame' : `${count} frames`;
}

function isOne(shots: readonly ShotFrames[]): boolean {
  return shots.length === 1 && shots[0]?.frames === 1;
}

function listed(shots: readonly ShotFrames[]): string {
  if (shots.length === 1) return shots[0]?.name ?? '';
  return shots.map(({ name, frames }) => `${name} (${frames})`).join(', ');
}

/** How far a batch is of which only chosen shots were rendered: `2 of 7 shots done, 5 waiting`. */
export function partialText(
  jobs: Readonly<Record<JobStatus, number>>,
  where: 'wide' | 'narrow' = 'wide',
): string {
  const total = Object.values(jobs).reduce((sum, count) => sum + count, 0);
  const word = where === 'narrow' ? '' : total === 1 ? ' shot' : ' shots';
  return `${jobs.completed} of ${total}${word} done, ${jobs.waiting} waiting`;
}

/** What a change of the pool means, after its cause. */
export function poolText({ workers, of, message }: Omit<PoolChange, 'at'>): string {
  if (workers === of) return `${message} All ${of} workers are at work again.`;
  return `${message} The batch goes on with ${workers} of ${of} workers.`;
}

/** How often a job was tried again and why: `frame 3 crashed twice; frames 7-9 stalled, 4 times`. */
export function retriesText({ retries }: Pick<BatchJob, 'retries'>): string {
  return retries.map(tallyText).join('; ');
}

function tallyText({ cause, count, openings, frames }: RetryTally): string {
  const what = pastOf(cause);
  const ofFrames = frames.length === 0 ? [] : [framesText(frames, what, count - openings)];
  const ofOpenings = openings === 0 ? [] : [`opening it ${what}${again(openings)}`];
  return [...ofOpenings, ...ofFrames].join(', ');
}

function framesText(frames: readonly number[], what: string, count: number): string {
  if (frames.length === 1) return `frame ${frames[0]} ${what}${again(count)}`;
  const more = frames.length === MOST_RETRIED ? ' and more' : '';
  const numbers = formatFrames(frames);
  return `frames ${numbers}${more} ${what}${count === frames.length ? ' once each' : `, ${count} times in all`}`;
}

function again(count: number): string {
  if (count === 1) return '';
  return count === 2 ? ' twice' : ` ${count} times`;
}
