import type { BatchConfig, BatchProgress, Expectation } from '../../shared/batch.ts';
import {
  durationText,
  finishAt,
  finishBetween,
  roughDuration,
} from '../../shared/duration-text.ts';
import type { BatchJob } from '../../shared/job.ts';
import { knownCounts } from '../../shared/job-state.ts';
import { printable } from '../../shared/safe-text.ts';
import { clockText as clock } from '../../shared/schedule.ts';
import { expectedNight, type ShotMeasure, shotsLike, tryShots } from '../engine/index.ts';
import type { Output } from './output.ts';

interface EstimateOptions {
  readonly config: Partial<BatchConfig>;
  readonly signal: AbortSignal;
  /** Jobs of which a problem was told: why they can't be tried is not said again. */
  readonly said: ReadonlySet<string | null>;
  readonly json: boolean;
}

/** Tries a few frames of the shots and tells what the night needs. False: none of them could be tried. */
export async function estimate(
  jobs: readonly BatchJob[],
  { config, signal, said, json }: EstimateOptions,
  output: Output,
): Promise<boolean> {
  const broken = new Set<string>();
  const measures = await tryShots(jobs, {
    config,
    signal,
    onNext: ({ name }, tried, of) => {
      if (output.terminal && !json) {
        output.note(printable(`Trying a few frames of ${name} (${tried + 1} of ${of}) …`));
      }
    },
    onTried: (tried, measured) => {
      for (const job of shotsLike(tried, jobs)) {
        if (!measured.ok) broken.add(job.id);
        if (json) output.json(shotEvent(job, measured));
        else if (measured.ok) output.line(printable(shotText(job, measured.value)));
        else if (!said.has(job.id)) {
          const { message, nextStep } = measured.failure;
          output.line(output.paint('red', printable(`${job.name}: ${message} ${nextStep}`)));
        }
      }
    },
  });
  if (signal.aborted) return false;
  const left = jobs.filter(({ id }) => !broken.has(id));
  const night = expectedNight(left, measures, config);
  if (json) output.json({ type: 'estimate', ...(night ?? NOTHING) });
  else output.line(night === null ? UNKNOWN : needsText(night, Date.now()));
  return night !== null;
}

/** `This night needs about 6 h 20 m (5 h 10 m to 7 h 40 m). Started now, it is done about 07:10.` */
export function needsText(night: Expectation, now: number): string {
  const [about, low, high] = [night.seconds, night.low, night.high].map(roughDuration);
  const range = low === high ? '' : ` (${low} to ${high})`;
  const at = clock(finishAt(now, night.seconds));
  return `This night needs about ${about}${range}. Started now, it is done about ${at}.`;
}

const NOTHING = { seconds: null, low: null, high: null };
const UNKNOWN = 'How long this night takes is not known: no shot could be tried.';

function shotText(job: BatchJob, measure: ShotMeasure): string {
  const frames = framesOf(job, measure);
  const count = `${frames} frame${frames === 1 ? '' : 's'}`;
  return `${job.name}: ${count} of about ${durationText(measure.each)} each.`;
}

/** A shot file may render fewer frames of the scene than the shot that was tried. */
function framesOf(job: BatchJob, { frames }: ShotMeasure): number {
  return knownCounts(job).total || frames;
}

function shotEvent(job: BatchJob, measured: Tried) {
  const about = { type: 'shot-tried', job: job.id, name: job.name } as const;
  if (!measured.ok) {
    const { cause, message } = measured.failure;
    return { ...about, cause, message };
  }
  const { each, openSeconds } = measured.value;
  return { ...about, frames: framesOf(job, measured.value), secondsEach: each, openSeconds };
}

type Tried = Parameters<NonNullable<NonNullable<Parameters<typeof tryShots>[1]>['onTried']>>[1];

/** `6 h 20 m left, done about 06:40 (06:20–07:10)`; empty while nothing is known, or nothing is left. */
export function leftText(
  { remainingSeconds, remainingRange }: Pick<BatchProgress, 'remainingSeconds' | 'remainingRange'>,
  now: number,
): string {
  if (remainingSeconds === null || remainingSeconds === 0) return '';
  const between = remainingRange && finishBetween(now, remainingRange);
  const range = between ? ` (${between.map(clock).join('–')})` : '';
  return `${roughDuration(remainingSeconds)} left, done about ${clock(finishAt(now, remainingSeconds))}${range}`;
}
