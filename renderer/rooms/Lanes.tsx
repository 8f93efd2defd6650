import { assertNever } from '../../shared/assert-never.ts';
import type { WorkerLane } from '../../shared/view.ts';
import { count, memory } from '../text/format.ts';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import './Lanes.css';

/** One thin lane for each Blender of the pool. */
export function Lanes({ lanes }: { readonly lanes: readonly WorkerLane[] }) {
  const alive = lanes.filter((lane) => lane.state.status !== 'gone');
  if (alive.length === 0) return null;
  return (
    <section className="lanes" aria-label="Workers">
      {alive.map((lane) => (
        <Lane key={lane.worker} lane={lane} />
      ))}
    </section>
  );
}

function Lane({ lane }: { readonly lane: WorkerLane }) {
  const { samplesDone: done, samplesTotal: total, memoryMb } = lane;
  const rendering = lane.state.status === 'rendering';
  const sampling = rendering && done !== null && total !== null && total > 0;
  const facts = [
    sampling && `${count(done)} of ${count(total)} samples`,
    memoryMb !== null && memoryMb > 0 && memory(memoryMb),
  ].filter(Boolean);
  return (
    <div className="lane">
      <p className="cut">{laneText(lane)}</p>
      <p className="lane-facts cut">{facts.join(' · ') || '\u00a0'}</p>
      <ProgressBar
        thin
        label={`Samples, worker ${lane.worker}`}
        text={sampling ? `${done} of ${total} samples` : laneText(lane)}
        total={sampling ? total : 1}
        parts={[{ tone: 'running', value: sampling ? done : 0 }]}
      />
    </div>
  );
}

function laneText({ state, jobName }: WorkerLane): string {
  switch (state.status) {
    case 'starting':
      return 'Starting Blender';
    case 'opening':
      return `Opening ${jobName ?? 'a scene'}`;
    case 'rendering':
      return `${jobName ?? 'A shot'} · frame ${state.frame}`;
    case 'idle':
      return 'Idle';
    case 'gone':
      return 'Stopped';
    default:
      return assertNever(state);
  }
}
