import type { WorkerLane } from '../../shared/view.ts';
import { count, memory } from '../text/format.ts';
import { Hint } from '../ui/Hint.tsx';
import { Name } from '../ui/Name.tsx';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import { laneFrame, laneText, traceText } from './lane-text.ts';
import { Sparkline } from './Sparkline.tsx';

/** Frames that a trace has room for: as many as the main process tells of. */
const TRACED = 40;

interface LaneProps {
  readonly lane: WorkerLane;
}

/** What a Blender is at. */
export function LaneTitle({ lane }: LaneProps) {
  const [words] = laneText(lane);
  return (
    <p className="lane-title">
      <Name>{words}</Name>
      <span>{laneFrame(lane.state)}</span>
    </p>
  );
}

/** What else is known of that. */
export function LaneFacts({ lane }: LaneProps) {
  const { gpu, memoryMb } = lane;
  const [, aside] = laneText(lane);
  const samples = samplesOf(lane);
  const facts = [
    gpu,
    aside,
    samples && `${count(samples.done)} of ${count(samples.total)} samples`,
    memoryMb !== null && memoryMb > 0 && memory(memoryMb),
  ].filter(Boolean);
  const text = facts.join(' · ');
  return (
    <p className="lane-facts cut" title={text}>
      {text || '\u00a0'}
    </p>
  );
}

/** How long its newest frames took: a worker that gets slower shows before its shot is late. */
export function LaneTrace({ lane: { times } }: LaneProps) {
  const text = traceText(times);
  return (
    <Hint text={text}>
      <span className="lane-trace">
        <Sparkline values={times} slots={TRACED} text={`Frame times: ${text}`} />
      </span>
    </Hint>
  );
}

/** How far its frame has come. */
export function LaneBar({ lane }: LaneProps) {
  const samples = samplesOf(lane);
  const [words] = laneText(lane);
  return (
    <ProgressBar
      thin
      label={`Samples, worker ${lane.worker}`}
      text={
        samples ? `${samples.done} of ${samples.total} samples` : `${words}${laneFrame(lane.state)}`
      }
      total={samples?.total ?? 1}
      parts={[{ tone: 'running', value: samples?.done ?? 0 }]}
    />
  );
}

/** `null`: it renders nothing, or nothing that has samples. */
function samplesOf({ state, samplesDone, samplesTotal }: WorkerLane) {
  if (state.status !== 'rendering' || samplesDone === null || !samplesTotal) return null;
  return { done: samplesDone, total: samplesTotal };
}
