import { scaleLinear } from 'd3-scale';
import { durationText } from '../duration-text.ts';
import { clockText } from '../schedule.ts';
import { percentText, type UseLane, type WorkerUse, workShare } from './night-charts.ts';
import {
  Box,
  Caption,
  type Chart,
  Cross,
  cutName,
  Rule,
  shotTone,
  TimeAxis,
  textWidth,
} from './parts.tsx';

const LABELS = 80;
/** Names of nodes may be longer than numbers of workers. */
const WIDEST_LABELS = 170;
const LANE = 14;
const GAP = 8;
const AXIS = 22;
/** Two Blenders a core on a large machine; more would be lines too thin to read. */
const MOST_LANES = 24;

/** Describes what each worker, or node of a cluster, did; `null`: none rendered. */
export function workersChart(use: WorkerUse): Chart | null {
  const { length } = use.lanes;
  if (length === 0) return null;
  const word = use.lanes.every(({ node }) => node !== null) ? 'node' : 'worker';
  const more = length - MOST_LANES;
  return {
    id: 'workers',
    heading: `The night, ${word} by ${word}`,
    text: workersText(use, word),
    more: more > 0 ? `The chart shows the first ${MOST_LANES} ${word}s of ${length}.` : null,
    height: lanesHeight(use) + AXIS,
    draw: (width) => <WorkersChart use={use} width={width} />,
  };
}

function lanesHeight({ lanes }: WorkerUse): number {
  return Math.min(lanes.length, MOST_LANES) * (LANE + GAP) - GAP;
}

/** Draws each worker on a line of its own, over the time of the run. */
function WorkersChart({ use, width }: { readonly use: WorkerUse; readonly width: number }) {
  const bottom = lanesHeight(use);
  const x = scaleLinear([0, Math.max(1, use.totalMs)], [labelsWidth(use), width]);
  return (
    <>
      {use.lanes.slice(0, MOST_LANES).map((lane, index) => (
        <Lane key={lane.node ?? lane.worker} {...{ lane, use, x }} top={index * (LANE + GAP)} />
      ))}
      {use.pauses.map(({ from, to }) => (
        <Box
          key={from}
          tone="pause"
          x={x(from)}
          y={0}
          width={Math.max(1, x(to) - x(from))}
          height={bottom}
          title={`Paused for ${durationText((to - from) / 1000)}`}
        />
      ))}
      <Breaks {...{ use, x, bottom }} />
      <TimeAxis runs={use.runs} x={x} y={bottom + AXIS - 4} />
    </>
  );
}

interface PartProps {
  readonly use: WorkerUse;
  readonly x: (night: number) => number;
}

function Lane({ lane, top, use, x }: PartProps & { readonly lane: UseLane; readonly top: number }) {
  const { spans, failures } = lane;
  const box = (from: number, to: number, share: number) => {
    const wide = x(to) - x(from);
    // A hair between two shots, where there is room for one.
    const width = Math.max(0.5, wide - (wide > 3 ? 1 : 0));
    return { x: x(from), y: top + LANE * (1 - share), width, height: LANE * share };
  };
  const time = (night: number) => clockText(momentOf(use, night));
  return (
    <>
      <Caption x={0} y={top + 11} look="name">
        {cutName(laneName(lane), labelsWidth(use) - 8)}
      </Caption>
      <Box tone="idle" {...box(0, use.totalMs, 1)} />
      {spans.map(({ from, to, share, shot }) => {
        const title = `${use.shots[shot] ?? ''}, ${time(from)} to ${time(to)}`;
        return <Box key={from} tone={shotTone(shot)} {...box(from, to, share)} title={title} />;
      })}
      {failures.map((at) => (
        <Cross key={at} x={x(at)} y={top + LANE / 2} title={`A try failed about ${time(at)}`} />
      ))}
    </>
  );
}

/** `Worker 2`, or the name of a node. */
function laneName({ node, worker }: UseLane): string {
  return node ?? `Worker ${worker}`;
}

function labelsWidth({ lanes }: WorkerUse): number {
  const longest = Math.max(...lanes.slice(0, MOST_LANES).map((lane) => textWidth(laneName(lane))));
  return Math.min(WIDEST_LABELS, Math.max(LABELS, Math.ceil(longest) + 12));
}

/** Where one run broke off or was stopped, and the next began. */
function Breaks({ use, x, bottom }: PartProps & { readonly bottom: number }) {
  let night = 0;
  return use.runs.slice(1).map((run, index) => {
    const before = use.runs[index] ?? run;
    night += before.to - before.from;
    const at = x(night);
    const title = `Stopped at ${clockText(before.to)}, went on at ${clockText(run.from)}`;
    return <Rule key={run.from} dashed from={[at, -3]} to={[at, bottom + 3]} title={title} />;
  });
}

/** The moment, ms since 1970, of a night time. */
export function momentOf({ runs }: Pick<WorkerUse, 'runs'>, night: number): number {
  let left = night;
  for (const [index, { from, to }] of runs.entries()) {
    if (left <= to - from || index === runs.length - 1) return from + left;
    left -= to - from;
  }
  return night;
}

const TOLD = 6;

function workersText(use: WorkerUse, word: string): readonly string[] {
  const [first, last] = [use.runs[0], use.runs.at(-1)];
  if (!first || !last) return [];
  const stops = use.runs.length - 1;
  const paused = use.pauses.reduce((sum, { from, to }) => sum + to - from, 0);
  return [
    `From ${clockText(first.from)} to ${clockText(last.to)}, ${durationText(use.totalMs / 1000)} of rendering${
      stops > 0 ? `, with ${stops === 1 ? 'one break' : `${stops} breaks`}` : ''
    }.`,
    ...(use.lanes.length <= TOLD
      ? use.lanes.map((lane) => laneText(lane, use))
      : [allText(use, word)]),
    ...(paused > 0 ? [`Paused for ${durationText(paused / 1000)}.`] : []),
  ];
}

function laneText(lane: UseLane, use: WorkerUse): string {
  const { frames, failed } = lane;
  const tries = failed === 0 ? '' : `, ${failed} failed ${failed === 1 ? 'try' : 'tries'}`;
  return `${laneName(lane)} was at work for ${percentText(workShare(lane, use))} of that time: ${frames} frame${frames === 1 ? '' : 's'}${tries}.`;
}

function allText(use: WorkerUse, word: string): string {
  const shares = use.lanes.map((lane) => workShare(lane, use));
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map(percentText);
  const failed = use.lanes.reduce((sum, lane) => sum + lane.failed, 0);
  const tries = failed === 0 ? '' : ` ${failed} ${failed === 1 ? 'try' : 'tries'} failed.`;
  return `${use.lanes.length} ${word}s were at work for ${least} to ${most} of that time.${tries}`;
}
