import type { PoolChange } from '../../shared/night.ts';
import type { WorkerLane } from '../../shared/view.ts';
import { count, memory } from '../text/format.ts';
import { Hint } from '../ui/Hint.tsx';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import { laneFrame, laneText, poolLine, traceText } from './lane-text.ts';
import { Sparkline } from './Sparkline.tsx';
import './Lanes.css';
import { Name } from '../ui/Name.tsx';

/** Frames that a trace has room for: as many as the main process tells of. */
const TRACED = 40;

interface LanesProps {
  readonly lanes: readonly WorkerLane[];
  readonly pool: PoolChange | null;
}

/** One thin lane for each Blender of the pool, and why some of them rest. */
export function Lanes({ lanes, pool }: LanesProps) {
  const alive = lanes.filter((lane) => lane.state.status !== 'gone');
  if (alive.length === 0) return null;
  return (
    <section aria-label="Workers">
      <div className="lanes">
        {alive.map((lane) => (
          <Lane key={lane.worker} lane={lane} />
        ))}
      </div>
      {pool && (
        <p className="lanes-rest">
          <Sign kind="warned" />
          {poolLine(pool)}
        </p>
      )}
    </section>
  );
}

function Lane({ lane }: { readonly lane: WorkerLane }) {
  const { samplesDone: done, samplesTotal: total, memoryMb, gpu, times } = lane;
  const rendering = lane.state.status === 'rendering';
  const sampling = rendering && done !== null && total !== null && total > 0;
  const [words, aside] = laneText(lane);
  const frame = laneFrame(lane.state);
  const facts = [
    gpu,
    aside,
    sampling && `${count(done)} of ${count(total)} samples`,
    memoryMb !== null && memoryMb > 0 && memory(memoryMb),
  ].filter(Boolean);
  return (
    <div className="lane">
      <div className="lane-head">
        <div className="lane-words">
          <p className="lane-title">
            <Name>{words}</Name>
            <span>{frame}</span>
          </p>
          <p className="lane-facts cut">{facts.join(' · ') || '\u00a0'}</p>
        </div>
        <Trace times={times} />
      </div>
      <ProgressBar
        thin
        label={`Samples, worker ${lane.worker}`}
        text={sampling ? `${done} of ${total} samples` : `${words}${frame}`}
        total={sampling ? total : 1}
        parts={[{ tone: 'running', value: sampling ? done : 0 }]}
      />
    </div>
  );
}

/** How long its newest frames took: a worker that gets slower shows before its shot is late. */
function Trace({ times }: Pick<WorkerLane, 'times'>) {
  const text = traceText(times);
  return (
    <Hint text={text}>
      <span className="lane-trace">
        <Sparkline values={times} slots={TRACED} text={`Frame times: ${text}`} />
      </span>
    </Hint>
  );
}
