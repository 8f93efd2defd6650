import { scaleLinear } from 'd3-scale';
import { percentText, type UseLane, type WorkerUse, workShare } from './night-charts.ts';
import {
  Box,
  Caption,
  type ChartWords,
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
export const MOST_LANES = 24;

/** Pixels of the chart for so many workers; 0 where none was at work. */
export function workersHeight(lanes: number): number {
  return lanes === 0 ? 0 : Math.min(lanes, MOST_LANES) * (LANE + GAP) - GAP + AXIS;
}

interface ChartProps {
  readonly use: WorkerUse;
  readonly width: number;
  readonly words: ChartWords;
}

/** Each worker on a line of its own, over the time of the night. Nothing where none was at work. */
export function WorkersChart({ use, width, words }: ChartProps) {
  const bottom = workersHeight(use.lanes.length) - AXIS;
  const left = labelsWidth(use);
  const x = scaleLinear([0, Math.max(1, use.totalMs)], [left, width]);
  if (use.lanes.length === 0) return null;
  return (
    <>
      {use.lanes.slice(0, MOST_LANES).map((lane, index) => (
        <Lane
          key={lane.node ?? lane.worker}
          {...{ lane, use, x, words }}
          top={index * (LANE + GAP)}
        />
      ))}
      {use.pauses.map(({ from, to }) => (
        <Box
          key={from}
          tone="pause"
          x={x(from)}
          y={0}
          width={Math.max(1, x(to) - x(from))}
          height={bottom}
          title={`Paused for ${words.duration((to - from) / 1000)}`}
        />
      ))}
      <Breaks {...{ use, x, bottom, words }} />
      <TimeAxis runs={use.runs} x={x} y={bottom + AXIS - 4} clock={words.clock} />
    </>
  );
}

interface PartProps extends Pick<ChartProps, 'use' | 'words'> {
  readonly x: (night: number) => number;
}

function Lane({
  lane,
  top,
  use,
  x,
  words: { clock },
}: PartProps & { readonly lane: UseLane; readonly top: number }) {
  const { spans, failures } = lane;
  const box = (from: number, to: number, share: number) => {
    const wide = x(to) - x(from);
    // A hair between two shots, where there is room for one.
    const width = Math.max(0.5, wide - (wide > 3 ? 1 : 0));
    return { x: x(from), y: top + LANE * (1 - share), width, height: LANE * share };
  };
  const time = (night: number) => clock(momentOf(use, night));
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

/** What one of the lanes is called: `node` where all are nodes of a cluster. */
export function laneWord({ lanes }: Pick<WorkerUse, 'lanes'>): 'worker' | 'node' {
  return lanes.length > 0 && lanes.every(({ node }) => node !== null) ? 'node' : 'worker';
}

/** Where one run broke off or was stopped, and the next began. */
function Breaks({ use, x, bottom, words: { clock } }: PartProps & { readonly bottom: number }) {
  let night = 0;
  return use.runs.slice(1).map((run, index) => {
    const before = use.runs[index] ?? run;
    night += before.to - before.from;
    const at = x(night);
    const title = `Stopped at ${clock(before.to)}, went on at ${clock(run.from)}`;
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

/** What the chart shows, in a sentence each. */
export function workersText(use: WorkerUse, { clock, duration }: ChartWords): readonly string[] {
  const [first, last] = [use.runs[0], use.runs.at(-1)];
  if (!first || !last || use.lanes.length === 0) return [];
  const stops = use.runs.length - 1;
  const paused = use.pauses.reduce((sum, { from, to }) => sum + to - from, 0);
  return [
    `From ${clock(first.from)} to ${clock(last.to)}, ${duration(use.totalMs / 1000)} of rendering${
      stops > 0 ? `, with ${stops === 1 ? 'one break' : `${stops} breaks`}` : ''
    }.`,
    ...(use.lanes.length <= TOLD ? use.lanes.map((lane) => laneText(lane, use)) : [allText(use)]),
    ...(paused > 0 ? [`Paused for ${duration(paused / 1000)}.`] : []),
  ];
}

function laneText(lane: UseLane, use: WorkerUse): string {
  const { frames, failed } = lane;
  const tries = failed === 0 ? '' : `, ${failed} failed ${failed === 1 ? 'try' : 'tries'}`;
  return `${laneName(lane)} was at work for ${percentText(workShare(lane, use))} of that time: ${frames} frame${frames === 1 ? '' : 's'}${tries}.`;
}

function allText(use: WorkerUse): string {
  const shares = use.lanes.map((lane) => workShare(lane, use));
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map(percentText);
  const failed = use.lanes.reduce((sum, lane) => sum + lane.failed, 0);
  const tries = failed === 0 ? '' : ` ${failed} ${failed === 1 ? 'try' : 'tries'} failed.`;
  return `${use.lanes.length} ${laneWord(use)}s were at work for ${least} to ${most} of that time.${tries}`;
}
